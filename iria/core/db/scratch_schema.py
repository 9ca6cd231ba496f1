"""The site's tables once more, empty, for as long as something is tried out.

Evaluations run production code on foreign collections, and must leave the site as it was. The copies
are temporary tables: PostgreSQL keeps them in a schema of this one connection, and drops them itself
when the connection ends, also when the process was killed. The search path puts that schema first, so
that every query that names `articles_article` means the copy; text search configurations, functions
and extensions are still found where they are.
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
"""How much of the copies may stay in memory; PostgreSQL's 8 MB would measure the disk."""


@contextmanager
def scratch_schema() -> Iterator[None]:
    """Every table of the site stands empty within, and as it was afterwards.

    Indexes, checks, defaults and triggers are copied; foreign keys and triggers that judge at the
    commit are not, so rows may stand in any order. Only the calling thread's connection sees the copies. Jobs must not be asked for within:
    a worker has a connection of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (schema,) = cursor.fetchone()
        if schema is None or schema.startswith("pg_temp"):
            sentence = "A scratch schema is already in use."
            raise RuntimeError(sentence)
        # Refused once a session has had temporary tables, also where they were rolled back, and
        # then it is not needed.
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
    """Tells the planner what stands in the copies; a plain ANALYZE would read the site's tables too."""
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
        return  # with the rollback everything goes, the search path too
    with connection.cursor() as cursor:
        cursor.execute("RESET search_path")
        cursor.execute("DISCARD TEMPORARY")
