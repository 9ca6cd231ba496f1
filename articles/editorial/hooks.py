"""What articles register: categories as menu targets, where an image is used, and personal data."""

from itertools import chain
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse

from articles.editorial.models import Article, Attachment, Category, Draft, Portrait, SavedView
from articles.embeds.link_cards import urls_in
from articles.files import hooks as files_hooks
from articles.links.models import InternalLink
from iria.core.hooks import ImageUsage, MenuName, MenuTarget, Person, PersonalDataHandler

KIND: Final = "category"


def sections() -> list[MenuTarget]:
    """Every category, each below its parent; the first two levels are in the header by default."""
    rows = Category.objects.in_order().only("name", "path", "parent_id", "translations")
    return [
        MenuTarget(
            key=str(row.pk),
            name=row.name,
            translations={
                code: MenuName(texts["name"], row.get_absolute_url())
                for code, texts in row.translations.items()
                if texts.get("name")
            },
            url=row.get_absolute_url(),
            default_menu="header" if row.depth < 2 else "",
            parent=str(row.parent_id or ""),
        )
        for row in rows
    ]


def files_in_articles(file_id: int) -> list[ImageUsage]:
    """Every article with the file, or a link to it, in its text."""
    linking = InternalLink.objects.filter(target_kind=files_hooks.NAME, target_id=file_id)
    uses = Q(pk__in=Attachment.objects.filter(file=file_id).values("article"))
    uses |= Q(pk__in=linking.filter(article__isnull=False).values("article"))
    articles = Article.objects.filter(uses).order_by("pk")
    return [_usage(article) for article in articles.only("headline", "state")]


def _usage(article: Article) -> ImageUsage:
    return ImageUsage(
        label=f"the article “{article}”{' in the trash' if article.is_in_trash else ''}",
        url=reverse("admin:articles_article_change", args=[article.pk]),
        public=article.is_published,
        scheduled=article.state == Article.State.SCHEDULED,
    )


def in_articles(image_id: int) -> list[ImageUsage]:
    """Every article that uses the image, each once, and every author with it as portrait."""
    articles = Article.objects.filter(figures__image_id=image_id).distinct().order_by("pk")
    found = [_usage(article) for article in articles.only("headline", "state")]
    portraits = Portrait.objects.filter(image_id=image_id).select_related("author")
    return found + [
        ImageUsage(
            label=f"the portrait of {portrait.author}",
            url=portrait.author.get_absolute_url(),
            public=True,
        )
        for portrait in portraits
    ]


def embedded_urls() -> set[str]:
    """The URLs of all embeds in articles and in the drafts beside published ones."""
    articles = Article.objects.filter(body__contains="data-embed=").values_list("body", flat=True)
    drafts = Draft.objects.filter(revision__body__contains="data-embed=")
    texts = drafts.values_list("revision__body", flat=True)
    return urls_in(chain(articles.iterator(), texts.iterator()))


def _export(person: Person) -> dict[str, Any]:
    views = SavedView.objects.filter(user=person.account)
    return {"saved views of the article list": list(views.values("name", "query", "created_at"))}


PERSONAL_DATA: Final = PersonalDataHandler(
    export=_export, exported_columns=frozenset({"articles.SavedView.user"})
)
