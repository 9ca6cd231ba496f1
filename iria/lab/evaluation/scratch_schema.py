"""Temporary empty copies of the site's tables, for evaluations.

Evaluations run production code on external collections and must not change the site. The copies
are temporary tables: PostgreSQL keeps them in a schema of this one connection, and drops them itself
when the connection ends, even if the process is killed. The search path puts that schema first, so
that every query of `articles_article` uses the copy; text search configurations, functions
and extensions are still found in their schemas.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from django.db import DataError, connection, transaction
from django.db.backends.utils import CursorWrapper

TABLES: Final = """
SELECT quote_ident(relname) FROM pg_class
WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p') ORDER BY relname
"""

TRIGGERS: Final = """
SELECT replace(pg_get_triggerdef(trigger.oid), ' ON ' || quote_ident(%s) || '.', ' ON pg_temp.')
FROM pg_trigger AS trigger JOIN pg_class AS class ON class.oid = trigger.tgrelid
WHERE class.relnamespace = %s::regnamespace AND NOT trigger.tgisinternal
    AND NOT trigger.tgdeferrable ORDER BY trigger.tgname
"""

MEMORY: Final = "256MB"
"""How much of the copies may be kept in memory; with PostgreSQL's default of 8 MB, evaluations would measure the disk."""


@contextmanager
def scratch_schema() -> Iterator[None]:
    """Inside the block, every table of the site is empty; afterwards it is unchanged.

    Indexes, checks, defaults and triggers are copied; foreign keys and deferred triggers
    are not, so rows may be inserted in any order. Only the calling thread's connection sees the
    copies. Jobs must not be enqueued in the block: a worker has its own connection.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (schema,) = cursor.fetchone()
        if schema is None or schema.startswith("pg_temp"):
            raise RuntimeError("A scratch schema is already in use.")
        # PostgreSQL refuses this once a session has had temporary tables, even rolled back ones;
        # then it was set before.
        with suppress(DataError), transaction.atomic():
            cursor.execute(f"SET temp_buffers = '{MEMORY}'")
        try:
            _copy(cursor, schema)
            cursor.execute(
                "SELECT set_config('search_path', 'pg_temp, ' || current_setting('search_path'), false)"
            )
            yield
        finally:
            _clear()


def gather_statistics() -> None:
    """Analyses the copies; a plain ANALYZE would read the site's tables too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_my_temp_schema()::regnamespace::text")
        (schema,) = cursor.fetchone()
        cursor.execute(TABLES, [schema])
        for (table,) in cursor.fetchall():
            cursor.execute(f"ANALYZE pg_temp.{table}")


def _copy(cursor: CursorWrapper, schema: str) -> None:
    cursor.execute("SELECT quote_ident(%s)", [schema])
    (quoted,) = cursor.fetchone()
    cursor.execute(TABLES, [quoted])
    for (table,) in cursor.fetchall():
        cursor.execute(f"CREATE TEMPORARY TABLE {table} (LIKE {quoted}.{table} INCLUDING ALL)")
    cursor.execute(TRIGGERS, [schema, quoted])
    for (definition,) in cursor.fetchall():
        cursor.execute(definition)


def _clear() -> None:
    if connection.needs_rollback:
        return  # the rollback removes the copies and resets the search path
    with connection.cursor() as cursor:
        cursor.execute("RESET search_path")
        cursor.execute("DISCARD TEMPORARY")
