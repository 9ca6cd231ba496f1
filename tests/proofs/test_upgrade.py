"""A database of the last commit before the migrations were squashed is accepted as it is, and equals a new one.

make prove upgrade

The earlier release creates its tables: its code comes from git and runs with the current packages.
"""

import re
import secrets
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Final

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from iria.launcher import upgrading
from iria.launcher.paths import PROJECT
from iria.operations.backup import postgres
from tests.proofs.clone import surroundings
from tests.proofs.machines import copy_database

pytestmark = pytest.mark.proof

START: Final = upgrading.LAST_BEFORE_SQUASH
"""The commit of the earlier release."""
LAST_BUT_ONE: Final = ("newsletter", "0028_internal_links_of_issues")
"""A migration among those that are squashed now."""
SINCE: Final = {"transfer.0001_initial", "operations.0001_initial"}
"""Migrations of apps that took their tables over from `iria`, and write nothing into a database that has them."""

DEFINITIONS: Final = {
    "columns": """
        SELECT format('%s.%s', attrelid::regclass, attname), row_number() OVER (PARTITION BY attrelid
                ORDER BY attnum), format_type(atttypid, atttypmod), attnotnull, attidentity,
            attgenerated, attstorage, attcollation, pg_get_expr(adbin, adrelid)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
    """,
    "constraints": """
        SELECT conrelid::regclass, contype, convalidated, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    """,
    "indexes": """
        SELECT regexp_replace(pg_get_indexdef(indexrelid), 'INDEX \\S+', 'INDEX'), indisvalid, reloptions
        FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE relnamespace = 'public'::regnamespace
    """,
    "triggers": """
        SELECT pg_get_triggerdef(oid), tgenabled, obj_description(oid, 'pg_trigger') FROM pg_trigger
        WHERE NOT tgisinternal
    """,
    "functions": """
        SELECT pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
    """,
    "tables": """
        SELECT relname, reloptions FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    """,
    "sequences": """
        SELECT table_name, column_name, data_type, identity_start, identity_increment
        FROM information_schema.columns WHERE table_schema = 'public' AND is_identity = 'YES'
    """,
    "extensions": "SELECT extname, extversion FROM pg_extension",
    "search": """
        SELECT cfgname, maptokentype, mapseqno, mapdict::regdictionary FROM pg_ts_config
        JOIN pg_ts_config_map ON mapcfg = pg_ts_config.oid
    """,
}
"""Without the names that Django or PostgreSQL derive: a renamed table keeps those of its former name."""

PERMISSION: Final = """
    SELECT {group} app_label, model, codename, auth_permission.name FROM auth_permission
    JOIN django_content_type ON django_content_type.id = content_type_id
"""
WITHOUT_NUMBERS: Final = {
    "django_content_type": "SELECT app_label, model FROM django_content_type",
    "auth_permission": PERMISSION.format(group=""),
    "auth_group_permissions": f"""{PERMISSION.format(group="auth_group.name,")}
        JOIN auth_group_permissions ON permission_id = auth_permission.id
        JOIN auth_group ON auth_group.id = group_id
    """,
}
"""Tables whose rows are numbered in the order in which apps came to be, by what the numbers stand for."""


@pytest.fixture(scope="module")
def earlier_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    git = ("git", "-c", "safe.directory=*", "-C", str(PROJECT))
    archive = subprocess.run([*git, "archive", START], capture_output=True, check=False)
    if archive.returncode:
        pytest.skip(f"commit {START[:7]} is not in this clone: {archive.stderr.decode().strip()}")
    folder = tmp_path_factory.mktemp("earlier-release")
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as packed:
        packed.extractall(folder, filter="data")
    return folder


@contextmanager
def new_database() -> Iterator[str]:
    """A new database on the server of the tests."""
    found = settings.DATABASES["default"]
    server = f"postgres://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}"
    name = f"upgrade_{secrets.token_hex(4)}"
    # Not the one that `make` has migrated: another process of pytest may be copying it.
    with psycopg.connect(f"{server}/postgres", autocommit=True) as database:
        copy_database(database, "template1", name)
        try:
            yield f"{server}/{name}"
        finally:
            postgres.drop_database(database, name)


@pytest.fixture
def url() -> Iterator[str]:
    with new_database() as url:
        yield url


def manage(project: Path, url: str, state: Path, *arguments: str) -> tuple[int, str]:
    """Runs a command; returns its exit status and output."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=project,
        env=surroundings(
            DATABASE_URL=url, IRIA_STATE=str(state), SECRET_KEY=secrets.token_urlsafe(64)
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def run_migrate(project: Path, url: str, state: Path, *arguments: str) -> str:
    failed, output = manage(project, url, state, "migrate", *arguments)
    assert not failed, output
    return output


def schema(url: str) -> dict[str, list[str]]:
    """The definitions of each kind; the operands of a condition may be in any order."""
    with psycopg.connect(url) as database:
        return {
            kind: sorted(
                " ".join(sorted(re.findall(r"[\w.:']+|[<>=+*/-]+", str(row))))
                for row in database.execute(query)
            )
            for kind, query in DEFINITIONS.items()
        }


def rows(url: str) -> dict[str, list[str]]:
    """The rows of each table, without the times at which they were written; see `WITHOUT_NUMBERS`."""
    with psycopg.connect(url) as database:
        tables = database.execute(
            "SELECT relname FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
        ).fetchall()
        return {
            name: sorted(
                re.sub(r"datetime\.datetime\([^)]*\)", "", str(row))
                for row in database.execute(
                    WITHOUT_NUMBERS.get(name)
                    or sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))
                )
            )
            for (name,) in tables
        }


def test_an_upgraded_database_equals_a_new_one(
    earlier_release: Path, url: str, tmp_path: Path
) -> None:
    run_migrate(earlier_release, url, tmp_path)
    assert set(re.findall(r"Applying (\S+)\.\.\.", run_migrate(PROJECT, url, tmp_path))) == SINCE
    run_migrate(PROJECT, url, tmp_path, "--check")
    with new_database() as new:
        run_migrate(PROJECT, new, tmp_path)
        assert schema(url) == schema(new)
        upgraded, first = rows(url), rows(new)
    for history in (upgraded, first):
        del history["django_migrations"]
    assert upgraded == first
    assert first["newsletter_newsletter"]


def test_a_database_between_squashed_migrations_is_rejected(
    earlier_release: Path, url: str, tmp_path: Path
) -> None:
    run_migrate(earlier_release, url, tmp_path, *LAST_BUT_ONE)
    before = schema(url), rows(url)
    failed, output = manage(PROJECT, url, tmp_path, "migrate")
    assert failed
    assert output.strip() == f"CommandError: {upgrading.TOO_OLD}"
    assert (schema(url), rows(url)) == before
    run_migrate(earlier_release, url, tmp_path)
    run_migrate(PROJECT, url, tmp_path)
