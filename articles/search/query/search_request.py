"""A search request, parsed from the URL of the search page, and converted to URLs."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext

from accounts.models import AuthorProfile
from articles.editorial.models import ArticleType, Category
from articles.editorial.models.article import LANGUAGES
from articles.search.query.filters import NO_FILTERS, SearchFilters, Sort
from articles.search.ranking.engine import InvalidQuery
from iria.core.text.validators import validate_storable

FACETS: Final = ("category", "author", "year", "kind", "language")
"""The names of the URL parameters; others are ignored."""


class InvalidFilter(InvalidQuery):
    """The value of a filter does not exist."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search request: text, filters, order, page."""

    text: str
    filters: SearchFilters = NO_FILTERS
    sort: Sort = Sort.BEST
    page: str = "1"

    def url(self, **changes: str) -> str:
        """Returns the URL of the first page, with some parameters changed.

        A parameter that is changed to an empty string is removed.
        """
        parameters = {"q": self.text, **self.filters.parameters}
        if self.sort is not Sort.BEST:
            parameters["sort"] = self.sort.value
        parameters |= changes
        return f"{reverse('search')}?{urlencode({key: each for key, each in parameters.items() if each})}"

    @property
    def query_string(self) -> str:
        """The query string without the order, because feeds have their own."""
        return self.url(sort="").partition("?")[2]

    def with_text(self, text: str) -> "SearchRequest":
        return replace(self, text=text)

    @property
    def is_plain(self) -> bool:
        """Whether there are no filters, order or page."""
        return self == SearchRequest(self.text)

    @property
    def sort_links(self) -> list[tuple[str, str]]:
        """Labels and URLs of the orders; the URL of the current one is empty."""
        names = {
            Sort.BEST: gettext("Relevance"),
            Sort.NEWEST: gettext("Newest first"),
            Sort.OLDEST: gettext("Oldest first"),
        }
        return [
            (name, "" if sort is self.sort else self.url(sort=sort.value.replace("best", "")))
            for sort, name in names.items()
        ]


def parse_request(parameters: Mapping[str, str]) -> SearchRequest:
    """Parses the parameters of a URL.

    Raises:
        InvalidFilter: a filter or an order does not exist; the message says which.
    """
    chosen = {name: value for name in FACETS if (value := parameters.get(name, "").strip())}
    return SearchRequest(
        # Some keyboards send a letter and its accent separately.
        text=unicodedata.normalize("NFC", parameters.get("q", "").strip()),
        filters=_filters(chosen) if chosen else NO_FILTERS,
        sort=_sort(parameters.get("sort", "").strip()),
        page=parameters.get("page", "").strip() or "1",
    )


def _filters(chosen: Mapping[str, str]) -> SearchFilters:
    for name, value in chosen.items():
        try:
            validate_storable(value)
        except ValidationError as error:
            raise InvalidFilter(_unknown(name, "�")) from error
    return SearchFilters(
        category=_row(Category.objects.all(), "category", "path", chosen),
        author=_row(AuthorProfile.objects.all(), "author", "slug", chosen),
        year=_year(chosen.get("year", "")),
        kind=_row(ArticleType.objects.all(), "kind", "slug", chosen),
        language=_language(chosen.get("language", "")),
    )


def _row[M: Model](rows: QuerySet[M], name: str, field: str, chosen: Mapping[str, str]) -> M | None:
    if name not in chosen:
        return None
    row = rows.filter(**{field: chosen[name]}).first()
    if row is None:
        raise InvalidFilter(_unknown(name, chosen[name]))
    return row


def _year(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) == 4 and int(text)):
        raise InvalidFilter(_unknown("year", text))
    return int(text)


def _language(code: str) -> str:
    if code and code not in dict(LANGUAGES):
        raise InvalidFilter(_unknown("language", code))
    return code


def _sort(text: str) -> Sort:
    if text and text not in set(Sort):
        message = gettext("Invalid sort order. Choose best, newest or oldest first.")
        raise InvalidFilter(message)
    return Sort(text) if text else Sort.BEST


def _unknown(name: str, value: str) -> str:
    value = Truncator(value).chars(60)
    messages = {
        "category": gettext("There is no category “%(value)s”."),
        "author": gettext("There is no author “%(value)s”."),
        "year": gettext("“%(value)s” is not a valid year. Enter a year such as 2026."),
        "kind": gettext("There is no article type “%(value)s”."),
        "language": gettext("There is no language “%(value)s”."),
    }
    return messages[name] % {"value": value}
