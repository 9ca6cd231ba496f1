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
from articles.search.query.filters import EVERYWHERE, SearchFilters
from articles.search.query.ordering import Sort
from articles.search.ranking.engine import InvalidQuery
from iria.core.text.validators import validate_storable

FACETS: Final = ("category", "author", "year", "kind", "language")
"""As they stand in the address; anything else in it is not ours and left alone."""


class NothingLikeIt(InvalidQuery):
    """The words may be fine; what narrows them down does not exist."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A whole question: words, what narrows them down, order, page."""

    words: str
    narrowing: SearchFilters = EVERYWHERE
    sort: Sort = Sort.BEST
    page: str = "1"

    def address(self, **changes: str) -> str:
        """Where this question is answered, with some parts of it changed; from its first page.

        A part that is changed to an empty text is left away.
        """
        parts = {"q": self.words, **self.narrowing.parameters}
        if self.sort is not Sort.BEST:
            parts["sort"] = self.sort.value
        parts |= changes
        return (
            f"{reverse('search')}?{urlencode({key: each for key, each in parts.items() if each})}"
        )

    @property
    def query(self) -> str:
        """The question as it stands in an address, without its order: a feed has its own."""
        return self.address(sort="").partition("?")[2]

    def anew(self, words: str) -> "SearchRequest":
        """The same question with other words."""
        return replace(self, words=words)

    @property
    def is_plain(self) -> bool:
        """As somebody asks who begins to search."""
        return self == SearchRequest(self.words)

    @property
    def orders(self) -> list[tuple[str, str]]:
        """The orders there are by name, each with its address; none for the present one."""
        names = {
            Sort.BEST: gettext("Best first"),
            Sort.NEWEST: gettext("Newest first"),
            Sort.OLDEST: gettext("Oldest first"),
        }
        return [
            (name, "" if sort is self.sort else self.address(sort=sort.value.replace("best", "")))
            for sort, name in names.items()
        ]


def asked(parameters: Mapping[str, str]) -> SearchRequest:
    """The question of an address.

    Raises:
        NothingLikeIt: a facet or an order that there is not; the sentence says which.
    """
    chosen = {name: value for name in FACETS if (value := parameters.get(name, "").strip())}
    return SearchRequest(
        # Some keyboards send a letter and its accent apart.
        words=unicodedata.normalize("NFC", parameters.get("q", "").strip()),
        narrowing=_narrowing(chosen) if chosen else EVERYWHERE,
        sort=_sort(parameters.get("sort", "").strip()),
        page=parameters.get("page", "").strip() or "1",
    )


def _narrowing(chosen: Mapping[str, str]) -> SearchFilters:
    for name, value in chosen.items():
        try:
            validate_storable(value)
        except ValidationError as mistake:
            raise NothingLikeIt(_unknown(name, "�")) from mistake
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
        raise NothingLikeIt(_unknown(name, chosen[name]))
    return row


def _year(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) == 4 and int(text)):
        raise NothingLikeIt(_unknown("year", text))
    return int(text)


def _language(code: str) -> str:
    if code and code not in dict(LANGUAGES):
        raise NothingLikeIt(_unknown("language", code))
    return code


def _sort(text: str) -> Sort:
    if text and text not in set(Sort):
        sentence = gettext("What was found can stand by the best, the newest or the oldest first.")
        raise NothingLikeIt(sentence)
    return Sort(text) if text else Sort.BEST


def _unknown(name: str, value: str) -> str:
    value = Truncator(value).chars(60)
    sentences = {
        "category": gettext("There is no category “%(value)s” to search in."),
        "author": gettext("There is no author “%(value)s” to search for."),
        "year": gettext("There is no year “%(value)s”; write one like 2026."),
        "kind": gettext("There is no kind of article called “%(value)s”."),
        "language": gettext("There is no language “%(value)s” to search in."),
    }
    return sentences[name] % {"value": value}
