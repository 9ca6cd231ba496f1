"""An upgrade from an earlier release does not block readers, and has the schema of a new database.

make prove upgrade

The earlier release creates its tables: its code comes from git and runs with the current packages.
"""

import difflib
import re
import secrets
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from iria.backup import postgres
from iria.core.model_policy import public_models
from iria.launcher import postgres_programs, upgrading
from iria.launcher.paths import PROJECT, database_user
from tests.proofs import old_archive
from tests.proofs.clone import surroundings
from tests.proofs.locks import BLOCKS_READING, BLOCKS_WRITING, Seen, watch_locks
from tests.proofs.machines import copy_database
from tests.proofs.size import FULL, sized

pytestmark = pytest.mark.proof

START: Final = upgrading.LAST_BEFORE_SQUASH
"""The commit of the earlier release."""
LAST_BUT_ONE: Final = ("newsletter", "0020_remembered_leaving")
"""A migration among those that are squashed now."""

ARTICLES: Final = sized(400, 100_000)
COMMENTS: Final = sized(3_000, 100_000)
THREADS: Final = sized(50, 5_000)
MAX_SECONDS: Final = 2.0
PROGRAM: Final = "upgrade"
READ: Final = {"articles_commentposition", "articles_threadcount", "articles_moderationdecision"}
"""Tables shown on public pages, beside those with a public policy."""


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


@pytest.fixture(scope="module")
def old_database(earlier_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database of the earlier release; the tests get copies."""
    with new_database() as url:
        run_migrate(earlier_release, url, tmp_path_factory.mktemp("state"))
        yield url.rpartition("/")[2]


@pytest.fixture
def url(old_database: str) -> Iterator[str]:
    with new_database(template=old_database) as url:
        yield url


@contextmanager
def new_database(*, template: str = "template1") -> Iterator[str]:
    """A new database on the server of the tests."""
    found = settings.DATABASES["default"]
    server = f"postgres://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}"
    name = f"upgrade_{secrets.token_hex(4)}"
    # Not the one that `make` has migrated: another process of pytest may be copying it.
    with psycopg.connect(f"{server}/postgres", autocommit=True) as database:
        copy_database(database, template, name)
        try:
            yield f"{server}/{name}"
        finally:
            postgres.drop_database(database, name)


def manage(project: Path, url: str, state: Path, *arguments: str) -> tuple[int, str]:
    """Runs a command; returns its exit status and output."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=project,
        env=surroundings(
            DATABASE_URL=url,
            IRIA_STATE=str(state),
            SECRET_KEY=secrets.token_urlsafe(64),
            PGAPPNAME=PROGRAM,
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def run_migrate(project: Path, url: str, state: Path, *arguments: str) -> str:
    failed, output = manage(project, url, state, "migrate", "--verbosity", "2", *arguments)
    assert not failed, output
    return output


def schema(url: str) -> list[str]:
    installed = postgres_programs.installed(database_user(Path("/nowhere")))
    program = installed[0].folder / "pg_dump" if installed else shutil.which("pg_dump")
    if program is None:
        pytest.skip("pg_dump is not installed")
    done = subprocess.run(
        [program, "--schema-only", url], capture_output=True, text=True, check=True
    )
    # A random key protects each dump.
    return [
        line
        for line in done.stdout.splitlines()
        if not line.startswith(("\\restrict ", "\\unrestrict "))
    ]


def rows(url: str) -> dict[str, int]:
    """The number of rows of each table."""
    with psycopg.connect(url) as database:
        tables = database.execute(
            "SELECT relname FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
        ).fetchall()
        found = {}
        for (name,) in tables:
            counted = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
            row = database.execute(counted).fetchone()
            assert row is not None
            found[name] = row[0]
    return found


def test_an_upgrade_does_not_block_readers_and_removes_no_row(url: str, tmp_path: Path) -> None:
    with psycopg.connect(url) as database:
        old_archive.load(database, articles=ARTICLES, comments=COMMENTS, threads=THREADS)
    with psycopg.connect(url) as database:
        tables = read_by_readers(database)
    before = rows(url)
    with watch_locks(url, PROGRAM, sorted(tables)) as seen:
        output = run_migrate(PROJECT, url, tmp_path)
    report(output, seen, tables)
    assert seen.samples > 0
    if FULL:  # other tests influence times
        assert seen.longest([BLOCKS_READING], tables) <= MAX_SECONDS
        assert seen.longest(BLOCKS_WRITING, tables) <= MAX_SECONDS
        assert max(seen.reads.values()) <= MAX_SECONDS
    assert before["articles_commentplace"] == COMMENTS
    after = rows(url)
    assert {name for name in before.keys() & after.keys() if after[name] < before[name]} == set()
    # Renamed tables count too.
    assert sum(after.values()) >= sum(before.values())
    with psycopg.connect(url) as database:
        unvalidated = "SELECT count(*) FROM pg_constraint WHERE NOT convalidated"
        assert database.execute(unvalidated).fetchone() == (0,)
        assert database.execute(WITHOUT_LIVE_REVISION).fetchone() == (0,)


WITHOUT_LIVE_REVISION: Final = """
SELECT count(*) FROM articles_article AS article WHERE state = 'published' AND NOT EXISTS (
    SELECT FROM articles_revision AS revision WHERE article_id = article.id
        AND published_at IS NOT NULL AND revision.body = article.body
        AND details->>'slug' = article.slug AND details ? 'categories')
"""


def test_an_upgraded_database_equals_a_new_one(url: str, tmp_path: Path) -> None:
    run_migrate(PROJECT, url, tmp_path)
    with new_database() as new:
        run_migrate(PROJECT, new, tmp_path)
        differences = difflib.unified_diff(
            schema(url), schema(new), "upgraded", "new", lineterm="", n=5
        )
        assert "\n".join(differences) == ""
        ours = ("accounts_", "articles_", "iria_", "newsletter_", "auth_group")
        first, upgraded = rows(new), rows(url)
    # Migrations that change rows renew cached pages, if there are such rows.
    compared = {name for name in first if name.startswith(ours)} - {"iria_change"}
    assert {name: upgraded[name] for name in compared} == {name: first[name] for name in compared}


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


def read_by_readers(database: psycopg.Connection[Any]) -> set[str]:
    """The public tables that exist in the earlier release."""
    shown = {model._meta.db_table for model, _ in public_models()} | READ
    found = database.execute("SELECT relname FROM pg_class WHERE relkind = 'r'").fetchall()
    return shown & {name for (name,) in found}


def report(output: str, seen: Seen, tables: set[str]) -> None:
    print(f"\n{ARTICLES:,} articles, {COMMENTS:,} comments in {THREADS:,} threads")
    for name, took in re.findall(r"Applying (\S+)\.\.\. OK \((\S+)s\)", output):
        print(f"{float(took):8.2f} s  {name}")
    print("Longest locks on tables that readers read, and longest wait of a reader:")
    for table in sorted(tables, key=lambda each: -seen.longest(BLOCKS_WRITING, [each])):
        reading = seen.longest([BLOCKS_READING], [table])
        writing = seen.longest(BLOCKS_WRITING, [table])
        if writing:
            print(
                f"{reading:8.2f} s against reading, {writing:.2f} s against writing,"
                f" {seen.reads.get(table, 0.0):.2f} s waited  {table}"
            )
    print(f"{seen.samples:,} samples")
