"""A database as the migrations left it, after every test that worked with real transactions.

Django would empty each of some hundred tables, which costs PostgreSQL as many hundred new files, and
fill the first of them again row by row, twice. Here what a test has written is taken out where it
stands, and of the first rows only what it has changed is put back. Nothing is left out: the tables
of the queue and of the cache, which Django does not empty, are as new too.
"""

from collections.abc import Iterable
from graphlib import TopologicalSorter
from typing import Any, Final

from django.db import OperationalError, connection, transaction

PATIENCE = 60.0
"""Seconds."""

_TABLES: Final = """
    SELECT oid::regclass::text, EXISTS (SELECT FROM pg_trigger
        WHERE tgrelid = pg_class.oid AND NOT tgisinternal)
    FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'django_migrations'
    ORDER BY 1
"""
_AT_ONCE: Final = """
    SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
    WHERE contype = 'f' AND NOT condeferrable AND connamespace = 'public'::regnamespace
        AND conrelid <> confrelid
"""
"""Which tables lean on which, where that is looked at with every statement, not at the end."""
_OTHERS: Final = """
    SELECT state, query, pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
        AND xact_start IS NOT NULL
"""


class StillHeld(AssertionError):
    """A request or a thread of the test never ended its transaction."""


class NewDatabase:
    """Remembers the database as it is when this is made."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_TABLES)
            triggered: dict[str, bool] = dict(cursor.fetchall())
            cursor.execute(_AT_ONCE)
            leaning = [
                (one, other) for one, other in cursor.fetchall() if {one, other} <= {*triggered}
            ]
        order: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(triggered, ()))
        for one, other in leaning:
            order.add(other, one)
        self._tables = list(order.static_order())
        """Those that lean on others first."""
        self._triggered = {table for table, has in triggered.items() if has}
        self._filled = " UNION ALL ".join(
            f"SELECT {position} WHERE EXISTS (SELECT FROM {table})"
            for position, table in enumerate(self._tables)
        )
        self._first: dict[str, bytes] = {}
        with connection.cursor() as cursor:
            self._first = {table: _content(cursor, table) for table in self._filled_now(cursor)}

    def bring_back(self) -> None:
        """Waits for whoever still writes, as a browser's last request may.

        Raises StillHeld where somebody does not let go; the next test finds the database as new.
        """
        try:
            self._bring_back()
        except OperationalError:
            holders = _end_the_others()
            self._bring_back()
            raise StillHeld(f"Still held when the test had ended: {'; '.join(holders)}") from None

    def _bring_back(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {PATIENCE * 1000:.0f}")
            cursor.execute(f"LOCK TABLE {', '.join(self._tables)} IN SHARE ROW EXCLUSIVE MODE")
            changed = self._changed(cursor)
            self._silence(cursor, changed, "DISABLE")
            for table in changed:
                cursor.execute(f"DELETE FROM {table}")
            for table in reversed(changed):
                if table in self._first:
                    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                        copy.write(self._first[table])
            # Keys that point to other tables are looked at now: a table they wait for has its
            # triggers locked.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self._silence(cursor, changed, "ENABLE")

    def _filled_now(self, cursor: Any) -> list[str]:
        cursor.execute(self._filled)
        return [
            self._tables[position] for position in sorted(each for (each,) in cursor.fetchall())
        ]

    def _changed(self, cursor: Any) -> list[str]:
        filled = self._filled_now(cursor)
        return [
            table
            for table in self._tables
            if (table in filled or table in self._first)
            and not (table in self._first and _content(cursor, table) == self._first[table])
        ]

    def _silence(self, cursor: Any, tables: Iterable[str], way: str) -> None:
        """The triggers of the site's own: they would write down what is only tidied away."""
        for table in tables:
            if table in self._triggered:
                cursor.execute(f"ALTER TABLE {table} {way} TRIGGER USER")


def _end_the_others() -> list[str]:
    """What every other connection that is in the middle of something was last asked."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS)
        return [f"{state}, {query}" for state, query, _ in cursor.fetchall()]


def _content(cursor: Any, table: str) -> bytes:
    with cursor.copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(map(bytes, copy))
