"""Checks of the database: version, extensions, migrations, triggers, indexes, dead rows, clock; the size of the tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import psycopg
from django.conf import settings
from django.db import connection

from iria import health
from iria.core.db import replica, triggers
from iria.core.http import change_listener
from iria.core.model_policy import policies
from iria.environment import Env
from iria.management.commands.migrate import INVALID_INDEXES
from iria.operations.doctor.check import Check, Finding, Level, in_time, reason

OLDEST_VERSION: Final = 15
EXTENSIONS: Final = ("pg_trgm", "unaccent")
TIME_FOR_VACUUM: Final = timedelta(minutes=15)
MAX_DEAD_ROWS: Final = 10_000
"""Fewer dead rows take no space that matters. Above, a third of the rows may be dead: autovacuum starts
at a fifth."""
MAX_TRANSACTION_AGE: Final = timedelta(hours=2)
MAX_CLOCK_DIFFERENCE: Final = timedelta(seconds=5)


def _rows(query: str, *parameters: float) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


def version() -> Iterator[Finding]:
    ((number,),) = _rows("SHOW server_version_num")
    major = int(number) // 10_000
    if major < OLDEST_VERSION:
        yield Finding(
            f"The database is PostgreSQL {major}, and version {OLDEST_VERSION} is the oldest that works.",
            "Upgrade it with pg_upgrade, or move the data to a newer server.",
        )


def extensions() -> Iterator[Finding]:
    installed = {name for (name,) in _rows("SELECT extname FROM pg_extension")}
    for name in EXTENSIONS:
        if name not in installed:
            yield Finding(
                f"The extension {name} is missing in the database.",
                f"Run `CREATE EXTENSION {name};` in it, as its owner or as a superuser.",
            )


def migrations() -> Iterator[Finding]:
    if health.lacks_replaced_migrations(connection):
        yield Finding(
            "The database lacks migrations that this release replaces by one for each app.",
            "Run `manage.py migrate`, which names the commit to upgrade to first.",
        )
    elif names := health.unapplied_migrations():
        listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        yield Finding(f"Migrations have not run: {listed}.", "Run `manage.py migrate`.")


def triggers_exist() -> Iterator[Finding]:
    if tables := triggers.tables_without_triggers():
        yield Finding(
            f"The triggers that renew cached pages are missing for {', '.join(tables)}.",
            "Run `manage.py migrate`, which creates them.",
        )


def invalid_indexes() -> Iterator[Finding]:
    for (name,) in _rows(INVALID_INDEXES):
        yield Finding(
            f"The index {name} is not used, because creating it was interrupted.",
            f"Run `REINDEX INDEX CONCURRENTLY {name};` in the database.",
            Level.WARNING,
        )


def dead_rows() -> Iterator[Finding]:
    if _rows("SHOW autovacuum") == [("off",)]:
        yield Finding(
            "Autovacuum is off, so tables grow and queries become slower.",
            "Set `autovacuum = on` in postgresql.conf and reload PostgreSQL.",
        )
    for table, dead, last in _rows(
        "SELECT relname, n_dead_tup, greatest(last_vacuum, last_autovacuum)"
        " FROM pg_stat_user_tables WHERE schemaname = current_schema()"
        " AND n_dead_tup > greatest(%s, n_live_tup / 2)"
        # A newsletter that is sent changes most rows of its deliveries: autovacuum follows.
        " AND coalesce(greatest(last_vacuum, last_autovacuum, last_analyze, last_autoanalyze), '-infinity')"
        " < now() - make_interval(secs => %s) ORDER BY n_dead_tup DESC",
        MAX_DEAD_ROWS,
        TIME_FOR_VACUUM.total_seconds(),
    ):
        since = f"last vacuumed {last:%Y-%m-%d}" if last else "never vacuumed"
        yield Finding(
            f"The table {table} has {dead:,} dead rows ({since}).",
            f"Run `VACUUM ANALYZE {table};`, and look in PostgreSQL's log for why autovacuum does not.",
            Level.WARNING,
        )
    for pid, began in _rows(
        "SELECT pid, xact_start FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        " AND xact_start < clock_timestamp() - make_interval(secs => %s) ORDER BY xact_start",
        MAX_TRANSACTION_AGE.total_seconds(),
    ):
        yield Finding(
            f"A transaction has been open since {began:%Y-%m-%d %H:%M} UTC, so no dead row can be removed.",
            f"End the program that opened it, or run `SELECT pg_terminate_backend({pid});`.",
            Level.WARNING,
        )


def idle_transactions() -> Iterator[Finding]:
    for pid, since in health.idle_transactions():
        yield Finding(
            f"A transaction has been left open since {since:%Y-%m-%d %H:%M} UTC, and others may wait for it.",
            f"End the program that opened it, or run `SELECT pg_terminate_backend({pid});`.",
        )


def clock() -> Iterator[Finding]:
    before = datetime.now(UTC)
    ((at_database,),) = _rows("SELECT clock_timestamp()")
    after = datetime.now(UTC)
    # The answer was given at some time between the two.
    difference = max(before - at_database, at_database - after, timedelta())
    if difference > MAX_CLOCK_DIFFERENCE:
        yield Finding(
            f"The clocks of this machine and of the database differ by {difference.total_seconds():.0f} "
            "seconds, so jobs run at the wrong time and sign-in codes are rejected.",
            "Run `timedatectl set-ntp true` on both machines.",
        )


def pooler() -> Iterator[Finding]:
    """A pooler gives its clients process ids of its own."""
    name = "DATABASE_DIRECT_URL" if settings.DATABASE_DIRECT else "DATABASE_URL"
    for _, answer in in_time(_is_direct, [change_listener.connection_string()]):
        if isinstance(answer, Exception):
            yield Finding(
                f"The database that {name} names cannot be used: {reason(answer)}.",
                f"Check {name}: the worker, migrations and stored pages need it.",
            )
        elif not answer:
            yield Finding(
                f"{name} names a pooler, which may lose what the worker and stored pages wait for.",
                "Set DATABASE_DIRECT_URL to the database itself, past the pooler.",
            )


def _is_direct(connection_string: str) -> bool:
    with psycopg.connect(connection_string, autocommit=True) as direct:
        row = direct.execute("SELECT pg_backend_pid()").fetchone()
        return row == (direct.info.backend_pid,)


def pooler_answers() -> Iterator[Finding]:
    """The site uses it, and no command does."""
    if not settings.DATABASE_POOLED:
        return
    for _, answer in in_time(_keeps_statements, [settings.DATABASE_POOLED]):
        if isinstance(answer, Exception):
            yield Finding(
                f"The pooler that DATABASE_URL names cannot be used: {reason(answer)}.",
                "Start it, and check DATABASE_URL: every page needs it.",
            )
        elif not answer:
            yield Finding(
                "The pooler that DATABASE_URL names does not know prepared statements, so requests fail if it "
                "shares connections between transactions.",
                "Use PgBouncer 1.21 or newer, and set max_prepared_statements there, such as to 200.",
                Level.WARNING,
            )


def _keeps_statements(database: dict[str, Any]) -> bool:
    """Whether a pooler gives prepared statements names of its own; what psycopg names is private to a client."""
    parameters = change_listener.parameters_of(database)
    with psycopg.connect(**{"connect_timeout": 3} | parameters, autocommit=True) as pooled:
        ours = pooled.execute(
            "SELECT pg_backend_pid(), EXISTS (SELECT FROM pg_prepared_statements WHERE name LIKE '\\_pg3%')",
            prepare=True,
        ).fetchone()
        return ours is None or ours[0] == pooled.info.backend_pid or not ours[1]


def replica_follows() -> Iterator[Finding]:
    if not settings.DATABASE_REPLICA_URL:
        return
    ((written,),) = _rows("SELECT pg_current_wal_lsn()")
    look = partial(_is_late, written=str(written))
    config = Env.db_url_config(settings.DATABASE_REPLICA_URL)
    for _, answer in in_time(look, [change_listener.parameters_of(config)]):
        if isinstance(answer, Exception):
            yield Finding(
                f"The replica cannot be used: {reason(answer)}.",
                "Start it, and check DATABASE_REPLICA_URL; meanwhile the database does its work.",
                Level.WARNING,
            )
        elif answer is None:
            yield Finding(
                "DATABASE_REPLICA_URL names a server that is no streaming replica, so it is not used.",
                "Set it to a server in recovery (`SELECT pg_is_in_recovery();`), or remove it.",
                Level.WARNING,
            )
        elif answer:
            yield Finding(
                f"The replica is more than {replica.MAX_LAG_SECONDS} seconds late, so it is not used.",
                "Look in its log for what it waits for, and run `SELECT pg_wal_replay_resume();` if it was "
                "paused.",
                Level.WARNING,
            )


def _is_late(parameters: dict[str, Any], *, written: str) -> bool | None:
    """Whether the replica is late; None if it is no replica."""
    with psycopg.connect(**{"connect_timeout": 3} | parameters, autocommit=True) as connection:
        row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
        if row != (True,):
            return None
        late = connection.execute(replica.LATE, [written, replica.MAX_LAG_SECONDS]).fetchone()
        return late != (False,)


CHECKS: Final = (
    Check(f"The database is PostgreSQL {OLDEST_VERSION} or newer.", version),
    Check("Its extensions are installed.", extensions),
    Check("All migrations have run.", migrations),
    Check("Changes of public tables renew cached pages.", triggers_exist),
    Check("All indexes are in use.", invalid_indexes),
    Check("Tables are vacuumed.", dead_rows),
    Check("No transaction is left open.", idle_transactions),
    Check("The clocks of this machine and of the database agree.", clock),
    Check("What needs a connection of its own does not go through a pooler.", pooler),
    Check("The pooler, if there is one, can be used.", pooler_answers),
    Check("The replica follows the database.", replica_follows),
)


SHOWN_TABLES: Final = 20
"""How many tables are listed, besides those that are pruned."""
WITHOUT_MODEL: Final = {"iria_cache": "The oldest are deleted above 50,000 rows."}
"""Table → rule."""


@dataclass(frozen=True, slots=True)
class TableSize:
    name: str
    rows: int
    """As PostgreSQL's statistics estimate it."""
    bytes: int
    """The size of the table and its indexes."""
    rule: str
    """Which rows are deleted; empty if none are."""


def table_sizes() -> list[TableSize]:
    """The largest tables and all that are pruned, the largest first."""
    rules = WITHOUT_MODEL | {
        model._meta.db_table: policy.pruning.rule
        for model, policy in policies().items()
        if policy.pruning
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_live_tup, pg_total_relation_size(relid) FROM pg_stat_user_tables"
            " WHERE schemaname = current_schema() ORDER BY 3 DESC, 1"
        )
        tables = [
            TableSize(name, rows, size, rules.get(name, ""))
            for name, rows, size in cursor.fetchall()
        ]
    return [table for number, table in enumerate(tables) if number < SHOWN_TABLES or table.rule]
