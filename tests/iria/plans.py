"""Counts the rows that PostgreSQL reads, from its query plans."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection

TABLES: Final = {
    "articles_article",
    "articles_articlecategory",
    "articles_articletag",
    "articles_byline",
    "articles_listingentry",
}
"""Tables with at least one row per article."""

WRITES: Final = ("INSERT INTO", "UPDATE ", "DELETE FROM", "FOR UPDATE", "FOR NO KEY UPDATE")
EXPLAIN: Final = "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) "


@dataclass
class Reads:
    """The number of rows read, and the queries."""

    rows: int = 0
    queries: list[tuple[int, str]] = field(default_factory=list)

    def add(self, rows: int, sql: str) -> None:
        self.rows += rows
        self.queries.append((rows, sql))

    @property
    def worst(self) -> tuple[int, str]:
        return max(self.queries, default=(0, ""))


@contextmanager
def article_rows() -> Iterator[Reads]:
    """Counts the rows of articles that the queries inside the block read."""
    reads = Reads()

    def explain(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        start = sql.lstrip(" (").upper()
        if start.startswith(("SELECT", "WITH")) and not any(word in sql for word in WRITES):
            with context["connection"].connection.cursor() as cursor:
                cursor.execute(EXPLAIN + sql, params)
                found = cursor.fetchone()[0]
            plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
            reads.add(sum(_rows(node) for node in _nodes(plan)), sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield reads


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _rows(node: dict[str, Any]) -> int:
    """The rows that a scan returned and discarded, in all loops."""
    if node.get("Relation Name") not in TABLES:
        return 0
    counters = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    return int(sum(node.get(name, 0) for name in counters) * node.get("Actual Loops", 0))
