"""The backend that `DATABASES["default"]["ENGINE"]` names.

Django's own, with three things added to its pool (docs/decisions/database.md): no request
waits for a server that is known to be down, a connection is checked within a second before it is
used, and one dead connection empties the pool. It logs SQL statements that take long (`SLOW_QUERY_MS`),
without their parameters, which may be personal.
"""

import logging
import select
from collections.abc import Callable
from time import monotonic, perf_counter
from typing import Any, ClassVar, Final

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql import base
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg_pool import PoolTimeout

from iria.core.db import outage
from iria.core.http.request_log import current_request_id

CHECK_SECONDS: Final = 1.0
"""How long a pooled connection may take to answer an empty query."""
REPLICA_SECONDS: Final = 3.0
"""How long a statement on the replica may take; then the page is rendered from the primary."""


SNAPSHOT: Final = "snapshot"
"""The application_name of a connection that leaves a transaction open on purpose, for a backup or an export."""


class DatabaseWrapper(base.DatabaseWrapper):
    limits: ClassVar = {"idle_in_transaction_session_timeout": "10min"}
    """What ends by itself on each connection; the worker adds `lock_timeout`."""

    def __init__(self, settings_dict: dict[str, Any], alias: str = DEFAULT_DB_ALIAS) -> None:
        super().__init__(settings_dict, alias)
        if settings.SLOW_QUERY_MS:
            self.execute_wrappers.append(log_slow)
        if pool := settings_dict["OPTIONS"].get("pool"):
            own = (
                {"connection_class": Connection, "check": check}
                if alias == DEFAULT_DB_ALIAS
                # A replica that does not answer is no outage.
                else {"connection_class": ReplicaConnection, "check": check_replica}
            )
            settings_dict["OPTIONS"]["pool"] = {**pool, **own}

    def _configure_connection(self, connection: Any) -> bool:
        super()._configure_connection(connection)  # type: ignore[misc]
        for name, value in self.limits.items():
            connection.execute("SELECT set_config(%s, %s, false)", [name, value])
        return True

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if self.pool is None or self.alias != DEFAULT_DB_ALIAS:
            return super().get_new_connection(conn_params)
        outage.current.raise_if_on()
        try:
            return super().get_new_connection(conn_params)
        except PoolTimeout as timeout:
            if outage.current.is_on:
                raise outage.current.as_error() from timeout
            raise


class Connection(psycopg.Connection[Any]):
    """A pooled connection; a failed attempt is reported at once, not after the pool's time-out."""

    @classmethod
    def connect(cls, conninfo: str = "", **kwargs: Any) -> "Connection":
        try:
            return super().connect(conninfo, **kwargs)
        except psycopg.OperationalError as error:
            outage.current.suspect(error)
            raise


class ReplicaConnection(psycopg.Connection[Any]):
    """A pooled connection to the replica. One that hangs must not hold up a page that the primary can render."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Waits for the server, as for each statement, for `REPLICA_SECONDS` at most.

        Raises:
            psycopg.OperationalError: it did not answer; the connection is closed then.
        """
        try:
            return super().wait(gen, interval=interval, timeout=timeout or REPLICA_SECONDS)
        except psycopg.OperationalError as error:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
            self.pgconn.finish()
            raise psycopg.errors.ConnectionTimeout(
                f"It did not answer within {REPLICA_SECONDS:.0f} s."
            ) from error


def check(connection: Any) -> None:
    """Raises if a pooled connection is dead, and empties the pool, since the others are dead too.

    The pool would try one after another, with growing pauses.
    """
    try:
        _check_answers(connection.pgconn)
    except psycopg.Error as error:
        if isinstance(error, psycopg.errors.ConnectionTimeout):
            # A new connection would be waited for as well, and by each statement of the request anew.
            outage.current.suspect(error)
        connection.close()
        connections[DEFAULT_DB_ALIAS].pool.drain()  # type: ignore[attr-defined]
        raise


def check_replica(connection: Any) -> None:
    """Raises if a pooled connection is dead."""
    _check_answers(connection.pgconn)


def _check_answers(pgconn: Any) -> None:
    """Sends an empty query like `ConnectionPool.check_connection`, but with a time-out.

    Raises:
        psycopg.OperationalError: the connection is broken, or the server does not answer in time.
    """
    deadline = monotonic() + CHECK_SECONDS
    pgconn.send_query(b"")
    pgconn.flush()
    ready = select.poll()
    ready.register(pgconn.socket, select.POLLIN)
    while pgconn.is_busy():
        if not ready.poll(max(0.0, deadline - monotonic()) * 1000):
            raise psycopg.errors.ConnectionTimeout(
                f"PostgreSQL did not answer within {CHECK_SECONDS:.0f} s"
            )
        pgconn.consume_input()
    while (result := pgconn.get_result()) is not None:
        if result.status != ExecStatus.EMPTY_QUERY:
            raise psycopg.OperationalError(result.get_error_message())


MAX_LOGGED_LENGTH: Final = 2_000
"""Characters of a statement."""

logger = logging.getLogger("iria.slow_queries")


def log_slow(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Django calls this around each statement (`execute_wrapper`)."""
    started = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        milliseconds = (perf_counter() - started) * 1000
        if milliseconds >= settings.SLOW_QUERY_MS:
            text = " ".join(str(sql).split())[:MAX_LOGGED_LENGTH]
            request_id = current_request_id()
            of = f", request {request_id}" if request_id else ""
            logger.warning("%.0f ms%s: %s", milliseconds, of, text)
