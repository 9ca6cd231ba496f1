"""An upgrade from an earlier release keeps no reader waiting, however large the archive is.

make prove upgrade

The earlier release itself makes its tables: its code comes from git and runs with today's packages.
"""

import os
import re
import secrets
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from iria.cache_triggers import SHOWN
from iria.running.places import PROJECT
from tests.proofs import old_archive
from tests.proofs.clone import surroundings
from tests.proofs.locks import BLOCKS_READING, BLOCKS_WRITING, Seen, watched
from tests.proofs.size import FULL, sized

pytestmark = pytest.mark.proof

START: Final = "b46aed5d5b5332531f0946bfd5a384341a22250b"
"""The commit of the earlier release."""

ARTICLES: Final = sized(400, 100_000)
COMMENTS: Final = sized(3_000, 100_000)
THREADS: Final = sized(50, 5_000)
MOST_SECONDS: Final = 2.0
PROGRAM: Final = "upgrade"
READ: Final = {"articles_commentplace", "articles_threadcount", "articles_moderation"}
"""Tables that pages for readers show something of, besides those in `iria.cache_triggers`."""

WRONG = """
SELECT count(*) FROM (
    (TABLE {kept} EXCEPT TABLE {table}) UNION ALL (TABLE {table} EXCEPT TABLE {kept})
) AS wrong
"""


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


@pytest.fixture
def url() -> Iterator[str]:
    """A new database on the server of the tests."""
    found = settings.DATABASES["default"]
    server = f"postgres://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}"
    name = f"upgrade_{secrets.token_hex(4)}"
    with psycopg.connect(f"{server}/{os.environ['DATABASE_URL'].rpartition('/')[2]}") as database:
        database.autocommit = True
        database.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{server}/{name}"
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            database.execute(drop.format(sql.Identifier(name)))


def migrate(project: Path, url: str, state: Path) -> str:
    """What `manage.py migrate` of this release printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "2"],
        cwd=project,
        env=surroundings(
            DATABASE_URL=url,
            IRIA_STATE=str(state),
            SECRET_KEY=secrets.token_urlsafe(64),
            PGAPPNAME=PROGRAM,
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_an_upgrade_keeps_no_reader_waiting_and_finds_every_position(
    earlier_release: Path, url: str, tmp_path: Path
) -> None:
    migrate(earlier_release, url, tmp_path)
    with psycopg.connect(url) as database:
        old_archive.load(database, articles=ARTICLES, comments=COMMENTS, threads=THREADS)
    with psycopg.connect(url) as database:
        tables = read_by_readers(database)
    with watched(url, PROGRAM, sorted(tables)) as seen:
        said = migrate(PROJECT, url, tmp_path)
    report(said, seen, tables)
    assert seen.samples > 0
    assert "articles.0038_places_of_comments" in said
    if FULL:  # beside other tests a time says little
        assert seen.longest([BLOCKS_READING], tables) <= MOST_SECONDS
        assert seen.longest(BLOCKS_WRITING, tables) <= MOST_SECONDS
        assert max(seen.reads.values()) <= MOST_SECONDS
    with psycopg.connect(url) as database:
        assert positions_that_differ(database) == (0, 0)
        assert database.execute("SELECT count(*) FROM articles_commentplace").fetchone() == (
            COMMENTS,
        )
        unvalidated = "SELECT count(*) FROM pg_constraint WHERE NOT convalidated"
        assert database.execute(unvalidated).fetchone() == (0,)


def read_by_readers(database: psycopg.Connection[Any]) -> set[str]:
    """Those of their tables that the earlier release has already."""
    shown = {name.replace(".", "_") for name in SHOWN} | READ
    found = database.execute("SELECT relname FROM pg_class WHERE relkind = 'r'").fetchall()
    return shown & {name for (name,) in found}


def positions_that_differ(database: psycopg.Connection[Any]) -> tuple[int, int]:
    """How many rows of positions and of counts are not what one call for each thread makes."""
    tables = ("articles_commentplace", "articles_threadcount")
    database.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    for table in tables:
        database.execute(f"CREATE TEMPORARY TABLE kept_{table} AS TABLE {table}")
        database.execute(f"DELETE FROM {table}")
    threads = database.execute("SELECT DISTINCT article_id FROM articles_comment").fetchall()
    for (thread,) in threads:
        database.execute(
            "SELECT articles_thread_lay(array_agg(id), ARRAY[%s::bigint])"
            " FROM articles_comment WHERE article_id = %s",
            [thread, thread],
        )
    found = []
    for table in tables:
        row = database.execute(WRONG.format(table=table, kept=f"kept_{table}")).fetchone()
        assert row is not None
        found.append(row[0])
    database.rollback()
    return found[0], found[1]


def report(said: str, seen: Seen, tables: set[str]) -> None:
    print(f"\n{ARTICLES:,} articles, {COMMENTS:,} comments in {THREADS:,} threads")
    for name, took in re.findall(r"Applying (\S+)\.\.\. OK \((\S+)s\)", said):
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
