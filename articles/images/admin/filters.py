"""Full-text search and filters of the image library.

Any word matches, and images with more of the words rank higher; words are parsed in every language
of the publication, without accents. Phrases in quotes are required, a minus excludes. PostgreSQL
maintains the search vectors (`migrations/sql/picture_library.sql`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection, transaction
from django.db.models import Case, F, Func, IntegerField, Q, QuerySet, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Collate
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date

from articles.images.library.ingest import FIELDS
from articles.images.models import (
    Agency,
    Collection,
    Image,
    ImageQuerySet,
    Photographer,
    SimilarImage,
)
from articles.images.models.description import AI_MADE
from articles.images.models.image import SOON

MAX_QUERY_PARTS: Final = 12
MAX_RANKED: Final = 1000
"""Ranking every image with a common word would take long."""

_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_PART: Final = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_PARSE: Final = """
SELECT articles_picture_query(words)::text FROM unnest(%s::text[]) WITH ORDINALITY AS said (words)
ORDER BY ordinality
"""
_MATCHES: Final = "SELECT image_id FROM articles_imagesearchvector WHERE vector @@ %s::tsquery"
_BEST: Final = """
SELECT image_id FROM ({every}) AS matches GROUP BY image_id
ORDER BY count(*) DESC, image_id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class _Query:
    """The parsed query, each part as a tsquery."""

    wanted: list[str]
    required: list[str]
    excluded: list[str]


def search(images: ImageQuerySet, text: str) -> ImageQuerySet:
    """The images that match, the best first; all images for an empty query.

    In the whole library at most the best `MAX_RANKED` are found; among filtered images, all.
    """
    parts = list(_PART.finditer(text.replace("\x00", " ").translate(_QUOTES)))[:MAX_QUERY_PARTS]
    if not parts:
        return images
    texts = [part["word"] if part["phrase"] is None else part["phrase"] for part in parts]
    parsed = [(part, terms) for part, terms in zip(parts, _parse(texts), strict=True) if terms]
    query = _Query(
        wanted=[terms for part, terms in parsed if not part["minus"]],
        required=[terms for part, terms in parsed if part["phrase"] and not part["minus"]],
        excluded=[terms for part, terms in parsed if part["minus"]],
    )
    if not parsed:
        return images.none()
    if images.query.where or not query.wanted:
        return _ranked(images.filter(_matching(query)), query)
    return _ranked(images.filter(pk__in=_best(query)), query)


def _parse(texts: list[str]) -> list[str]:
    """Each text as a tsquery in every language of the publication; empty for stop words."""
    with connection.cursor() as cursor:
        cursor.execute(_PARSE, [texts])
        # Most words are the same in every language; repeated terms would cost time.
        return [" | ".join(dict.fromkeys(query.split(" | "))) for (query,) in cursor.fetchall()]


class _ParsedQuery(SearchQuery):
    """A tsquery that is parsed already."""

    template = "(%(expressions)s)::tsquery"


