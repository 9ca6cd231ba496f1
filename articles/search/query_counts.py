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

from articles.search.models import QueryCount
from articles.search.query.parser import normalise_query

LONGEST: Final = 60
MOST_WORDS: Final = 6
MOST_DIGITS: Final = 4
"""A year may stand in a query; what has more digits may be a telephone or an account."""

RARE: Final = timedelta(days=30)
"""After so long, what was searched for only once is forgotten: it says something of one person."""

RETENTION: Final = timedelta(days=400)

MOST_A_DAY: Final = 10_000
"""Different queries. Beyond, a new one takes the place of one that was asked once: whoever sends random
words fills no table of ours, and displaces random words, not what readers ask for again."""

ROBOT: Final = re.compile(r"bot\b|crawl|spider|slurp|preview", re.IGNORECASE)
"""Whatever says of itself that it reads for others."""

COUNT: Final = """
WITH known AS (
    SELECT FROM articles_querycount WHERE day = %(day)s AND query = %(query)s
), gone AS (
    DELETE FROM articles_querycount WHERE NOT EXISTS (SELECT FROM known) AND id = (
        SELECT id FROM articles_querycount
        WHERE day = %(day)s AND searches = 1
            AND (SELECT count(*) FROM articles_querycount WHERE day = %(day)s) >= %(most)s
        ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING id
)
INSERT INTO articles_querycount (day, query, searches, results, clicks)
SELECT %(day)s, %(query)s, 1, %(results)s, 0
FROM set_config('synchronous_commit', 'off', true)
WHERE EXISTS (SELECT FROM known) OR EXISTS (SELECT FROM gone)
    OR (SELECT count(*) FROM articles_querycount WHERE day = %(day)s) < %(most)s
ON CONFLICT (day, query) DO UPDATE
SET searches = articles_querycount.searches + 1, results = excluded.results
"""
"""Losing the last counts in a crash loses nothing, so nobody waits for the disk."""

logger = logging.getLogger(__name__)


def countable_query(query: str) -> str:
    """The words as they are counted, or an empty text where they are not."""
    key = normalise_query(query)
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


def count_search(query: str, results: int) -> None:
    """Counts one search; a database that cannot is no reader's trouble."""
    if key := countable_query(query):
        try:
            with connection.cursor() as cursor:
                day = timezone.now().date()
                cursor.execute(
                    COUNT, {"day": day, "query": key, "results": results, "most": MOST_A_DAY}
                )
        except DatabaseError:
            logger.exception("Could not count a search")


def count_click(query: str) -> None:
    """Counts that something found for these words was opened; only for words counted today."""
    today = QueryCount.objects.filter(day=timezone.now().date(), query=countable_query(query))
    today.filter(clicks__lt=F("searches") * 10).update(clicks=F("clicks") + 1)


def delete_old_counts() -> int:
    """Drops what is old, and what was searched for only once a month ago; returns how many rows."""
    today = timezone.now().date()
    old, _ = QueryCount.objects.filter(day__lt=today - RETENTION).delete()
    often = QueryCount.objects.values("query").annotate(all=Sum("searches")).filter(all__gt=1)
    once = QueryCount.objects.filter(day__lt=today - RARE).exclude(query__in=often.values("query"))
    rare, _ = once.delete()
    return old + rare


PERIODS: Final = (7, 30, 90, 365)
MOST: Final = 50
"""Rows of one list."""


@dataclass(frozen=True, slots=True)
class QueryTotals:
    """One query with its counts."""

    query: str
    searches: int
    results: int
    """Articles, at the most in this time."""
    clicks: int


@dataclass(frozen=True, slots=True)
class SearchReport:
    """Three lists of the same days, each with the most searched first."""

    days: int
    searches: int
    top: list[QueryTotals]
    without_results: list[QueryTotals]
    without_clicks: list[QueryTotals]


def build_report(days: int) -> SearchReport:
    """Asks the database four times."""
    since = timezone.now().date() - timedelta(days=days)
    counts = QueryCount.objects.filter(day__gt=since)
    rows = (
        counts.order_by()
        .values("query")
        .annotate(all=Sum("searches"), most=Max("results"), total_clicks=Sum("clicks"))
        .order_by("-all", "query")
    )
    return SearchReport(
        days=days,
        searches=counts.aggregate(all=Sum("searches"))["all"] or 0,
        top=_query_totals(rows[:MOST]),
        without_results=_query_totals(rows.filter(most=0)[:MOST]),
        without_clicks=_query_totals(rows.filter(most__gt=0, total_clicks=0)[:MOST]),
    )


def _query_totals(rows: Iterable[Mapping[str, Any]]) -> list[QueryTotals]:
    return [QueryTotals(row["query"], row["all"], row["most"], row["total_clicks"]) for row in rows]
