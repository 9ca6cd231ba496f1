"""No four pieces on one day's event below an article."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from articles.related.likeness import Likeness
from articles.related.models import ArticleTerms
from articles.related.neighbour import Neighbour

SEEN: Final = 4
"""How many a reader sees; among these no event takes more than `OF_ONE_EVENT`."""

OF_ONE_EVENT: Final = 2
LOOKED_AT: Final = 16
DAY: Final = timedelta(days=1)

FAIR: Final = 0.5
ALIKE: Final = 0.2
"""Words of two articles of one day that are so alike tell of the same event."""


def varied(
    found: Sequence[Neighbour],
    moments: Mapping[int, datetime],
    terms: Mapping[int, ArticleTerms],
) -> list[Neighbour]:
    """The same neighbours; a third piece on one day's event gives way to something else near.

    What takes its place must come at least half as near: an article that has nothing to do with this
    one is no variety.
    """
    shown: list[Neighbour] = []
    held: list[Neighbour] = []
    for each in found[:LOOKED_AT]:
        while held and each.score < FAIR * held[0].score:
            shown.append(held.pop(0))
        if len(shown) >= SEEN:
            break
        if _same_event(each, shown, moments, terms) < OF_ONE_EVENT:
            shown.append(each)
        else:
            held.append(each)
    first = {each.article_id for each in shown}
    return [*shown, *(each for each in found if each.article_id not in first)]


def _same_event(
    each: Neighbour,
    shown: Sequence[Neighbour],
    moments: Mapping[int, datetime],
    terms: Mapping[int, ArticleTerms],
) -> int:
    """How many of those shown tell of the same day's event."""
    moment = moments[each.article_id]
    same_day = [
        terms[other.article_id] for other in shown if abs(moments[other.article_id] - moment) <= DAY
    ]
    if len(same_day) < OF_ONE_EVENT:
        return 0
    likeness = Likeness(terms[each.article_id])
    return sum(sum(likeness.shared_words(other).values()) >= ALIKE for other in same_day)
