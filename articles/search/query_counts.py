"""Counting what is searched for, without keeping anything about who searches.

One row a day and query: how often, how much was found, how often something of it was opened. No
address, no cookie, no order of events. Words that may tell of a person are not kept at all.

What readers searched for in some days, from the counts.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import DatabaseError, connection
from django.db.models import F, Max, Sum
from django.utils import timezone

from articles.search.models import SearchCount
from articles.search.query.parser import key_of

LONGEST: Final = 60
MOST_WORDS: Final = 6
MOST_DIGITS: Final = 4
"""A year may stand in a query; what has more digits may be a telephone or an account."""

RARE: Final = timedelta(days=30)
"""After so long, what was searched for only once is forgotten: it says something of one person."""

KEPT: Final = timedelta(days=400)

MOST_A_DAY: Final = 10_000
"""Different queries. Beyond, a new one takes the place of one that was asked once: whoever sends random
words fills no table of ours, and displaces random words, not what readers ask for again."""

ROBOT: Final = re.compile(r"bot\b|crawl|spider|slurp|preview", re.IGNORECASE)
"""Whatever says of itself that it reads for others."""

COUNT: Final = """
WITH known AS (
    SELECT FROM articles_searchcount WHERE day = %(day)s AND words = %(words)s
), gone AS (
    DELETE FROM articles_searchcount WHERE NOT EXISTS (SELECT FROM known) AND id = (
        SELECT id FROM articles_searchcount
        WHERE day = %(day)s AND searches = 1
            AND (SELECT count(*) FROM articles_searchcount WHERE day = %(day)s) >= %(most)s
        ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING id
)
INSERT INTO articles_searchcount (day, words, searches, found, opened)
SELECT %(day)s, %(words)s, 1, %(found)s, 0
FROM set_config('synchronous_commit', 'off', true)
WHERE EXISTS (SELECT FROM known) OR EXISTS (SELECT FROM gone)
    OR (SELECT count(*) FROM articles_searchcount WHERE day = %(day)s) < %(most)s
ON CONFLICT (day, words) DO UPDATE
SET searches = articles_searchcount.searches + 1, found = excluded.found
"""
"""Losing the last counts in a crash loses nothing, so nobody waits for the disk."""

logger = logging.getLogger(__name__)


def countable(words: str) -> str:
    """The words as they are counted, or an empty text where they are not."""
    key = key_of(words)
    digits = sum(each.isdigit() for each in key)
    odd = (
        not key
        or len(key) > LONGEST
        or key.count(" ") >= MOST_WORDS
        or digits > MOST_DIGITS
        or not any(each.isalpha() for each in key)
        or any(sign in key for sign in ("@", "://", "www.", "<", ">", "\\", "{", "="))
        or max(len(word) for word in key.split()) > 30
        or not key.isprintable()
    )
    return "" if odd else key


def is_robot(agent: str) -> bool:
    return ROBOT.search(agent) is not None


def count(words: str, found: int) -> None:
    """Counts one search; a database that cannot is no reader's trouble."""
    if key := countable(words):
        try:
            with connection.cursor() as cursor:
                day = timezone.now().date()
                cursor.execute(
                    COUNT, {"day": day, "words": key, "found": found, "most": MOST_A_DAY}
                )
        except DatabaseError:
            logger.exception("A search could not be counted")


def count_opened(words: str) -> None:
    """Counts that something found for these words was opened; only for words counted today."""
    today = SearchCount.objects.filter(day=timezone.now().date(), words=countable(words))
    today.filter(opened__lt=F("searches") * 10).update(opened=F("opened") + 1)


def forget() -> int:
    """Drops what is old, and what was searched for only once a month ago; returns how many rows."""
    today = timezone.now().date()
    old, _ = SearchCount.objects.filter(day__lt=today - KEPT).delete()
    often = SearchCount.objects.values("words").annotate(all=Sum("searches")).filter(all__gt=1)
    once = SearchCount.objects.filter(day__lt=today - RARE).exclude(words__in=often.values("words"))
    rare, _ = once.delete()
    return old + rare


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
