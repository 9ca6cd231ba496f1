"""Restores a backup: checks it first, then the media, then the database."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

import psycopg
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connections
from psycopg import sql

from iria.launcher import upgrading
from iria.launcher.paths import PROJECT
from iria.operations.backup import BackupError, files, postgres
from iria.operations.backup.creating import delete_scratch_folders, scratch_folder
from iria.operations.backup.files import DATABASE
from iria.operations.backup.keys import Key, WrongKey
from iria.operations.backup.manifest import TOO_OLD, Manifest
from newsletter.delivery import controls

MAX_NAMED: Final = 5
NO_STORED_PAGES: Final = {
    "DATABASE_DIRECT_URL": "",
    "DATABASE_REPLICA_URL": "",
    "CACHE_URL": "none",
    "CDN_PROVIDER": "none",
    "PAGE_STORE_MB": "0",
    "PAGE_DIRECTORY": "",
    "METRICS_ADDRESS": "",
}
"""Settings for commands on another database, whose pages must not be mixed up with those of the site."""


def restore(
    backup: Path, key: Key | None, *, replace: bool = False, with_privileges: bool = True
) -> str:
    """Restores database and media; returns the name of the former database, or an empty text.

    Raises:
        BackupError: nothing has been changed, or the database that was empty is incomplete.
    """
    delete_scratch_folders()
    manifest = check(backup, key, with_privileges=with_privileges)
    key = key if manifest.recipient else None
    connections.close_all()
    with postgres.connect() as connection:
        programs = postgres.programs(connection)
        name = postgres.database_name()
        is_empty = not postgres.table_names(connection)
        if not is_empty:
            if not replace:
                raise BackupError(
                    f"The database {name} is not empty: use --replace to put the backup in its place."
                )
            _check_unused(connection, name)
        target = name if is_empty else postgres.sibling_name("restored")
        if not is_empty:
            postgres.drop_database(connection, target)
            postgres.create_database(connection, target)
        try:
            restore_database(backup, key, programs, target, with_privileges=with_privileges)
            if manifest.missing_migrations():
                manage(target, "migrate", "--no-input", "--verbosity=0")
            with postgres.connect(target) as restored:
                controls.wait_after_restore(restored, _minute(manifest))
            for _ in files.restore_media(default_storage, backup, key):
                pass
        except BaseException:
            if not is_empty:
                postgres.drop_database(connection, target)
            raise
    return "" if is_empty else _swap(target, name)


def _minute(manifest: Manifest) -> str:
    return f"{datetime.fromisoformat(manifest.created_at):%Y-%m-%d %H:%M} UTC"


def check(backup: Path, key: Key | None, *, with_privileges: bool = True) -> Manifest:
    """Reads the manifest, and every file once.

    Raises:
        BackupError: the backup cannot be restored here.
    """
    manifest = Manifest.read(backup)
    check_key(manifest, key)
    with postgres.connect() as connection:
        present = postgres.applied_migrations(connection)
    if newer := manifest.newer_migrations(present):
        raise BackupError(
            f"The backup was made by a newer version of IRIA, with the migration {newer[-1]}: install "
            "that version first."
        )
    if upgrading.is_in_the_middle(manifest.applied):
        raise BackupError(TOO_OLD)
    if with_privileges and (missing := missing_roles(manifest)):
        raise BackupError(roles_sentence(missing))
    if damaged := list(islice(files.problems(backup), MAX_NAMED)):
        raise BackupError(" ".join(damaged))
    return manifest


def check_key(manifest: Manifest, key: Key | None) -> None:
    if manifest.recipient and key is None:
        raise WrongKey(
            "The backup is encrypted: set BACKUP_KEY, or name the file of the secret key with --key."
        )
    if key and manifest.recipient and manifest.recipient != key.recipient:
        raise WrongKey("The key is not the one with which the backup was encrypted.")


def missing_roles(manifest: Manifest) -> list[str]:
    with postgres.connect() as connection:
        return sorted(set(manifest.roles) - postgres.roles(connection))


def roles_sentence(missing: list[str]) -> str:
    return (
        f"The backup gives permissions to roles that this server does not have: {', '.join(missing)}. "
        "Create them with `CREATE ROLE`, or restore with --no-privileges."
    )


@contextmanager
def dump_of(backup: Path, key: Key | None) -> Iterator[Path]:
    """The folder of the dump, decrypted."""
    if key is None:
        yield backup / DATABASE
        return
    with scratch_folder() as scratch:
        for each in sorted((backup / DATABASE).iterdir()):
            name = files.plain_name(each.name, key)
            with each.open("rb") as source, files.HashedWriter(scratch / name) as target:
                try:
                    key.decrypt(source, target)
                except OSError as error:
                    raise BackupError(
                        f"The file {DATABASE}/{each.name} cannot be decrypted: it is damaged."
                    ) from error
        yield scratch


def restore_database(
    backup: Path, key: Key | None, programs: Path, name: str, *, with_privileges: bool
) -> None:
    with dump_of(backup, key) as dump, scratch_folder() as scratch:
        contents = scratch / "contents"
        contents.write_text(_contents(programs, dump, name))
        arguments = [
            "--format=directory", "--exit-on-error", "--no-owner", "--no-comments", f"--jobs={postgres.JOBS}",
            *([] if with_privileges else ["--no-privileges"]),
            f"--use-list={contents}", str(dump),
        ]  # fmt: skip
        postgres.run(programs / "pg_restore", name, *arguments)
    with postgres.connect(name) as connection:
        connection.execute("ANALYZE")  # Its commit waits until the disk has all before it.


def _contents(programs: Path, dump: Path, name: str) -> str:
    """What is restored: all but extensions that only a superuser may create, such as pg_stat_statements."""
    listed = subprocess.run(
        [programs / "pg_restore", "--list", dump], capture_output=True, text=True
    )
    if listed.returncode:
        raise BackupError(
            f"The dump cannot be read: {listed.stderr.strip().rpartition('error: ')[2].rstrip('.')}."
        )
    with postgres.connect(name) as connection:
        allowed = postgres.extensions_to_create(connection)
    return "".join(
        line
        for line in listed.stdout.splitlines(keepends=True)
        if not (match := re.search(r" EXTENSION - (\S+)", line)) or match[1] in allowed
    )


def _check_unused(connection: postgres.Connection, name: str) -> None:
    row = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'",
        [name],
    ).fetchone()
    if row and row[0]:
        raise BackupError(_in_use(name))


def _in_use(name: str) -> str:
    return f"Other programs use the database {name}: stop the site and the worker, and try again."


def _swap(restored: str, name: str) -> str:
    """Puts the restored database in the place of the other, which is kept under a new name."""
    suffix = datetime.now(UTC).strftime("before_%Y%m%d%H%M%S")
    former = postgres.sibling_name(suffix)
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    with postgres.connect("postgres") as connection:
        try:
            with connection.transaction():
                for old, new in ((name, former), (restored, name)):
                    connection.execute(rename.format(sql.Identifier(old), sql.Identifier(new)))
        except psycopg.errors.ObjectInUse as error:
            postgres.drop_database(connection, restored)
            raise BackupError(_in_use(name)) from error
    return former


def manage(database: str, *arguments: str) -> str:
    """Runs a command of `manage.py` on another database of the server; returns its output.

    Raises:
        BackupError
    """
    url = urlsplit(settings.DATABASE_DIRECT_URL or os.environ["DATABASE_URL"])
    path = f"{url.path.rpartition('/')[0]}/{quote(database, safe='')}"
    result = subprocess.run(
        [sys.executable, "-m", "iria.command_line", *arguments],
        cwd=PROJECT,
        env={**os.environ, **NO_STORED_PAGES, "DATABASE_URL": url._replace(path=path).geturl()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if result.returncode:
        lines = (result.stderr.strip() or result.stdout.strip()).splitlines()
        raise BackupError(
            f"`manage.py {arguments[0]}` failed on the database {database}: {lines[-1] if lines else ''}"
        )
    return result.stdout
