"""The order of what was found."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum


class Sort(StrEnum):
    """What a reader may ask for; as it stands in the address."""

    BEST = "best"
    NEWEST = "newest"
    OLDEST = "oldest"


def sort_articles(ranked: Iterable[tuple[int, datetime | None]], sort: Sort) -> list[int]:
    """Articles with their dates, the best first → the articles in the order asked for.

    Equals by date stand by their number, so that pages never shuffle.
    """
    if sort is Sort.BEST:
        return [pk for pk, _ in ranked]
    dated = [(at, pk) for pk, at in ranked if at is not None]
    return [pk for _, pk in sorted(dated, reverse=sort is Sort.NEWEST)]
