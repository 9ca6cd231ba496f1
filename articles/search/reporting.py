"""What readers searched for in some days, from the counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import Max, Sum
from django.utils import timezone

from articles.search.models import SearchCount

PERIODS: Final = (7, 30, 90, 365)
MOST: Final = 50
"""Rows of one list."""


@dataclass(frozen=True, slots=True)
class Searched:
    """One query with its counts."""

    words: str
    searches: int
    found: int
    """Articles, at the most in this time."""
    opened: int


@dataclass(frozen=True, slots=True)
class Report:
    """Three lists of the same days, each with the most searched first."""

    days: int
    searches: int
    most: list[Searched]
    nothing: list[Searched]
    unopened: list[Searched]


def report(days: int) -> Report:
    """Asks the database four times."""
    since = timezone.now().date() - timedelta(days=days)
    counts = SearchCount.objects.filter(day__gt=since)
    rows = (
        counts.order_by()
        .values("words")
        .annotate(all=Sum("searches"), most=Max("found"), clicks=Sum("opened"))
        .order_by("-all", "words")
    )
    return Report(
        days=days,
        searches=counts.aggregate(all=Sum("searches"))["all"] or 0,
        most=_searched(rows[:MOST]),
        nothing=_searched(rows.filter(most=0)[:MOST]),
        unopened=_searched(rows.filter(most__gt=0, clicks=0)[:MOST]),
    )


def _searched(rows: Iterable[Mapping[str, Any]]) -> list[Searched]:
    return [Searched(row["words"], row["all"], row["most"], row["clicks"]) for row in rows]
