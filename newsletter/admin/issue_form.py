"""The form of an issue, with a widget for its articles.

Without JavaScript, positions are numbers, an article is removed with a checkbox, and search results are
selected below. `static/iria_admin/issue-articles.js` adds drag and drop, move buttons and live search. The widget
contains no IDs of database rows, so a form opened before somebody else saved can still be submitted.
"""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.html import escape

from articles.editorial.admin.editor_field import CaptionField, EditorWidget
from articles.editorial.models import Article
from articles.search.admin_search import admin_search
from iria.core.text.validators import one_line, validate_storable
from iria.publication.models import current_publication
from newsletter.email import drafts
from newsletter.email.drafts import IssueArticle, NotADraft
from newsletter.models import Issue
from newsletter.models.issue import HEADING_MAX_LENGTH, NAME_PLACEHOLDER

OFFERED: Final = 20
"""The number of search results, or of newest articles if there is no query."""
MOST: Final = 100
"""Articles in one issue; Gmail clips the e-mail well before."""

Row = dict[str, str]


def offers(words: str, *, but: Iterable[int] = ()) -> list[dict[str, Any]]:
    """Returns articles that can be added: search results, or the newest articles."""
    published, taken = Article.objects.published(), set(but)
    if words.strip():
        best = [key for key in admin_search(words) if key not in taken][:OFFERED]
        found = published.in_bulk(best)
        chosen = [found[key] for key in best if key in found]
    else:
        chosen = list(published.newest().exclude(pk__in=taken)[:OFFERED])
    return [described(article) for article in chosen]


def described(article: Article) -> dict[str, Any]:
    moment = article.published_at if article.is_published else None
    day = f"{current_publication().local(moment):%d %b %Y}" if moment else "not published"
    return {"pk": str(article.pk), "headline": article.headline, "day": day}


class ChosenArticlesWidget(forms.Widget):
    template_name = "admin/newsletter/issue/_chosen_articles.html"
    use_fieldset = True
    words = ""
    """The search query."""
    previous: frozenset[int] | set[int] = frozenset()
    """IDs of the articles chosen before; any other article must be published."""

    class Media:
        js = [forms.Script("iria_admin/issue-articles.js", type="module")]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row]:
        """Returns the rows sorted by position, then the selected search results."""
        if not isinstance(data, MultiValueDict):
            data = MultiValueDict({key: value for key, value in data.items() if value})
        keys = data.getlist(name)
        headings, places = data.getlist(f"{name}-heading"), data.getlist(f"{name}-place")
        out = set(data.getlist(f"{name}-out"))
        rows = [
            {"pk": key, "heading": heading, "place": place}
            for key, heading, place in zip(
                keys, _as_many(headings, keys), _as_many(places, keys), strict=True
            )
            if key not in out
        ]
        added = [{"pk": key, "heading": "", "place": ""} for key in data.getlist(f"{name}-add")]
        return [*sorted(rows, key=_place), *added]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows: list[Row] = list(value or [])
        keys = [key for row in rows if (key := key_of(row["pk"]))]
        known = _choosable(self.previous).in_bulk(keys)
        context["rows"] = [
            {**described(known[key_of(row["pk"])]), "heading": row["heading"]}
            for row in rows
            if key_of(row["pk"]) in known
        ]
        context["offers"] = offers(self.words, but=keys)
        context["words"] = self.words
        context["longest"] = HEADING_MAX_LENGTH
        return context

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_


class ChosenArticlesField(forms.Field):
    """An ordered list of unique articles, each with an optional section heading."""

    widget: ChosenArticlesWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=ChosenArticlesWidget(), **options)
        self.previous: set[int] = set()
        """IDs of the articles chosen before; they stay valid if they were unpublished."""

    def to_python(self, value: Any) -> list[IssueArticle]:
        rows: list[Row] = list(value or [])
        gone = "One of the articles no longer exists. Check the list and choose again."
        if len(rows) > MOST:
            sentence = f"{len(rows)} articles are chosen. At most {MOST} are allowed."
            raise ValidationError(sentence, code="many")
        keys = {key_of(row["pk"]) for row in rows}
        found = _choosable(self.previous).in_bulk(keys)
        if len(found) != len(keys):
            raise ValidationError(gone, code="gone")
        return [IssueArticle(found[key_of(row["pk"])], _heading(row["heading"])) for row in rows]

    def prepare_value(self, value: Any) -> list[Row]:
        return [
            {"pk": str(each.article.pk), "heading": each.heading, "place": ""}
            if isinstance(each, IssueArticle)
            else each
            for each in value or []
        ]

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = [(row["pk"], row["heading"]) for row in self.prepare_value(initial)]
        return before != [(row["pk"], row["heading"]) for row in data or []]


def _choosable(previous: Iterable[int]) -> QuerySet[Article]:
    return Article.objects.filter(Q(state=Article.State.PUBLISHED) | Q(pk__in=list(previous)))


def _as_many(values: list[str], keys: list[str]) -> list[str]:
    """Pads the values with empty strings to the number of keys."""
    return values if len(values) == len(keys) else [""] * len(keys)


def _place(row: Row) -> float:
    """Returns the position of a row; rows without a number come last."""
    typed = row["place"].strip()
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else float("inf")


def key_of(text: str) -> int:
    """Returns the submitted ID, or 0 if it is not a number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


def _heading(text: str) -> str:
    validate_storable(text)
    heading = one_line(text)
    if len(heading) > HEADING_MAX_LENGTH:
        sentence = f"The heading “{heading[:30]}…” has {len(heading)} characters. At most {HEADING_MAX_LENGTH} are allowed."
        raise ValidationError(sentence, code="max_length")
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
        field.previous = {chosen.article.pk for chosen in field.initial}
        field.widget.previous = field.previous
        field.widget.words = self.data.get("chosen_articles-search", self.searched)[:200]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.instance.pk:
            try:
                drafts.lock_draft(self.instance)
            except NotADraft as refusal:
                raise ValidationError(str(refusal), code="frozen") from refusal
        self.instance.subject = cleaned.get("subject") or ""
        self.instance.slug = cleaned.get("slug") or ""
        # Set here because a database constraint requires a slug.
        cleaned["slug"] = drafts.free_slug(self.instance)
        image = cleaned.get("image")
        if image and "image" in self.changed_data and not cleaned.get("image_caption"):
            cleaned["image_caption"] = escape(one_line(image.caption))
        if NAME_PLACEHOLDER in cleaned.get("greeting", "") and not cleaned.get("fallback_greeting"):
            sentence = "Enter a fallback greeting for readers whose name is unknown, for example “Dear reader,”."
            self.add_error("fallback_greeting", ValidationError(sentence, code="required"))
        return cleaned
