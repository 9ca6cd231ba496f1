"""What happens while PostgreSQL is away: nobody waits, and the log has one line about it.

The first connection that cannot be made starts an outage. From then on every request is refused a
connection at once (`refuse`), and a thread tries about once a second; when it succeeds, the outage
is over. One process of the machine writes a line at the beginning and one at the end.
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
"""Seconds after which clients may try again."""
QUIET_SECONDS: Final = 30.0
"""For so long after an outage its errors still arrive, from jobs that were in the middle of it."""

AWAY: Final = ("08", "57P", "53")
"""SQLSTATE classes: no connection, shut down or starting up, out of connections, memory or disk."""

log = logging.getLogger("iria.database")


class Away(psycopg.OperationalError):
    """PostgreSQL is known to be away; no connection was tried."""


def is_outage(error: BaseException | None) -> bool:
    """Whether an error, or one that led to it, says that PostgreSQL cannot be used at the moment."""
    while error is not None:
        if isinstance(error, psycopg.OperationalError):
            return error.sqlstate is None or error.sqlstate.startswith(AWAY)
        # Without a cause this is Django's own, about a connection that was lost in a transaction.
        if isinstance(error, InterfaceError | OperationalError) and error.__cause__ is None:
            return True
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return False


class Outage:
    """Whether PostgreSQL is away, as this process knows it."""

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
        """No connection could be made: begins an outage, unless a thread finds at once that one can."""
        with self._lock:
            if self.is_on:
                return
            self._reason = reason_of(error)
            self._is_known.clear()
            self._is_over.clear()
        Thread(target=self._watch, daemon=True, name="outage").start()

    def explains(self, error: BaseException | None) -> bool:
        """Whether an error comes from an outage, lately or now; waits for a moment to find out."""
        if not is_outage(error) or _pool() is None:
            return False
        if not self._was_confirmed_lately:
            self.suspect(error or Away())
            self._is_known.wait(2 * PROBE_SECONDS)
        return self._was_confirmed_lately

    def wait_for_end(self) -> None:
        self._is_over.wait()

    @property
    def _was_confirmed_lately(self) -> bool:
        return self._is_confirmed or monotonic() - self._ended_at < QUIET_SECONDS

    def _watch(self) -> None:
        pool, began, reporter = _pool(), monotonic(), None
        try:
            while not _can_connect(pool) and not pool.closed:
                if reporter is None:
                    pool.drain()
                    reporter = Reporter()
                    reporter.say("PostgreSQL does not answer (%s); requests get 503.", self._reason)
                    self._is_confirmed = True
                    self._is_known.set()
                self._is_over.wait(PAUSE_SECONDS)
        finally:
            if reporter is not None:
                self._ended_at = monotonic()
                reporter.say("PostgreSQL answers again, after %.0f s.", monotonic() - began)
                reporter.close()
            self._is_confirmed = False
            self._is_over.set()
            self._is_known.set()


class Reporter:
    """Writes to the log if no other process of the machine is doing so about the same outage."""

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

    def say(self, message: str, *arguments: object) -> None:
        if self._is_first:
            log.error(message, *arguments)

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
    """The first line of what libpq says; the others repeat it for other addresses of the host."""
    while error.__cause__ is not None and not isinstance(error, psycopg.Error):
        error = error.__cause__
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__).rstrip(".")


class OncePerOutage(logging.Filter):
    """Drops what an outage makes Django, the pool and the worker write: it has its own line."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(getattr(record, "request", None), "is_unavailable", False):
            return False
        error = record.exc_info[1] if record.exc_info else None
        return not current.explains(error)


current = Outage()
