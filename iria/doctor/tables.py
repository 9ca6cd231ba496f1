"""The size of the tables, and what keeps those small that would grow for ever."""

from dataclasses import dataclass
from typing import Final

from django.db import connection

from iria.core.model_policy import policies

LARGEST: Final = 20
"""How many tables are listed, besides those that are pruned."""
WITHOUT_MODEL: Final = {"iria_cache": "The oldest are deleted above 50,000 rows."}
"""Table → rule."""


@dataclass(frozen=True, slots=True)
class TableSize:
    name: str
    rows: int
    """As PostgreSQL's statistics estimate it."""
    bytes: int
    """With indexes."""
    rule: str
    """Which rows are deleted; empty if none are."""


def table_sizes() -> list[TableSize]:
    """The largest tables and all that are pruned, the largest first."""
    rules = WITHOUT_MODEL | {
        model._meta.db_table: policy.pruning.rule
        for model, policy in policies().items()
        if policy.pruning
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_live_tup, pg_total_relation_size(relid) FROM pg_stat_user_tables"
            " WHERE schemaname = current_schema() ORDER BY 3 DESC, 1"
        )
        tables = [
            TableSize(name, rows, size, rules.get(name, ""))
            for name, rows, size in cursor.fetchall()
        ]
    return [table for number, table in enumerate(tables) if number < LARGEST or table.rule]
