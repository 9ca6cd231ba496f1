"""Form fields of an article: ordered choices (categories, authors), date and time, tags, articles.

Each ordered choice is a select, and the order on the page is the order that is saved, so the field
works without JavaScript; `static/iria_admin/choice-field.js` replaces the selects, and the text field of the tags,
by a field with completion. The form holds the choices and no row ids, so a form that was opened before
someone else saved can still be sent.

One article is chosen from a list of the newest, a `datalist`, which browsers show without JavaScript.
Older articles can be entered by their URL or headline.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from html import escape
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import CharField, Model, QuerySet, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString, mark_safe
from taggit.models import Tag

from articles.editorial.models import Article
from articles.editorial.models.article import UNTITLED
from articles.editorial.models.article_parts import MAX_PICKS
from articles.editorial.models.querysets import ArticleQuerySet
from iria.core.ordered_list import EMPTY_ROWS, OrderedListWidget
from iria.core.text.dates import SkippedHour, moment_in
from iria.core.text.validators import one_line, validate_storable
from iria.publication.models import current_publication


class ChoiceMedia(OrderedListWidget.Media):
    css = {"all": ["iria_admin/choice-field.css"]}
    js = [forms.Script("iria_admin/choice-field.js", type="module")]


class OrderedChoiceWidget(OrderedListWidget):
    """Args: `offered` is the name of the choices in `admin.choices`."""

    Media = ChoiceMedia
    template_name = "admin/articles/article/_choice_selects.html"

    def __init__(self, offered: str, *, row: str, first: str = "", most: int | None = None) -> None:
        super().__init__()
        self.offered, self.row, self.first, self.most = offered, row, first, most
        self.choices: list[tuple[str, str, str]] = []

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        given = data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name, [])
        return [value for value in given if value]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = [str(each) for each in value or []]
        rows = [*chosen, *([""] * EMPTY_ROWS)][
            : max(len(chosen), self.most or len(chosen) + EMPTY_ROWS)
        ]
        context["widget"] |= {"row": self.row, "first": self.first, "url": _url(self.offered)}
        context["widget"]["most"] = self.most
        context["rows"] = self._options_of(rows)
        return context

    def _options_of(self, rows: list[str]) -> list[SafeString]:
        """The options of each select. A template takes far longer for a thousand of them.

        The first select also has the labels, for the script.
        """
        choices = [tuple(escape(each) for each in choice) for choice in self.choices]
        labelled = "\n".join(
            f'<option value="{key}" data-label="{label}">{text}</option>'
            for key, text, label in choices
        )
        plain = "\n".join(f'<option value="{key}">{text}</option>' for key, text, _ in choices)
        return [
            mark_safe(  # noqa: S308 - every part is escaped
                (plain if number else labelled).replace(
                    f'value="{escape(chosen)}"', f'value="{escape(chosen)}" selected', 1
                )
            )
            for number, chosen in enumerate(rows)
        ]


class TagsWidget(forms.TextInput):
    Media = ChoiceMedia
    template_name = "admin/articles/article/_choice_text.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"row": "Tag", "url": _url("tags")}
        return context


def _url(offered: str) -> str:
    return reverse("admin:articles_article_choices", args=[offered])


class OrderedChoiceField[M: Model](forms.Field):
    """A list of objects, in the order in which they were chosen, each once.

    Args:
        most: how many can be chosen.
    """

    widget: OrderedChoiceWidget
    default_error_messages = {
        "gone": "One of the choices no longer exists. Check them and choose again.",
        "too_many": "Choose at most %(most)s.",
    }

    def __init__(
        self,
        objects: "QuerySet[M]",
        offered: str,
        *,
        row: str,
        first: str = "",
        most: int | None = None,
        **options: Any,
    ) -> None:
        widget = OrderedChoiceWidget(offered, row=row, first=first, most=most)
        super().__init__(required=False, widget=widget, **options)
        self.objects, self.most = objects, most

    def offer(self, choices: Iterable[tuple[Any, str, str]]) -> None:
        """Sets the choices, once for all rows: key, text in a select, label of the chosen one."""
        self.widget.choices = [(str(key), text, label) for key, text, label in choices]

    def to_python(self, value: Any) -> list[M]:
        keys = list(dict.fromkeys(str(each) for each in value or []))
        if not all(key.isascii() and key.isdigit() and len(key) < 18 for key in keys):
            raise ValidationError(self.error_messages["gone"], code="gone")
        if self.most and len(keys) > self.most:
            raise ValidationError(
                self.error_messages["too_many"], code="too_many", params={"most": self.most}
            )
        found = self.objects.in_bulk([int(key) for key in keys])
        if len(found) != len(keys):
            raise ValidationError(self.error_messages["gone"], code="gone")
        return [found[int(key)] for key in keys]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [str(each) for each in initial or []] != [str(each) for each in data or []]


INPUT_FORMAT: Final = "%Y-%m-%dT%H:%M"
LAST_YEAR: Final = 2199
"""A later moment could not be converted to every time zone."""
OUT_OF_RANGE: Final = "This date is out of range. Choose an earlier one."


class MomentField(forms.Field):
    """For `<input type="datetime-local">`; an hour that the clocks skip is refused."""

    widget = forms.TextInput
    ignored = False
    """Whether the value is only redisplayed, because its button was not pressed."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({"step": "60", "autocomplete": "off"})
        widget.input_type = "datetime-local"
        super().__init__(widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime) and timezone.is_aware(value):
            return current_publication().local(value).strftime(INPUT_FORMAT)
        return value

    def clean(self, value: Any) -> datetime | None:
        return None if self.ignored else super().clean(value)

    def to_python(self, value: Any) -> datetime | None:
        """The moment, read in the publication's time zone.

        Raises:
            ValidationError: not a date and time, out of range, or skipped by the clocks.
        """
        text = str(value or "").strip().replace("T", " ")
        if not text:
            return None
        try:
            local_time = parse_datetime(text)
        except ValueError:
            local_time = None
        if local_time is None or local_time.tzinfo is not None:
            raise ValidationError("Enter a date and time such as 2027-03-28 14:30.")
        if local_time.year > LAST_YEAR:
            raise ValidationError(OUT_OF_RANGE)
        publication = current_publication()
        try:
            return moment_in(publication.zone_info, local_time)
        except SkippedHour as gap:
            raise ValidationError(
                f"{local_time:%H:%M} does not exist on that day, because the clocks in "
                f"{publication.time_zone} go forward. The next valid time is {gap.resumes:%H:%M}."
            ) from gap
        except OverflowError as error:
            raise ValidationError(OUT_OF_RANGE) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "")