def _best(query: _Query) -> list[int]:
    """The ids of images with most of the words, the newest first among equals.

    Each word is looked up in the index. The planner would scan all vectors as soon as a word is
    common, which takes six times as long.
    """
    matches_sql = _MATCHES + " AND vector @@ %s::tsquery" * len(query.required)
    matches_sql += " AND NOT vector @@ %s::tsquery" * len(query.excluded)
    every = " UNION ALL ".join([matches_sql] * len(query.wanted))
    values = [value for word in query.wanted for value in (word, *query.required, *query.excluded)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(_BEST.format(every=every), [*values, MAX_RANKED])
        ids = [pk for (pk,) in cursor.fetchall()]
        cursor.execute("SET LOCAL enable_seqscan = on")
    return ids


def _matching(query: _Query) -> Q:
    """Any of the words, every phrase, and nothing that is excluded."""
    condition = Q(search_vector__vector=_ParsedQuery(_any(query.wanted))) if query.wanted else Q()
    for terms in query.required:
        condition &= Q(search_vector__vector=_ParsedQuery(terms))
    for terms in query.excluded:
        condition &= ~Q(search_vector__vector=_ParsedQuery(terms))
    return condition


def _ranked(images: ImageQuerySet, query: _Query) -> ImageQuerySet:
    """By the number of matching words, then by their rank."""
    if not query.wanted:
        return images
    matches: Combinable = Value(0)
    for terms in query.wanted:
        matches_sql = When(search_vector__vector=_ParsedQuery(terms), then=Value(1))
        matches = matches + Case(matches_sql, default=Value(0), output_field=IntegerField())
    rank = SearchRank(F("search_vector__vector"), _ParsedQuery(_any(query.wanted)))
    ranked = images.alias(matches=matches, rank=rank)
    return ranked.order_by("-matches", "-rank", "-uploaded_at", "-pk")


def _any(parts: list[str]) -> str:
    return " | ".join(f"({terms})" for terms in parts)


MAX_CHOICES: Final = 1000

EDITORIAL_METADATA = sorted({source for sources in FIELDS.values() for source in sources})
"""Metadata that helps an editor; an orientation does not."""

PARTIAL_DATE: Final = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
"""A year, a month or a day: the beginning of an ISO 8601 time."""

Images = QuerySet[Image]


class MissingFilter(admin.SimpleListFilter):
    """Images without credit, alt text or metadata."""

    title = "missing"
    parameter_name = "lacks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("credit", "No credit"),
            ("alt", "No alt text"),
            ("metadata", "No metadata"),
        ]

    def queryset(self, request: HttpRequest, queryset: Images) -> Images:
        match self.value():
            case "credit":
                return queryset.filter(credit="", credit_exempt=False)
            case "alt":
                return queryset.filter(alt_text="", is_decorative=False)
            case "metadata":
                return queryset.exclude(metadata__has_any_keys=EDITORIAL_METADATA)
        return queryset


class LicenceFilter(admin.SimpleListFilter):
    """Images with a limited licence, and withdrawn ones."""

    title = "licence"
    parameter_name = "licence"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("soon", "Expires within 14 days"),
            ("ended", "Expired"),
            ("later", "Not started"),
            ("withdrawn", "Withdrawn"),
        ]

    def queryset(self, request: HttpRequest, queryset: Images) -> Images:
        now = timezone.now()
        match self.value():
            case "soon":
                return queryset.filter(licence_until__gt=now, licence_until__lte=now + SOON)
            case "ended":
                return queryset.filter(licence_until__lte=now)
            case "later":
                return queryset.filter(licence_from__gt=now)
            case "withdrawn":
                return queryset.filter(withdrawn_at__isnull=False)
        return queryset


class UsageFilter(admin.SimpleListFilter):
    """Used and unused images."""

    title = "usage"
    parameter_name = "used"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Used"), ("no", "Not used")]

    def queryset(self, request: HttpRequest, queryset: Images) -> Images:
        match self.value():
            case "yes":
                return queryset.filter(Image.objects.in_use())
            case "no":
                return queryset.exclude(Image.objects.in_use())
        return queryset


class TypeFilter(admin.SimpleListFilter):
    """Possible duplicates, AI and animations."""

    title = "type"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("alike", "Possible duplicate"), ("ai", "Made with AI"), ("moving", "Animated")]

    def queryset(self, request: HttpRequest, queryset: Images) -> Images:
        match self.value():
            case "alike":
                pairs = SimilarImage.objects.filter(kept_at=None)
                newer, older = pairs.values("image"), pairs.values("older")
                return queryset.filter(Q(pk__in=newer) | Q(pk__in=older))
            case "ai":
                types = "|".join(sorted(AI_MADE))
                known = queryset.exclude(digital_source_type="")
                return known.filter(digital_source_type__regex=f"(^|/)({types})$")
            case "moving":
                return queryset.filter(is_animated=True)
        return queryset


