"""Counts of search queries, without anything about who searched, and the report of them.

One row per day and query: searches, results and clicks. No address, no cookie, no order of events.
Queries that could identify a person are not counted.
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
from articles.search.query import normalise_query
from iria.core.jobs import job

MAX_LENGTH: Final = 60
MAX_WORDS: Final = 6
MAX_DIGITS: Final = 4
"""A year is allowed; more digits may be a telephone or account number."""

RARE_RETENTION: Final = timedelta(days=30)
"""For queries made only once, because they are those of one person."""

RETENTION: Final = timedelta(days=400)

MAX_PER_DAY: Final = 10_000
"""Different queries. Beyond that, a new one replaces a random one that was made once, so that a flood
of random queries neither fills the table nor displaces repeated queries."""

ROBOT: Final = re.compile(r"bot\b|crawl|spider|slurp|preview", re.IGNORECASE)
"""User agents of crawlers."""

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
"""Without synchronous commit, because losing the last counts in a crash does no harm."""

logger = logging.getLogger(__name__)


def countable_query(query: str) -> str:
    """Returns the normalised query if it is counted, otherwise an empty string."""
    key = normalise_query(query)
    digits = sum(each.isdigit() for each in key)
    excluded = (
        not key
        or len(key) > MAX_LENGTH
        or key.count(" ") >= MAX_WORDS
        or digits > MAX_DIGITS
        or not any(each.isalpha() for each in key)
        or any(text in key for text in ("@", "://", "www.", "<", ">", "\\", "{", "="))
        or max(len(word) for word in key.split()) > 30
        or not key.isprintable()
    )
    return "" if excluded else key


def is_robot(agent: str) -> bool:
    return ROBOT.search(agent) is not None


def count_search(query: str, results: int) -> None:
    """Counts a search; an error is only logged."""
    if key := countable_query(query):
        try:
            with connection.cursor() as cursor:
                day = timezone.now().date()
                cursor.execute(
                    COUNT, {"day": day, "query": key, "results": results, "most": MAX_PER_DAY}
                )
        except DatabaseError:
            logger.exception("Could not count a search")


def count_click(query: str) -> None:
    """Counts a click on a result of a query that was counted today."""
    today = QueryCount.objects.filter(day=timezone.now().date(), query=countable_query(query))
    today.filter(clicks__lt=F("searches") * 10).update(clicks=F("clicks") + 1)


@job("search.forget", cron="40 3 * * *")
def delete_old_counts() -> int:
    """Deletes old counts, and month-old queries that were made only once; returns how many rows."""
    today = timezone.now().date()
    old, _ = QueryCount.objects.filter(day__lt=today - RETENTION).delete()
    repeated = QueryCount.objects.values("query").annotate(all=Sum("searches")).filter(all__gt=1)
    once = QueryCount.objects.filter(day__lt=today - RARE_RETENTION).exclude(
        query__in=repeated.values("query")
    )
    rare, _ = once.delete()
    return old + rare


PERIODS: Final = (7, 30, 90, 365)
MAX_ROWS: Final = 50
"""Per list of the report."""


@dataclass(frozen=True, slots=True)
class QueryTotals:
    """One query with its counts."""

    query: str
    searches: int
    results: int
    """The highest number of results in the period."""
    clicks: int


@dataclass(frozen=True, slots=True)
class SearchReport:
    """Three lists of queries of a period, the most frequent first."""

    days: int
    searches: int
    top: list[QueryTotals]
    without_results: list[QueryTotals]
    without_clicks: list[QueryTotals]


def build_report(days: int) -> SearchReport:
    """Builds the report of the last days, in four queries."""
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
        top=_query_totals(rows[:MAX_ROWS]),
        without_results=_query_totals(rows.filter(most=0)[:MAX_ROWS]),
        without_clicks=_query_totals(rows.filter(most__gt=0, total_clicks=0)[:MAX_ROWS]),
    )


def _query_totals(rows: Iterable[Mapping[str, Any]]) -> list[QueryTotals]:
    return [QueryTotals(row["query"], row["all"], row["most"], row["total_clicks"]) for row in rows]
