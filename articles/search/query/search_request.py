"""What a reader asks for, read from the address of the search page and written back into one."""

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
from articles.search.query.filters import NO_FILTERS, SearchFilters
from articles.search.query.ordering import Sort
from articles.search.ranking.engine import InvalidQuery
from iria.core.text.validators import validate_storable

FACETS: Final = ("category", "author", "year", "kind", "language")
"""As they stand in the address; anything else in it is not ours and left alone."""


class InvalidFilter(InvalidQuery):
    """The words may be fine; what narrows them down does not exist."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A whole question: words, what narrows them down, order, page."""

    text: str
    filters: SearchFilters = NO_FILTERS
    sort: Sort = Sort.BEST
    page: str = "1"

    def url(self, **changes: str) -> str:
        """Where this question is answered, with some parts of it changed; from its first page.

        A part that is changed to an empty text is left away.
        """
        parts = {"q": self.text, **self.filters.parameters}
        if self.sort is not Sort.BEST:
            parts["sort"] = self.sort.value
        parts |= changes
        return (
            f"{reverse('search')}?{urlencode({key: each for key, each in parts.items() if each})}"
        )

    @property
    def query_string(self) -> str:
        """The question as it stands in an address, without its order: a feed has its own."""
        return self.url(sort="").partition("?")[2]

    def with_text(self, text: str) -> "SearchRequest":
        """The same question with other words."""
        return replace(self, text=text)

    @property
    def is_plain(self) -> bool:
        """As somebody asks who begins to search."""
        return self == SearchRequest(self.text)

    @property
    def sort_links(self) -> list[tuple[str, str]]:
        """The orders there are by name, each with its address; none for the present one."""
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
    """The question of an address.

    Raises:
        NothingLikeIt: a facet or an order that there is not; the sentence says which.
    """
    chosen = {name: value for name in FACETS if (value := parameters.get(name, "").strip())}
    return SearchRequest(
        # Some keyboards send a letter and its accent apart.
        text=unicodedata.normalize("NFC", parameters.get("q", "").strip()),
        filters=_filters(chosen) if chosen else NO_FILTERS,
        sort=_sort(parameters.get("sort", "").strip()),
        page=parameters.get("page", "").strip() or "1",
    )


def _filters(chosen: Mapping[str, str]) -> SearchFilters:
    for name, value in chosen.items():
        try:
            validate_storable(value)
        except ValidationError as mistake:
            raise InvalidFilter(_unknown(name, "�")) from mistake
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
        sentence = gettext("Invalid sort order. Choose best, newest or oldest first.")
        raise InvalidFilter(sentence)
    return Sort(text) if text else Sort.BEST


def _unknown(name: str, value: str) -> str:
    value = Truncator(value).chars(60)
    sentences = {
        "category": gettext("There is no category “%(value)s”."),
        "author": gettext("There is no author “%(value)s”."),
        "year": gettext("“%(value)s” is not a valid year. Enter a year such as 2026."),
        "kind": gettext("There is no article type “%(value)s”."),
        "language": gettext("There is no language “%(value)s”."),
    }
    return sentences[name] % {"value": value}
