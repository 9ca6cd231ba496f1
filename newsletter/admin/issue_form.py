"""The form of an issue, with a widget for its articles.

Without JavaScript, positions are numbers, an article is removed with a checkbox, and search results are
selected below. `static/iria_admin/issue.js` adds live search.
"""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.datastructures import MultiValueDict
from django.utils.html import escape

from articles.editorial.admin.editor_field import CaptionField, EditorWidget
from articles.editorial.models import Article
from articles.editorial.models.querysets import ArticleQuerySet
from articles.images.admin.chooser import choice
from articles.search.engine import admin_search
from iria.core.ordered_list import OrderedListWidget, Row
from iria.core.text.validators import one_line, validate_storable
from iria.publication.models import current_publication
from newsletter.admin.deliveries import parse_pk
from newsletter.email import drafts
from newsletter.email.drafts import IssueArticle, NotADraft
from newsletter.models import Issue, IssueItem
from newsletter.models.issue import HEADING_MAX_LENGTH, NAME_PLACEHOLDER

MAX_OFFERS: Final = 20
"""The number of search results, or of newest articles if there is no query."""
MAX_ARTICLES: Final = 100
"""Articles in one issue; Gmail clips the e-mail well before."""


def offers(query: str, *, excluded: Iterable[int] = ()) -> list[dict[str, Any]]:
    """Returns articles that can be added: search results, or the newest articles.

    Those that no issue contains come first.
    """
    published, excluded_ids = Article.objects.published().for_cards(), set(excluded)
    if query.strip():
        ids = [pk for pk in admin_search(query) if pk not in excluded_ids][:MAX_OFFERS]
        articles = published.in_bulk(ids)
        selected = [articles[pk] for pk in ids if pk in articles]
    else:
        selected = list(published.newest().exclude(pk__in=excluded_ids)[:MAX_OFFERS])
    items = IssueItem.objects.filter(article__in=[article.pk for article in selected])
    in_issue = set(items.values_list("article_id", flat=True))
    selected.sort(key=lambda article: article.pk in in_issue)
    return [
        serialize_article(article, "" if article.pk in in_issue else "not in an issue yet")
        for article in selected
    ]


def serialize_article(article: Article, note: str = "") -> dict[str, Any]:
    """Returns an article that was fetched `for_cards`: headline, thumbnail, and a line of facts."""
    published_at = article.published_at if article.is_published else None
    day = (
        f"{current_publication().local(published_at):%d %b %Y}" if published_at else "not published"
    )
    authors = ", ".join(byline.author.name for byline in article.bylines.all())
    image = article.lead_image
    return {
        "pk": str(article.pk),
        "headline": article.headline,
        "facts": " · ".join(filter(None, [day, authors, note])),
        "thumbnail": choice(image).thumbnail if image is not None else "",
    }


