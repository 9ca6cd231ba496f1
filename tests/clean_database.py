"""Restores the database after tests with real transactions.

Django would truncate some hundred tables, for which PostgreSQL creates as many new files, and
insert the initial rows again one by one, twice. This deletes only the rows that a test has
written, and restores only changed initial rows. It includes the tables
of the job queue and of the cache, which Django does not truncate.
"""

from collections.abc import Iterable
from graphlib import TopologicalSorter
from typing import Any, Final

from django.db import OperationalError, connection, transaction

LOCK_TIMEOUT = 60.0
"""Seconds to wait for open transactions."""

_TABLES: Final = """
    SELECT oid::regclass::text, EXISTS (SELECT FROM pg_trigger
        WHERE tgrelid = pg_class.oid AND NOT tgisinternal)
    FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'django_migrations'
    ORDER BY 1
"""
_IMMEDIATE_KEYS: Final = """
    SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
    WHERE contype = 'f' AND NOT condeferrable AND connamespace = 'public'::regnamespace
        AND conrelid <> confrelid
"""
"""The tables with immediate foreign keys, and the tables that they refer to."""
_END_OTHER_TRANSACTIONS: Final = """
    SELECT state, query, pg_terminate_backend(pid, 60000) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
        AND xact_start IS NOT NULL
"""


_END_OTHER_SESSIONS: Final = """
    SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""


class OpenTransaction(AssertionError):
    """A request or a thread of the test did not end its transaction."""


class CleanDatabase:
    """The state of the database when this is created."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_TABLES)
            triggered: dict[str, bool] = dict(cursor.fetchall())
            cursor.execute(_IMMEDIATE_KEYS)
            references = [
                (one, other) for one, other in cursor.fetchall() if {one, other} <= {*triggered}
            ]
        order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(triggered, ()))
        for one, other in references:
            order.add(other, one)
        self._tables = list(order.static_order())
        """Referring tables before the tables they refer to."""
        self._triggered = {table for table, has in triggered.items() if has}
        self._rows_query = " UNION ALL ".join(
            f"SELECT {position} WHERE EXISTS (SELECT FROM {table})"
            for position, table in enumerate(self._tables)
        )
        self._initial_rows: dict[str, bytes] = {}
        with connection.cursor() as cursor:
            self._initial_rows = {
                table: _content(cursor, table) for table in self._tables_with_rows(cursor)
            }

    def restore(self) -> None:
        """Restores the database, after waiting for open transactions such as the last request of a browser.

        Raises OpenTransaction if one does not end; the database is restored anyway.
        """
        try:
            self._restore(LOCK_TIMEOUT)
        except OperationalError:
            queries = _end_other_transactions()
            self._restore(60)
            raise OpenTransaction(
                f"Transactions open at the end of the test: {'; '.join(queries)}"
            ) from None

    def end_other_sessions(self) -> None:
        """Ends what threads and closed connections left, so that the database can be dropped."""
        with connection.cursor() as cursor:
            cursor.execute(_END_OTHER_SESSIONS)

    def _restore(self, seconds: float) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {seconds * 1000:.0f}")
            cursor.execute(f"LOCK TABLE {', '.join(self._tables)} IN SHARE ROW EXCLUSIVE MODE")
            changed = self._changed(cursor)
            self._switch_triggers(cursor, changed, "DISABLE")
            for table in changed:
                cursor.execute(f"DELETE FROM {table}")
            for table in reversed(changed):
                if table in self._initial_rows:
                    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                        copy.write(self._initial_rows[table])
            # Foreign keys are checked now: pending checks would block ALTER TABLE.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self._switch_triggers(cursor, changed, "ENABLE")

    def _tables_with_rows(self, cursor: Any) -> list[str]:
        cursor.execute(self._rows_query)
        return [
            self._tables[position] for position in sorted(each for (each,) in cursor.fetchall())
        ]

    def _changed(self, cursor: Any) -> list[str]:
        filled = self._tables_with_rows(cursor)
        return [
            table
            for table in self._tables
            if (table in filled or table in self._initial_rows)
            and not (
                table in self._initial_rows and _content(cursor, table) == self._initial_rows[table]
            )
        ]

    def _switch_triggers(self, cursor: Any, tables: Iterable[str], action: str) -> None:
        """Disables or enables our triggers, which would record the cleaning as changes."""
        for table in tables:
            if table in self._triggered:
                cursor.execute(f"ALTER TABLE {table} {action} TRIGGER USER")


def _end_other_transactions() -> list[str]:
    """Ends all other open transactions; returns their last queries."""
    with connection.cursor() as cursor:
        cursor.execute(_END_OTHER_TRANSACTIONS)
        return [f"{state}, {query}" for state, query, _ in cursor.fetchall()]


def _content(cursor: Any, table: str) -> bytes:
    with cursor.copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(map(bytes, copy))
