"""Notices in this process, within moments, which scopes of public pages have changed.

The triggers of public tables (`iria.core.db.triggers`) notify the channel `iria_change` of each scope they
renew; PostgreSQL delivers that when the transaction commits. A thread of each web process listens on a
connection of its own. It asks the server something several times a second, so that a lost connection is
noticed: without a recent answer nothing counts as known, and pages are checked by a query as before.

One of these processes, the one with a lock in the database, removes outdated pages from a content delivery
network as well (`iria.core.http.cdn`).
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from os import getpid
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any, Final

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.conninfo import make_conninfo

from iria.core.db import outage
from iria.core.http.cdn import EVERYTHING, purges

CHANNEL: Final = "iria_change"
PAUSE_SECONDS: Final = 0.25
SILENCE_SECONDS: Final = 0.9
"""After this long without an answer a change may have been missed."""
RETRY_SECONDS: Final = 1.0
NEVER: Final = -1
"""In place of the number of a change: whether others followed is unknown."""
MAX_SCOPES: Final = 20_000
"""Known one by one; with more, everything counts as changed."""

TIMEOUTS: Final = (
    "connect_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
)  # fmt: skip
CONNECTION_SETTINGS: Final = (
    "host", "hostaddr", "port", "dbname", "user", "password", "sslmode", "sslrootcert", "sslcert", "sslkey",
    *TIMEOUTS,
)  # fmt: skip

TRY_LOCK: Final = "SELECT pg_try_advisory_lock(hashtextextended('iria purges the CDN', 0))"
KEEPALIVES: Final = (
    "SET tcp_keepalives_idle = 3", "SET tcp_keepalives_interval = 1", "SET tcp_keepalives_count = 3",
)  # fmt: skip
"""The server gives the lock of a machine that has vanished to another one."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Freshness:
    """Until when a page that has been rendered stays as it is."""

    scopes: frozenset[str]
    since: int
    """The last change (`ChangeListener.number`) before the page was rendered, or `NEVER`."""
    until: datetime
    """The next scheduled change, or the end of the day."""
    next_change: datetime | None
    """The next scheduled change."""
    version: str
    """The version of everything that the page may show (`iria.core.http.page_cache.etag_of`)."""

    def lasts(self, now: datetime) -> bool:
        return now < self.until and not listener.has_changed(self.scopes, self.since)


