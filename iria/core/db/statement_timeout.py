"""A limit on how long PostgreSQL may think about one statement."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

CANCELLED = "57014"
"""PostgreSQL's SQLSTATE for a statement that was stopped."""


class TookTooLong(Exception):
    """A statement ran into the limit and was stopped."""


@contextmanager
def time_limit(milliseconds: int) -> Iterator[None]:
    """Statements inside the block are stopped after so long, each counted for itself.

    Raises:
        TookTooLong: one of them was stopped; what the block wrote is rolled back.
    """
    try:
        with transaction.atomic():
            before = _set_limit(str(milliseconds))
            yield
            _set_limit(before)
    except OperationalError as mistake:
        if getattr(mistake.__cause__, "sqlstate", None) != CANCELLED:
            raise
        raise TookTooLong from mistake


def _set_limit(value: str) -> str:
    """Sets the limit for this transaction; returns the one before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)",
            [value],
        )
        (before, _) = cursor.fetchone()
    return str(before)
