"""A time limit for SQL statements."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, transaction

from iria.core.db.replica import reading

CANCELLED = "57014"
"""PostgreSQL's SQLSTATE for a cancelled statement."""


class TookTooLong(Exception):
    """A statement exceeded the limit and was cancelled."""


@contextmanager
def time_limit(milliseconds: int) -> Iterator[None]:
    """Cancels each statement inside the block that takes longer than the limit.

    Raises:
        TookTooLong: a statement was cancelled; the changes of the block are rolled back.
    """
    try:
        with transaction.atomic(using=reading.alias):
            previous = _set_limit(str(milliseconds))
            yield
            _set_limit(previous)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != CANCELLED:
            raise
        raise TookTooLong from error


def _set_limit(value: str) -> str:
    """Sets the limit for this transaction; returns the previous one."""
    with reading.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)",
            [value],
        )
        (previous, _) = cursor.fetchone()
    return str(previous)