class _FormFilter(admin.SimpleListFilter):
    """A filter with a small form, for more than a few choices."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        """For the template: the current value, and the rest of the query string as hidden fields."""
        others = [
            (name, value)
            for name, values in changelist.filter_params.items()
            if name not in self.expected_parameters()
            for value in (values if isinstance(values, list) else [values])
        ]
        yield {"parameter": self.parameter_name, "value": self.value() or "", "others": others}

    def has_output(self) -> bool:
        return True

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return []


class _RelatedFilter(_FormFilter):
    """A row of another table."""

    template = "admin/articles/image/_filter_row.html"
    rows: Any
    field: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The first by name, and the chosen one if a link names another."""
        named = self.rows.objects.order_by("name").values_list("pk", "name")
        choices = [(str(pk), name) for pk, name in named[:MAX_CHOICES]]
        chosen = self.value() or ""
        if chosen.isdecimal() and len(chosen) < 18 and chosen not in dict(choices):
            choices += [(str(pk), name) for pk, name in named.filter(pk=chosen)]
        return choices

    def choices(self, changelist: Any) -> Iterator[Any]:
        for line in super().choices(changelist):
            yield {**line, "rows": self.lookup_choices}

    def has_output(self) -> bool:
        return bool(self.lookup_choices)

    def queryset(self, request: HttpRequest, queryset: Images) -> Images:
        known = dict(self.lookup_choices)
        return queryset.filter(**{self.field: self.value()}) if self.value() in known else queryset


class PhotographerFilter(_RelatedFilter):
    title, parameter_name = "photographer", "photographer"
    rows, field = Photographer, "photographer"


class AgencyFilter(_RelatedFilter):
    title, parameter_name = "agency", "agency"
    rows, field = Agency, "agency"


class CollectionFilter(_RelatedFilter):
    title, parameter_name = "collection", "collection"
    rows, field = Collection, "collections"


class KeywordFilter(_FormFilter):
    title, parameter_name = "keyword", "keyword"
    template = "admin/articles/image/_filter_word.html"

    def queryset(self, request: HttpRequest, queryset: Images) -> Images:
        word = (self.value() or "").replace("\x00", "").strip().lower()
        if not word:
            return queryset
        texts = ArrayField(TextField())
        lowered = Func(
            F("keywords"),
            function="articles_picture_keywords",
            template="%(function)s(%(expressions)s::text[])",
            output_field=texts,
        )
        return queryset.alias(lowered=lowered).filter(
            lowered__contains=Value([word], output_field=texts)
        )


class _RangeFilter(_FormFilter):
    """From one time to another; either may be empty."""

    until: str
    """The parameter of the end."""

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        if until := params.pop(self.until, None):
            self.used_parameters[self.until] = until[-1]

    def expected_parameters(self) -> list[str | None]:
        return [self.parameter_name, self.until]

    def choices(self, changelist: Any) -> Iterator[Any]:
        for line in super().choices(changelist):
            yield {**line, "until": self.used_parameters.get(self.until, "")}


class DateTakenFilter(_RangeFilter):
    """Images taken in a year, a month or on a day, or between two of these."""

    title, parameter_name, until = "date taken", "taken", "taken_until"
    template = "admin/articles/image/_filter_times.html"

    def queryset(self, request: HttpRequest, queryset: Images) -> Images:
        first, last = _time(self.value()), _time(self.used_parameters.get(self.until))
        if not last:
            return queryset.filter(taken__startswith=first) if first else queryset
        # Compared byte by byte, independent of the database locale: a tilde sorts after any time.
        by_text = queryset.exclude(taken="").alias(by_text=Collate("taken", "C"))
        return by_text.filter(by_text__gte=first, by_text__lt=f"{last}~")


class UploadDateFilter(_RangeFilter):
    """Images uploaded between two days."""

    title, parameter_name, until = "upload date", "from", "until"
    template = "admin/articles/image/_filter_days.html"

    def queryset(self, request: HttpRequest, queryset: Images) -> Images:
        if first := _day(self.value()):
            queryset = queryset.filter(uploaded_at__gte=_begin(first))
        if (last := _day(self.used_parameters.get(self.until))) and last < date.max:
            queryset = queryset.filter(uploaded_at__lt=_begin(last + timedelta(days=1)))
        return queryset


def _time(text: str | None) -> str:
    """The year, month or day; anything else is ignored."""
    text = (text or "").strip()
    return text if PARTIAL_DATE.fullmatch(text) else ""


def _day(text: str | None) -> date | None:
    """The day; anything else is ignored."""
    try:
        return parse_date(text or "")
    except ValueError:
        return None


def _begin(day: date) -> datetime:
    """The start of the day in the publication's time zone."""
    safe = max(day, date(1, 1, 3))
    return timezone.make_aware(datetime.combine(safe, time.min))