class ChangeListener:
    """Numbers the changes since this process began to listen, and knows the last one of each scope."""

    def __init__(self) -> None:
        self._number = 0
        self._all_changed_at = 0
        self._changed_at: dict[str, int] = {}
        self._all_changed_time = 0.0
        self._changed_time: dict[str, float] = {}
        self._known_until = 0.0
        self._process = 0
        self._is_purging = False
        self._thread: Thread | None = None
        self._lock = Lock()

    def start(self) -> None:
        """Listens from now on; once per process, since threads do not survive a fork."""
        if self._process == getpid():
            return
        with self._lock:
            if self._process != getpid():
                self._process = getpid()
                self._known_until = 0.0
                self._thread = Thread(target=self._run, name="changes", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Closes the connection; nothing counts as known any more."""
        thread, self._thread, self._process = self._thread, None, 0
        if thread is not None:
            thread.join()

    def is_current(self) -> bool:
        """Whether every change committed until shortly before now has been counted."""
        return monotonic() < self._known_until

    @property
    def number(self) -> int:
        """The number of the last change; read it before rendering what may change."""
        return self._number

    def has_changed(self, scopes: Iterable[str], since: int) -> bool:
        """Whether one of the scopes has changed after the change with this number."""
        # Read first: `_expire_all` replaces it, and never empties one that is being read.
        changed_at = self._changed_at
        return self._all_changed_at > since or any(
            changed_at.get(scope, 0) > since for scope in scopes
        )

    @property
    def known_at(self) -> float:
        """A time of `monotonic()`: every change committed before has been counted."""
        return self._known_until - SILENCE_SECONDS

    def has_changed_after(self, scopes: Iterable[str], time: float) -> bool:
        """Whether one of the scopes has changed, as was heard at this time of `monotonic()` or later.

        That time means the same in every process of the machine; the numbers do not.
        """
        changed = self._changed_time
        return self._all_changed_time >= time or any(
            changed.get(scope, 0.0) >= time for scope in scopes
        )

    def changes_since(self, number: int) -> set[str] | None:
        """The scopes that have changed after the change with this number; None if all may have."""
        changed_at = self._changed_at
        if self._all_changed_at > number:
            return None
        return {scope for scope, changed in list(changed_at.items()) if changed > number}

    def _run(self) -> None:
        while self._process == getpid():
            try:
                self._listen()
            except (psycopg.Error, OSError) as error:
                # The outage of the database has its own log line.
                logger.debug("Not listening for changes: %s", error)
                sleep(RETRY_SECONDS)
            except Exception:
                # Without this thread nothing would be stored until the process ends.
                logger.exception("Not listening for changes")
                sleep(RETRY_SECONDS)
            finally:
                self._known_until = 0.0

    def _listen(self) -> None:
        with psycopg.connect(connection_string(), autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            # Until requests get connections again too, they get stored pages.
            while outage.current.is_on and self._process == getpid():
                outage.current.wait_for_end(RETRY_SECONDS)
            self._expire_all()
            self._is_purging = False
            while self._process == getpid():
                asked = monotonic()
                # The server sends what was committed before its answer.
                self._ask(connection)
                self._count(connection.notifies(timeout=0))
                self._known_until = asked + SILENCE_SECONDS
                self._count(connection.notifies(timeout=PAUSE_SECONDS))

    def _ask(self, connection: psycopg.Connection[Any]) -> None:
        """Asks something, and for the lock of the process that purges: it ends with the connection."""
        if not settings.CDN_PROVIDER or self._is_purging:
            connection.execute("SELECT 1")
        elif connection.execute(TRY_LOCK).fetchone() == (True,):
            for statement in KEEPALIVES:
                connection.execute(statement)
            self._is_purging = True
            # What changed before the lock was taken, nobody may have purged.
            purges.add([EVERYTHING])

    def _count(self, notifications: Iterable[psycopg.Notify]) -> None:
        for each in notifications:
            if len(self._changed_at) >= MAX_SCOPES:
                self._expire_all()
            self._changed_time[each.payload] = monotonic()
            self._changed_at[each.payload] = self._number + 1
            # Last: who reads it finds the change.
            self._number += 1
            if self._is_purging:
                purges.add([each.payload])

    def _expire_all(self) -> None:
        """Everything may have changed."""
        self._all_changed_time, self._changed_time = monotonic(), {}
        self._all_changed_at, self._changed_at = self._number + 1, {}
        self._number += 1


def connection_string() -> str:
    """For a connection that is never shared with another client, as a pooler would do."""
    values: dict[str, Any] = connections[DEFAULT_DB_ALIAS].get_connection_params()
    direct = settings.DATABASE_DIRECT
    names = TIMEOUTS if direct else CONNECTION_SETTINGS
    chosen = {name: values[name] for name in names if name in values}
    return make_conninfo(**chosen | (parameters_of(direct) if direct else {}))


def parameters_of(database: Mapping[str, Any]) -> dict[str, Any]:
    """How psycopg connects to a database that is described as in the setting DATABASES."""
    default = connections[DEFAULT_DB_ALIAS]
    described = {**default.settings_dict, "OPTIONS": {}, **database}
    values = type(default)(described, DEFAULT_DB_ALIAS).get_connection_params()
    return {name: values[name] for name in CONNECTION_SETTINGS if name in values}


listener: Final = ChangeListener()
"""The one of this process; `iria.wsgi` starts it."""
