"""Handling of database outages: requests fail fast, and the log gets one line at each end.

The first connection that cannot be made starts an outage. From then on every request is refused a
connection at once, and a thread tries about once a second; when it succeeds, the outage
is over. Only one process of the machine writes the log lines.
"""

import fcntl
import logging
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, Final

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections

PROBE_SECONDS: Final = 1.0
PAUSE_SECONDS: Final = 0.25
RETRY_AFTER: Final = "5"
"""Seconds, for the `Retry-After` header."""
QUIET_SECONDS: Final = 30.0
"""How long after an outage errors of jobs that it interrupted may still arrive."""

AWAY: Final = ("08", "57P", "53")
"""SQLSTATE classes: no connection, shut down or starting up, out of connections, memory or disk."""

logger = logging.getLogger("iria.database")


class Away(psycopg.OperationalError):
    """PostgreSQL is known to be down; no connection was attempted."""


def is_outage(error: BaseException | None) -> bool:
    """Whether an error or one of its causes means that PostgreSQL is unavailable."""
    while error is not None:
        if isinstance(error, psycopg.OperationalError):
            return error.sqlstate is None or error.sqlstate.startswith(AWAY)
        # Without a cause, Django raised it about a connection lost in a transaction.
        if isinstance(error, InterfaceError | OperationalError) and error.__cause__ is None:
            return True
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return False


class Outage:
    """The state of PostgreSQL's availability in this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._is_over = Event()
        self._is_over.set()
        self._is_known = Event()
        self._is_confirmed = False
        self._ended_at = -QUIET_SECONDS
        self._reason = ""

    @property
    def is_on(self) -> bool:
        return not self._is_over.is_set()

    def raise_if_on(self) -> None:
        """Raises `Away` during an outage."""
        if self.is_on:
            raise self.as_error()

    def as_error(self) -> Away:
        return Away(f"PostgreSQL does not answer: {self._reason}")

    def suspect(self, error: BaseException) -> None:
        """Called after a failed connection: starts an outage and the thread that watches for its end."""
        with self._lock:
            if self.is_on:
                return
            self._reason = reason_of(error)
            self._is_known.clear()
            self._is_over.clear()
        Thread(target=self._watch, daemon=True, name="outage").start()

    def explains(self, error: BaseException | None) -> bool:
        """Whether an error comes from a current or recent outage; waits briefly to find out."""
        if not is_outage(error) or _pool() is None:
            return False
        if not self._was_confirmed_recently:
            self.suspect(error or Away())
            self._is_known.wait(2 * PROBE_SECONDS)
        return self._was_confirmed_recently

    def wait_for_end(self, seconds: float | None = None) -> None:
        self._is_over.wait(seconds)

    @property
    def _was_confirmed_recently(self) -> bool:
        return self._is_confirmed or monotonic() - self._ended_at < QUIET_SECONDS

    def _watch(self) -> None:
        pool, started, reporter = _pool(), monotonic(), None
        try:
            while not _can_connect(pool) and not pool.closed:
                if reporter is None:
                    pool.drain()
                    reporter = Reporter()
                    reporter.log("PostgreSQL does not answer (%s); requests get 503.", self._reason)
                    self._is_confirmed = True
                    self._is_known.set()
                self._is_over.wait(PAUSE_SECONDS)
        finally:
            if reporter is not None:
                self._ended_at = monotonic()
                reporter.log("PostgreSQL answers again, after %.0f s.", monotonic() - started)
                reporter.close()
            self._is_confirmed = False
            self._is_over.set()
            self._is_known.set()


class Reporter:
    """Logs an outage unless another process of the machine already does."""

    def __init__(self) -> None:
        self._file, self._is_first = None, True
        folder: Path = settings.STATE / "locks"
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = (folder / "outage").open("ab")
        if self._file is not None:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._is_first = False

    def log(self, message: str, *arguments: object) -> None:
        if self._is_first:
            logger.error(message, *arguments)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _pool() -> Any:
    return connections[DEFAULT_DB_ALIAS].pool  # type: ignore[attr-defined]


def _can_connect(pool: Any) -> bool:
    try:
        pool.putconn(pool.getconn(timeout=PROBE_SECONDS))
    except psycopg.OperationalError:
        return False
    return True


def reason_of(error: BaseException) -> str:
    """The first line of libpq's message; the others repeat it for other IP addresses of the host."""
    while error.__cause__ is not None and not isinstance(error, psycopg.Error):
        error = error.__cause__
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__).rstrip(".")


def explanation(error: BaseException) -> str:
    """A sentence for a command that an outage ends."""
    return (
        f"The database that {settings.DATABASE_SETTING} names cannot be used: {reason_of(error)}."
    )


class OncePerOutage(logging.Filter):
    """Drops log records caused by an outage, which has its own line."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(getattr(record, "request", None), "is_unavailable", False):
            return False
        error = record.exc_info[1] if record.exc_info else None
        return not current.explains(error)


current = Outage()