TAG: Final = re.compile(r'\s*(?:"([^"]*)"|([^,]*))\s*(?:,|$)')
MAX_TAGS: Final = 30


def split_tags(text: str) -> list[str]:
    """The tags in a line of text, each once; a tag with a comma is in quotes."""
    parts = [one_line(quoted or plain) for quoted, plain in TAG.findall(text)]
    found = {part.casefold(): part for part in reversed(parts) if part}
    return list(reversed(found.values()))


def join_tags(names: list[str]) -> str:
    return ", ".join(f'"{name}"' if "," in name else name for name in names)


class TagsField(forms.CharField):
    widget = TagsWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False,
            max_length=2000,
            validators=[validate_storable],
            help_text="Separate tags with commas, for example: shipping, Red Sea.",
            **options,
        )

    def clean(self, value: Any) -> list[str]:
        names = split_tags(super().clean(value))
        if len(names) > MAX_TAGS:
            raise ValidationError(
                f"There are {len(names)} tags; the maximum is {MAX_TAGS}. Remove some."
            )
        for name in names:
            validate_tag_name(name)
        return names

    def has_changed(self, initial: Any, data: Any) -> bool:
        return sorted(split_tags(initial or "")) != sorted(split_tags(data or ""))


def validate_tag_name(name: str) -> None:
    """A tag needs a name that fits its column and makes a usable slug."""
    slug: str = Tag().slugify(name)  # type: ignore[no-untyped-call]
    if len(name) > 100:
        raise ValidationError(f"The tag “{name[:40]}…” is too long. Use at most 100 characters.")
    if not slug.strip("-_"):
        raise ValidationError(f"The tag “{name}” cannot be used in a URL. Add a letter or a digit.")
    if slug == "feed":
        raise ValidationError("“feed” is reserved for URLs. Choose another name for this tag.")


MAX_OFFERED: Final = 150
CHOSEN_ID: Final = re.compile(r"\[([1-9][0-9]{0,17})\]\s*$")
ARTICLE_PATH: Final = re.compile(r"^/([0-9]{4})/(0[1-9]|1[0-2])/([-\w]+)/?$")
SHOWN_ARTICLES: Final = ("headline", "language", "year", "month", "slug", "state")


