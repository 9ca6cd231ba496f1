"""The order of search results."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum


class Sort(StrEnum):
    """The orders, by their values in the URL."""

    BEST = "best"
    NEWEST = "newest"
    OLDEST = "oldest"


def sort_articles(ranked: Iterable[tuple[int, datetime | None]], sort: Sort) -> list[int]:
    """Sorts article ids by relevance or date.

    Articles with equal dates are sorted by id, so that pages are stable.

    Args:
        ranked: ids and dates, the best first.
    """
    if sort is Sort.BEST:
        return [pk for pk, _ in ranked]
    dated = [(date, pk) for pk, date in ranked if date is not None]
    return [pk for _, pk in sorted(dated, reverse=sort is Sort.NEWEST)]