class ChosenArticlesWidget(OrderedListWidget):
    template_name = "admin/newsletter/issue/_chosen_articles.html"
    query = ""
    """The search query."""
    previous: frozenset[int] | set[int] = frozenset()
    """IDs of the articles chosen before; any other article must be published."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row]:
        """Returns the rows sorted by position, then the selected search results."""
        if not isinstance(data, MultiValueDict):
            data = MultiValueDict({key: value for key, value in data.items() if value})
        keys = data.getlist(name)
        headings, positions = data.getlist(f"{name}-heading"), data.getlist(f"{name}-place")
        removed = set(data.getlist(f"{name}-out"))
        rows = [
            {"pk": key, "heading": heading, "place": position}
            for key, heading, position in zip(
                keys, _pad(headings, keys), _pad(positions, keys), strict=True
            )
            if key not in removed
        ]
        added = [{"pk": key, "heading": "", "place": ""} for key in data.getlist(f"{name}-add")]
        return [*sorted(rows, key=_position), *added]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows: list[Row] = list(value or [])
        keys = [key for row in rows if (key := parse_pk(row["pk"]))]
        articles = _allowed_articles(self.previous).for_cards().in_bulk(keys)
        context["rows"] = [
            {**serialize_article(articles[parse_pk(row["pk"])]), "heading": row["heading"]}
            for row in rows
            if parse_pk(row["pk"]) in articles
        ]
        context["offers"] = offers(self.query, excluded=keys)
        context["query"] = self.query
        context["heading_max_length"] = HEADING_MAX_LENGTH
        return context


class ChosenArticlesField(forms.Field):
    """An ordered list of unique articles, each with an optional section heading."""

    widget: ChosenArticlesWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=ChosenArticlesWidget(), **options)
        self.previous: set[int] = set()
        """IDs of the articles chosen before; they stay valid if they were unpublished."""

    def to_python(self, value: Any) -> list[IssueArticle]:
        rows: list[Row] = list(value or [])
        message = "One of the articles no longer exists. Check the list and choose again."
        if len(rows) > MAX_ARTICLES:
            raise ValidationError(
                f"{len(rows)} articles are chosen. At most {MAX_ARTICLES} are allowed.", code="many"
            )
        keys = {parse_pk(row["pk"]) for row in rows}
        articles = _allowed_articles(self.previous).in_bulk(keys)
        if len(articles) != len(keys):
            raise ValidationError(message, code="gone")
        return [
            IssueArticle(articles[parse_pk(row["pk"])], _heading(row["heading"])) for row in rows
        ]

    def prepare_value(self, value: Any) -> list[Row]:
        return [
            {"pk": str(item.article.pk), "heading": item.heading, "place": ""}
            if isinstance(item, IssueArticle)
            else item
            for item in value or []
        ]

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = [(row["pk"], row["heading"]) for row in self.prepare_value(initial)]
        return before != [(row["pk"], row["heading"]) for row in data or []]


def _allowed_articles(previous: Iterable[int]) -> ArticleQuerySet:
    return Article.objects.filter(Q(state=Article.State.PUBLISHED) | Q(pk__in=list(previous)))


def _pad(values: list[str], keys: list[str]) -> list[str]:
    """Pads the values with empty strings to the number of keys."""
    return values if len(values) == len(keys) else [""] * len(keys)


def _position(row: Row) -> float:
    """Returns the position of a row; rows without a number come last."""
    text = row["place"].strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else float("inf")


def _heading(text: str) -> str:
    validate_storable(text)
    heading = one_line(text)
    if len(heading) > HEADING_MAX_LENGTH:
        raise ValidationError(
            f"The heading “{heading[:30]}…” has {len(heading)} characters. At most {HEADING_MAX_LENGTH} are allowed.",
            code="max_length",
        )
    return heading


SUBJECT_SHOWN: Final = 40
"""Characters of a subject that a phone shows."""
PREHEADER_SHOWN: Final = 90


class IssueForm(forms.ModelForm[Issue]):
    chosen_articles = ChosenArticlesField(
        label="Articles",
        help_text="In the order of the e-mail. A heading starts a section.",
    )
    image_caption = CaptionField(
        label="Caption",
        widget=EditorWidget("caption", rows=2, label="Caption"),
        help_text="Caption of the lead image in this issue. The credit is stored with the image.",
    )

    searched = ""
    """The search query; set by the admin."""

    class Media:
        # Not with the admin's scripts: lists load those too, and have no import map.
        js = [forms.Script("iria_admin/autosave.js", type="module")]

    class Meta:
        model = Issue
        fields = [
            *("newsletter", "subject", "preheader", "image", "image_caption", "greeting"),
            *("fallback_greeting", "introduction", "closing", "slug"),
        ]
        widgets = {
            "subject": forms.TextInput(
                {"class": "vLargeTextField", "data-shown": SUBJECT_SHOWN, "data-where": "on phones"}
            ),
            "preheader": forms.TextInput(
                {
                    "class": "vLargeTextField",
                    "data-shown": PREHEADER_SHOWN,
                    "data-where": "in most e-mail programs",
                }
            ),
            "introduction": EditorWidget("letter", rows=8, label="Introduction"),
            "closing": EditorWidget("letter", rows=4, label="Closing"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "chosen_articles" not in self.fields:
            return
        field = self.fields["chosen_articles"]
        assert isinstance(field, ChosenArticlesField)  # noqa: S101 - declared above
        items = self.instance.items.select_related("article") if self.instance.pk else []
        field.initial = [IssueArticle(item.article, item.heading) for item in items]
        field.previous = {item.article.pk for item in field.initial}
        field.widget.previous = field.previous
        field.widget.query = self.data.get("chosen_articles-search", self.searched)[:200]

    def clean(self) -> dict[str, Any]:
        cleaned_data = super().clean() or {}
        if self.instance.pk:
            try:
                drafts.lock_draft(self.instance)
            except NotADraft as error:
                raise ValidationError(str(error), code="frozen") from error
        self.instance.subject = cleaned_data.get("subject") or ""
        self.instance.slug = cleaned_data.get("slug") or ""
        # Set here because a database constraint requires a slug.
        cleaned_data["slug"] = drafts.free_slug(self.instance)
        image = cleaned_data.get("image")
        if image and "image" in self.changed_data and not cleaned_data.get("image_caption"):
            cleaned_data["image_caption"] = escape(one_line(image.caption))
        if NAME_PLACEHOLDER in cleaned_data.get("greeting", "") and not cleaned_data.get(
            "fallback_greeting"
        ):
            message = "Enter a fallback greeting for readers whose name is unknown, for example “Dear reader,”."
            self.add_error("fallback_greeting", ValidationError(message, code="required"))
        return cleaned_data