class ArticleChooserWidget(forms.TextInput):
    """A text input with a `datalist` of its own; `offers` fills it."""

    template_name = "admin/articles/article/_article_chooser.html"
    offers: Iterable[str] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{name}-list"
        return {**context, "offers": list(self.offers)}


class ArticleChooserField(forms.CharField):
    """Accepts “Headline [12]” as in the list, a URL, or a headline that only one article has.

    Args:
        offers: the id of a `datalist` that the page has already; without it the field has its own.
    """

    def __init__(self, articles: ArticleQuerySet, *, offers: str = "", **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("max_length", 500)
        attrs = {"class": "vTextField", "autocomplete": "off"}
        widget = (
            forms.TextInput({**attrs, "list": offers}) if offers else ArticleChooserWidget(attrs)
        )
        super().__init__(widget=widget, **options)
        self.articles = articles

    def prepare_value(self, value: Any) -> Any:
        return article_label(value) if isinstance(value, Article) else value

    def clean(self, value: Any) -> Article | None:
        """The article, or None where the field is empty.

        Raises:
            ValidationError: no article matches, or several do.
        """
        text = super().clean(value)
        if not text:
            return None
        found = list(self._matching(text).only(*SHOWN_ARTICLES)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            message = (
                "Several articles have this headline. Choose one from the list or paste its URL."
            )
        else:
            message = (
                f"No article “{text[:80]}” can be used here. Choose one from the list or paste "
                "its URL."
            )
        raise ValidationError(message, code="article")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "").strip()

    def _matching(self, text: str) -> ArticleQuerySet:
        if chosen := CHOSEN_ID.search(text):
            return self.articles.filter(pk=int(chosen[1]))
        try:
            path = unquote(urlsplit(text).path)
        except ValueError:
            path = ""
        if match := ARTICLE_PATH.match(path):
            year, month, slug = match.groups()
            return self.articles.filter(year=int(year), month=int(month), slug=slug)
        return self.articles.filter(headline__iexact=text)


class ListedArticle(NamedTuple):
    """An article in a list, without a model for each."""

    pk: int
    headline: str
    language: str

    def __str__(self) -> str:
        return self.headline or UNTITLED


def article_label(article: Article | ListedArticle) -> str:
    """The label of an article in the list and the field."""
    return f"{article.headline} [{article.pk}]"


def listed_articles(lists: Mapping[str, ArticleQuerySet]) -> dict[str, list[ListedArticle]]:
    """Several lists of articles, the newest first, in one query."""
    rows = [
        articles.annotate(list_name=Value(name, CharField())).values_list(
            "list_name", "pk", "headline", "language"
        )
        for name, articles in lists.items()
    ]
    found: dict[str, list[ListedArticle]] = {name: [] for name in lists}
    for name, pk, headline, language in rows[0].union(*rows[1:], all=True).order_by("-pk"):
        found[name].append(ListedArticle(pk, headline, language))
    return found


def offers_of(articles: ArticleQuerySet) -> list[str]:
    """Labels of the newest articles, for the list."""
    return [article_label(each) for each in articles.newest().only("headline")[:MAX_OFFERED]]


class PicksField(OrderedChoiceField[Article]):
    def __init__(self) -> None:
        super().__init__(
            Article.objects.all(),
            "picks",
            row="Article",
            most=MAX_PICKS,
            label="Picked articles",
            help_text="Shown first, while they are published. The remaining places are filled "
            "automatically.",
        )

    def offer_articles(self, seen: Iterable[ListedArticle], chosen: Iterable[int]) -> None:
        """Articles that the user may see, and those that are chosen."""
        labels = {row.pk: str(row) for row in seen}
        labels |= {pk: f"Article {pk}" for pk in chosen if pk not in labels}
        self.offer((pk, label, label) for pk, label in labels.items())


def check_picks(
    picked: Collection[Article], article: Article | None, *, seen: ArticleQuerySet, before: Any
) -> None:
    """Whether this user may pick them for this article.

    Args:
        seen: the articles that the user may see.
        before: the ids of those that are picked already, which may stay.

    Raises:
        ValidationError: with what to do.
    """
    ids = {each.pk for each in picked}
    if article is not None and article.pk in ids:
        raise ValidationError(
            "An article cannot be picked for itself. Choose a different one.", code="itself"
        )
    new = ids - set(before)
    if new and seen.filter(pk__in=new).count() != len(new):
        raise ValidationError(
            "One of the articles cannot be picked. Check them and choose again.", code="unseen"
        )
