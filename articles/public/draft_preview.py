"""The preview beside the text of the article form: its page, as saved last, in a frame, and two cards.

The frame shows what autosave saved, not what the form holds. Then there is one way to read a form and
one to show an article, and what is shown is what is saved. While the preview is open, the script asks
for a save as soon as somebody stops typing for a moment.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from articles.editorial import permissions
from articles.editorial.article_urls import proposed_slug
from articles.editorial.models import Article
from articles.editorial.preview_links import last_saved, preview_url
from articles.public.page_meta import PageMeta, PreviewImage, preview_image, sharing_image
from articles.public.responses import private
from articles.public.views.article import article_context, template_of
from iria.core.admin import FRAME_POLICY
from iria.core.http.urls import absolute_url, url_path
from iria.core.text.language import use_language
from iria.publication.context_processors import in_its_language, publication_of
from iria.publication.models import Publication

PREVIEW: Final = "articles_article_preview"
FRAME: Final = f"{PREVIEW}_frame"
CARD: Final = f"{PREVIEW}_card"

SCHEMES: Final = ("light", "dark")
CARDS: Final = ("search", "social")


class PreviewAdminMixin(admin.ModelAdmin[Article]):
    """Adds the pages of the preview to the admin of articles."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:object_id>/preview/", wrap(self.preview_view), name=PREVIEW),
            path("<int:object_id>/preview/<str:scheme>/", wrap(self.frame_view), name=FRAME),
            path("<int:object_id>/preview/card/<str:card>/", wrap(self.card_view), name=CARD),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        article: Article | None = options.get("obj")
        if article is not None:
            seconds = (timezone.now() - article.modified_at).total_seconds()
            context |= {
                "preview_address": reverse(f"admin:{PREVIEW}", args=[article.pk]),
                "saved_seconds_ago": max(0, round(seconds)),
            }
        return super().render_change_form(request, context, *args, **options)

    def preview_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """In a tab of its own: the preview link, or the page that readers see."""
        article = self._saved(request, object_id)
        sees_draft = permissions.may_see_draft(request.user, article)
        return redirect(preview_url(article) if sees_draft else article.get_absolute_url())

    def frame_view(self, request: HttpRequest, object_id: int, scheme: str) -> HttpResponse:
        """The page of the article for a frame of the form; nothing on it does anything."""
        if scheme not in SCHEMES:
            raise Http404
        article = self._saved(request, object_id)
        return _page(request, article, scheme)

    def card_view(self, request: HttpRequest, object_id: int, card: str) -> HttpResponse:
        """A search result or a social card, as HTML for the form."""
        if card not in CARDS:
            raise Http404
        article = self._saved(request, object_id)
        publication = publication_of(request)
        with use_language(article.language):
            cards = cards_of(article, publication)
        context = {"article": article, "cards": cards, "publication": publication}
        return private(render(request, f"admin/articles/article/_{card}_card.html", context))

    def _saved(self, request: HttpRequest, object_id: int) -> Article:
        article = last_saved(object_id, user=request.user)
        if article is None:
            raise Http404
        return article


@in_its_language
def _page(request: HttpRequest, article: Article, scheme: str) -> HttpResponse:
    with use_language(article.language):
        context = {**article_context(request, article), "preview": scheme, "framed": scheme}
        response = render(request, template_of(article), context)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response._csp_config = {**FRAME_POLICY, "img-src": settings.SECURE_CSP["img-src"]}  # type: ignore[attr-defined]
    return private(response)


TITLE_LENGTH: Final = 60
DESCRIPTION_LENGTH: Final = 155
SHARED_TITLE_LENGTH: Final = 70
SHARED_DESCRIPTION_LENGTH: Final = 120
"""About as many characters as are usually shown."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a card, with its length and how much of it is usually shown."""

    text: str
    limit: int

    @property
    def length(self) -> int:
        return len(self.text)

    @property
    def is_cut(self) -> bool:
        return self.length > self.limit

    @property
    def shown(self) -> str:
        """Cut after a word, or within it if the text is a single long one."""
        if not self.is_cut:
            return self.text
        cut = self.text[: self.limit - 1]
        words, space, _ = cut.rpartition(" ")
        return f"{words} …" if space else f"{cut}…"


@dataclass(frozen=True, slots=True)
class Cards:
    title: Text
    description: Text
    shared_title: Text
    shared_description: Text
    host: str
    path: list[str]
    """The parts of the URL after the host."""
    image: PreviewImage
    has_image: bool
    """False: the publication's logo takes its place."""


def cards_of(article: Article, publication: Publication) -> Cards:
    """The cards of an article fetched with `for_page()`; its description is as on its page."""
    own = sharing_image(article, publication)
    meta = PageMeta(title=article.headline, url="", description=article.description, image=own)
    host, *path = _url_of(article, publication).partition("//")[2].strip("/").split("/")
    description = " ".join(meta.plain_description.split())
    return Cards(
        title=Text(f"{article.headline} – {publication.name}", TITLE_LENGTH),
        description=Text(description, DESCRIPTION_LENGTH),
        shared_title=Text(article.sharing_title, SHARED_TITLE_LENGTH),
        shared_description=Text(description, SHARED_DESCRIPTION_LENGTH),
        host=host,
        path=path,
        image=preview_image(meta, publication),
        has_image=own is not None,
    )


def _url_of(article: Article, publication: Publication) -> str:
    """The public URL; for an article without one, what it would be if it were published today."""
    if article.year is not None:
        return absolute_url(article.get_absolute_url())
    today = publication.local(article.publish_at or timezone.now())
    return absolute_url(url_path("article", today.year, today.month, proposed_slug(article)))
