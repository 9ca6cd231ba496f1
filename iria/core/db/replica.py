"""Reading public pages from a replica (`DATABASE_REPLICA_URL`, docs/decisions/several-machines.md).

Only `public_page` begins that, for a page whose cache versions are the same on both servers: then every
change of it that has been committed is on the replica too. Everything else reads from the primary.
"""

import logging
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from time import monotonic
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

ALIAS: Final = "replica"
MAX_LAG_SECONDS: Final = 5
"""For data without a cache version, such as the search index, which lags behind the articles anyway."""
CHECK_SECONDS: Final = 1.0
"""How long the result of a check counts."""
RETRY_SECONDS: Final = 5.0
"""How long a replica that failed is not asked again."""

LATE: Final = """
SELECT pg_last_wal_replay_lsn() IS NULL OR pg_last_wal_replay_lsn() < %s::pg_lsn
    AND (now() - pg_last_xact_replay_timestamp() < make_interval(secs => %s)) IS NOT TRUE
"""
"""A server that has replayed everything is not late, however long ago the last transaction was. One that
replays nothing is no replica."""

_alias: ContextVar[str] = ContextVar("database to read from", default=DEFAULT_DB_ALIAS)

logger = logging.getLogger("iria.replica")


class Router:
    """Reads from the replica while `Replica.read` runs. Its answer is always definite: Django would otherwise read
    from where an instance was loaded, which may be a cached one."""

    def db_for_read(self, model: object, **hints: Any) -> str:
        return _alias.get()

    def db_for_write(self, model: object, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: object, other: object, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db != ALIAS


class Reading:
    """Like `django.db.connection`, but of the replica while a page is read from it. For SQL that only reads."""

    @property
    def alias(self) -> str:
        return _alias.get()

    def cursor(self) -> Any:
        return self._connection.cursor()

    @property
    def _connection(self) -> BaseDatabaseWrapper:
        return connections[self.alias]


reading: Final = Reading()


class Replica:
    """What this process knows of the replica."""

    def __init__(self) -> None:
        self._is_usable = True
        self._checked_until = 0.0
        """Until when `_is_usable` counts."""

    def has(self, versions: Iterable[tuple[str, int]], sql: str, scopes: Iterable[str]) -> bool:
        """Whether the replica is not late, and has these versions of the scopes.

        Args:
            sql: the query of the versions; it takes the list of the scopes.
        """
        if ALIAS not in connections.settings:
            return False
        if monotonic() >= self._checked_until:
            self._check()
        if not self._is_usable:
            return False
        try:
            with connections[ALIAS].cursor() as cursor:
                cursor.execute(sql, [list(scopes)])
                return dict(cursor.fetchall()) == dict(versions)
        except (DatabaseError, InterfaceError) as error:
            self._note(error)
            return False

    def read[T](self, render: Callable[[], T]) -> T:
        """Renders a page from the replica; from the primary if the replica fails meanwhile."""
        token = _alias.set(ALIAS)
        try:
            return render()
        except (OperationalError, InterfaceError) as error:
            if getattr(error.__cause__, "sqlstate", None) is None:
                # It is gone, or hangs: others do not wait for it.
                self._note(error)
            else:
                # It stops, or cancelled a query that kept it from replaying a change.
                connections[ALIAS].close()
        finally:
            _alias.reset(token)
        return render()

    def _check(self) -> None:
        # Before the result is known, so that other threads do not wait for a server that hangs.
        self._checked_until = monotonic() + RETRY_SECONDS
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_lsn()")
            (written,) = cursor.fetchone()
        try:
            with connections[ALIAS].cursor() as cursor:
                cursor.execute(LATE, [written, MAX_LAG_SECONDS])
                (is_late,) = cursor.fetchone()
        except (DatabaseError, InterfaceError) as error:
            self._note(error)
            return
        self._set(not is_late, "it is late or no replica")
        self._checked_until = monotonic() + CHECK_SECONDS

    def _note(self, error: Exception) -> None:
        connections[ALIAS].close()
        self._set(False, (str(error).strip() or type(error).__name__).splitlines()[0])
        self._checked_until = monotonic() + RETRY_SECONDS

    def _set(self, is_usable: bool, problem: str) -> None:
        if is_usable != self._is_usable:
            if is_usable:
                logger.warning("Pages are read from the replica again.")
            else:
                logger.warning("Pages are not read from the replica (%s).", problem)
        self._is_usable = is_usable


replica: Final = Replica()
