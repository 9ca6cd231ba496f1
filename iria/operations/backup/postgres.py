"""PostgreSQL's programs, databases beside that of the site, and what is in a database."""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, LiteralString

import psycopg
from django.conf import settings
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from iria.core.http.change_listener import connection_string
from iria.launcher.postgres_programs import USUAL_FOLDERS
from iria.operations.backup import BackupError

JOBS: Final = min(4, os.cpu_count() or 1)
"""How many processes pg_dump and pg_restore use."""
WITHOUT_ROWS: Final = ("iria_dailykey", "iria_cache")
"""Tables whose rows are not copied: keys that are destroyed every day (docs/decisions/counting.md), and the cache."""
PROGRAM_ENVIRONMENT: Final = {"LC_MESSAGES": "C", "PGOPTIONS": "-c synchronous_commit=off"}
"""Errors in English. Each statement of pg_restore is a transaction, and need not wait for the disk."""

_TABLES: Final = """
SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
ORDER BY 1, 2
"""
_FACTS: Final = """
SELECT count(*), coalesce(sum(hashtextextended(row::text, 0)::numeric), 0)::text FROM {} AS row
"""
"""The number of rows and a checksum that does not depend on their order."""
_ROLES: Final = """
SELECT DISTINCT rolname FROM pg_shdepend JOIN pg_roles ON pg_roles.oid = refobjid
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND refclassid = 'pg_authid'::regclass AND deptype IN ('a', 'i', 'r') ORDER BY 1
"""
"""Those with permissions of their own or policies. Owners are not needed: who restores owns everything."""
_END_CONNECTIONS: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pg_has_role(usesysid, 'USAGE')
"""
_SAME_TEXT: Final[Sequence[LiteralString]] = (
    "SET TimeZone = 'UTC'", "SET DateStyle = 'ISO, MDY'", "SET IntervalStyle = 'postgres'",
    "SET extra_float_digits = 1", "SET bytea_output = 'hex'", "SET statement_timeout = 0",
)  # fmt: skip
"""The text of a row must not depend on settings of the server."""

Connection = psycopg.Connection[Any]


def database_url(name: str | None = None) -> str:
    """How the database of the site, or another one of its server, is reached past a pooler."""
    return make_conninfo(connection_string(), **({"dbname": name} if name else {}))


def database_name() -> str:
    return str(conninfo_to_dict(database_url())["dbname"])


def connect(name: str | None = None) -> Connection:
    try:
        return psycopg.connect(database_url(name), autocommit=True)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1].rstrip(".")
        raise BackupError(
            f"The database {name or database_name()} cannot be reached: {reason}."
        ) from error


def programs(connection: Connection) -> Path:
    """The folder of pg_dump and pg_restore of the server's version, or the next newer one."""
    server = connection.info.server_version // 10_000
    folders = [Path(part) for part in os.environ.get("PATH", "").split(":") if part[:1] == "/"]
    for pattern in USUAL_FOLDERS:
        folders += Path("/").glob(pattern)
    folders += (Path(settings.STATE) / "postgres-binaries").glob("*/**/bin")
    versions = {
        folder: version for folder in dict.fromkeys(folders) if (version := _version(folder))
    }
    fitting = [folder for folder, version in versions.items() if version >= server]
    if not fitting:
        newest = max(versions.values(), default=0)
        problem = (
            f"pg_dump {newest} is older than the server, PostgreSQL {server}"
            if newest
            else "pg_dump and pg_restore are not installed"
        )
        raise BackupError(f"{problem}: install the package postgresql-client-{server}.")
    return min(fitting, key=versions.__getitem__)


def _version(folder: Path) -> int:
    """The major version of pg_dump in the folder; 0 if it or pg_restore is not there."""
    if not all(os.access(folder / name, os.X_OK) for name in ("pg_dump", "pg_restore")):
        return 0
    number = re.search(r"\) (\d+)", program_version(folder))
    return int(number[1]) if number else 0


def program_version(folder: Path) -> str:
    """Such as “pg_dump (PostgreSQL) 17.2”."""
    result = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True)
    return result.stdout.strip()


