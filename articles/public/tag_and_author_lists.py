"""Lists of tags, authors and corrections."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from django.core.paginator import Page
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial.listings import counts_of, targets_of
from articles.editorial.models import Correction, ListingEntry, Scope
from iria.core.pagination import page_of

TAGS: int = 600
AUTHORS: int = 60
"""Authors per page."""


def tags_page(number: str | None) -> "Page[Tag]":
    """A page of tags of published articles with their `count`, by name: two queries."""
    return _page(Tag.objects.all(), Scope.TAG, number, TAGS)


def authors_page(number: str | None) -> "Page[AuthorProfile]":
    """A page of authors of published articles with portrait and `count`: two queries."""
    profiles = AuthorProfile.objects.select_related("portrait__image")
    return _page(profiles, Scope.AUTHOR, number, AUTHORS)


def corrections_page(number: str | None, count: Callable[[], int]) -> "Page[Correction]":
    """A page of corrections of published articles, newest first: one query.

    Args:
        count: their number, which may be cached.
    """
    return page_of(_Corrections(count), number)


def corrections_count() -> int:
    """How many corrections of published articles there are."""
    return _of_visible_articles().count()


def _of_visible_articles() -> "QuerySet[Correction]":
    """A condition by article id, which does not read all articles.

    The date is compared outside: within, the plan of a prepared statement would look through the list of
    all articles by date, and not for the article (100,000 articles: 34 instead of 0.1 ms).
    """
    listed = ListingEntry.objects.filter(scope=Scope.ALL, target=0, article=OuterRef("article"))
    published_at = Subquery(listed.values("published_at")[:1])
    return Correction.objects.filter(LessThanOrEqual(published_at, Value(timezone.now())))


class _Corrections:
    def __init__(self, count: Callable[[], int]) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, places: slice) -> "QuerySet[Correction]":
        shown = _of_visible_articles().select_related("article")
        return shown.defer("article__body", "article__search_description")[places]


class _CountedRows:
    """Rows by name; their number is known from the counts."""

    def __init__(self, rows: "QuerySet[Any]", scope: Scope, size: int) -> None:
        self._rows, self._scope, self._size = rows, scope, size

    def count(self) -> int:
        return self._size

    __len__ = count

    def __getitem__(self, places: slice) -> "QuerySet[Any]":
        rows: QuerySet[Any] = self._rows.filter(pk__in=targets_of(self._scope)).order_by(
            "name", "pk"
        )
        return rows[places]


def _page(rows: "QuerySet[Any]", scope: Scope, number: str | None, size: int) -> "Page[Any]":
    counts = counts_of(scope)
    page: Page[Any] = page_of(_CountedRows(rows, scope, len(counts)), number, size=size)
    for row in page.object_list:
        row.count = counts.get(row.pk, 0)
    return page


def group_by_initial[Named: (Tag, AuthorProfile)](
    rows: Iterable[Named],
) -> Iterator[tuple[str, list[Named]]]:
    """Tags or authors by initial, ignoring accents."""
    for initial, group in groupby(sorted(rows, key=_place), key=lambda row: _place(row)[0]):
        yield initial, list(group)


def _place(row: Tag | AuthorProfile) -> tuple[str, str]:
    plain = unicodedata.normalize("NFD", row.name).casefold()
    return plain[:1].upper(), plain