@contextmanager
def running(program: Path, database: str, *arguments: str | Path) -> Iterator[None]:
    """Runs a program of PostgreSQL beside the block, and waits for it at its end.

    Raises:
        BackupError: it failed; with its first error.
    """
    values = conninfo_to_dict(database_url(database))
    # Everybody can read a command line.
    secret = {"PGPASSWORD": str(values.pop("password"))} if values.get("password") else {}
    options = {name: str(value) for name, value in values.items()}
    command = [program, f"--dbname={make_conninfo(**options)}", "--no-password", *arguments]
    process = subprocess.Popen(
        command,
        env={**os.environ, **PROGRAM_ENVIRONMENT, **secret},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        umask=0o077,
    )
    try:
        yield
        _, output = process.communicate()
    finally:
        process.kill()
        process.wait()
    if process.returncode:
        lines = [line for line in output.splitlines() if line.strip()]
        reason = next((line for line in lines if "error:" in line), "".join(lines[:1]))
        raise BackupError(f"{program.name} failed: {reason.rpartition('error: ')[2].rstrip('.')}.")


def run(program: Path, database: str, *arguments: str | Path) -> None:
    with running(program, database, *arguments):
        pass


def table_facts(connection: Connection) -> dict[str, list[Any]]:
    """Table → number of rows and checksum, as this transaction sees them."""
    for statement in _SAME_TEXT:
        connection.execute(statement)
    facts = {}
    for schema, table in connection.execute(_TABLES).fetchall():
        if table in WITHOUT_ROWS:
            continue
        query = sql.SQL(_FACTS).format(sql.Identifier(schema, table))
        name = table if schema == "public" else f"{schema}.{table}"
        facts[name] = list(connection.execute(query).fetchone() or ())
    return facts


def table_names(connection: Connection) -> list[str]:
    return [table for _, table in connection.execute(_TABLES).fetchall()]


def applied_migrations(connection: Connection) -> list[tuple[str, str]]:
    """App and name of each; none in an empty database."""
    if "django_migrations" not in table_names(connection):
        return []
    query = "SELECT app, name FROM django_migrations ORDER BY app, name"
    return connection.execute(query).fetchall()


def granted_roles(connection: Connection) -> list[str]:
    return [name for (name,) in connection.execute(_ROLES).fetchall()]


def roles(connection: Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}


def extensions_to_create(connection: Connection) -> set[str]:
    """Those that the role of the connection may create."""
    query = (
        "SELECT name FROM pg_available_extension_versions"
        " WHERE trusted OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
    )
    return {name for (name,) in connection.execute(query).fetchall()}


def create_database(connection: Connection, name: str) -> None:
    """An empty database with the encoding and locale of the one that the connection uses."""
    row = connection.execute(
        "SELECT to_jsonb(d) FROM pg_database AS d WHERE datname = current_database()"
    ).fetchone()
    original: dict[str, Any] = row[0] if row else {}
    parts = [
        sql.SQL(
            "CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}"
        ).format(
            sql.Identifier(name),
            sql.Literal("UTF8"),
            sql.Literal(original["datcollate"]),
            sql.Literal(original["datctype"]),
        )
    ]
    # The name of the column changed with PostgreSQL 17.
    locale = original.get("datlocale") or original.get("daticulocale")
    if original["datlocprovider"] == "i":
        parts.append(sql.SQL("LOCALE_PROVIDER icu ICU_LOCALE {}").format(sql.Literal(locale)))
    elif original["datlocprovider"] == "b":
        parts.append(
            sql.SQL("LOCALE_PROVIDER builtin BUILTIN_LOCALE {}").format(sql.Literal(locale))
        )
    try:
        connection.execute(sql.SQL(" ").join(parts))
    except psycopg.errors.InsufficientPrivilege as error:
        raise BackupError(
            f"The role {connection.info.user} may not create a database: run `ALTER ROLE "
            f"{connection.info.user} CREATEDB;` as a superuser of PostgreSQL."
        ) from error


def drop_database(connection: Connection, name: str) -> None:
    """Drops a database if it exists, and ends our connections to it first.

    Not WITH (FORCE): while autovacuum works there, only a superuser may use that. Without it
    PostgreSQL stops autovacuum itself.
    """
    connection.execute(_END_CONNECTIONS, [name])
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def sibling_name(suffix: str) -> str:
    """The name of a database beside that of the site; PostgreSQL cuts names at 63 bytes."""
    name = database_name().encode()[: 63 - len(suffix) - 1].decode(errors="ignore")
    return f"{name}_{suffix}"
