"""Backups are complete or absent, restore everything, and the drill finds what is wrong with them.

make prove backup
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection
from pytest_django import DjangoDbBlocker

from articles.editorial.models import Article
from iria.launcher import paths, postgres_programs, postmaster
from iria.operations.backup import creating, drill, files, manifest, postgres
from iria.operations.backup.keys import Key, new_key
from iria.operations.backup.manifest import MANIFEST
from iria.operations.models import BackupRun
from tests import newsroom
from tests.newsletter.mailserver import free_port
from tests.proofs import machines
from tests.proofs.size import PATIENCE, sized
from tests.shared import PROJECT

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]

ARTICLES: Final = sized(3, 3_000)
HEADLINE: Final = "Ferries change their timetable"
KEY: Final = new_key()


@contextmanager
def database(template: str) -> Iterator[str]:
    """A copy of a database, to which nobody may be connected."""
    name = f"backup_{secrets.token_hex(4)}"
    connection.close()
    server = machines.database_url(name="postgres")
    with psycopg.connect(server, autocommit=True) as other:
        machines.copy_database(other, template, name)
        try:
            yield name
        finally:
            postgres.drop_database(other, name)


@contextmanager
def using(name: str) -> Iterator[None]:
    """Django uses this database instead of that of the tests."""
    former = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = former


@pytest.fixture(scope="module")
def newsroom_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Articles, one of which names a file of media."""
    with django_db_blocker.unblock(), database(str(connection.settings_dict["NAME"])) as name:
        with using(name):
            for number in range(ARTICLES):
                newsroom.published(f"{HEADLINE}, part {number}")
        yield name


@dataclass
class Site:
    settings: Any
    directory: Path

    def execute(self, *statements: str) -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def back_up(self) -> Path:
        return creating.back_up(self.directory)

    def drill(self, key: Key | None = None) -> drill.Drill:
        return drill.drill_newest(self.directory, key or self.settings.BACKUP_KEY)


@pytest.fixture
def site(
    newsroom_database: str,
    transactional_db: None,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Site]:
    settings.STATE = tmp_path / "state"
    settings.STATE.mkdir()
    settings.BACKUP_KEY = KEY
    settings.BACKUP_DIRECTORY = str(tmp_path / "backups")
    monkeypatch.setenv("IRIA_STATE", str(settings.STATE))
    # Static files need not be collected.
    monkeypatch.setenv("DEBUG", "yes")
    monkeypatch.setenv("BACKUP_KEY", KEY.identity)
    # The pages of a drill are a test of their own, because they take two processes.
    monkeypatch.setattr(drill, "SAMPLE", 0)
    for number in range(3):
        file = Path(settings.MEDIA_ROOT) / "files" / f"report-{number}.pdf"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(secrets.token_bytes(200_000))
    with database(newsroom_database) as name, using(name):
        monkeypatch.setenv("DATABASE_URL", machines.database_url())
        yield Site(settings, tmp_path / "backups")


# What the drill finds


def missing_media(site: Site) -> None:
    next((site.back_up() / files.MEDIA / "files").iterdir()).unlink()


def media_missing_on_the_site(site: Site) -> None:
    newsroom.picture(original="originals/nowhere.jpg")
    site.back_up()


def truncated_dump(site: Site) -> None:
    largest = max((site.back_up() / files.DATABASE).iterdir(), key=lambda file: file.stat().st_size)
    with largest.open("r+b") as file:
        file.truncate(largest.stat().st_size // 2)


def older_schema(site: Site) -> None:
    """Without a migration on which no other one depends."""
    site.execute(
        "DELETE FROM django_migrations WHERE app = 'sessions'",
        "DROP TABLE django_session",
    )
    site.back_up()
    call_command("migrate", verbosity=0)


def changed_row(site: Site) -> None:
    """The dump of a changed database, with the checksums of its files and the tables of the one before."""
    before = json.loads((site.back_up() / MANIFEST).read_text())
    time.sleep(1)  # the name of a backup is its second
    site.execute(
        "UPDATE articles_article SET headline = 'Something else' WHERE id = (SELECT min(id) FROM articles_article)"
    )
    path = site.back_up() / MANIFEST
    values = json.loads(path.read_text())
    path.write_text(json.dumps(values | {"tables": before["tables"]}))


def missing_role(site: Site) -> None:
    """One that may read a table, and is dropped after the backup, as on another server."""
    role = f"reporting_{secrets.token_hex(4)}"
    try:
        site.execute(f"CREATE ROLE {role}")
    except ProgrammingError:  # The role of the tests may not create any.
        path = site.back_up() / MANIFEST
        values = json.loads(path.read_text())
        path.write_text(json.dumps(values | {"roles": [role]}))
        return
    try:
        site.execute(f"GRANT SELECT ON articles_article TO {role}")
        site.back_up()
    finally:
        site.execute(f"REVOKE ALL ON articles_article FROM {role}", f"DROP ROLE {role}")


FAULTS: Final[dict[str, tuple[Callable[[Site], None], str]]] = {
    "missing media": (missing_media, "report-"),
    "media missing on the site": (media_missing_on_the_site, "originals/nowhere.jpg"),
    "truncated dump": (truncated_dump, "database/"),
    "older schema": (older_schema, "sessions.0001_initial"),
    "changed row": (changed_row, "articles_article"),
    "missing role": (missing_role, "reporting_"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_drill_finds_a_planted_fault(fault: str, site: Site) -> None:
    plant, name = FAULTS[fault]
    plant(site)
    found = site.drill()
    assert any(name in problem for problem in found.problems), found.problems
    assert BackupRun.objects.filter(kind="drill").latest("ended_at").problems == found.problems
    assert not has_scratch_database()


def test_the_drill_finds_a_wrong_key(site: Site) -> None:
    site.back_up()
    (problem,) = site.drill(new_key()).problems
    assert "key" in problem


def has_scratch_database() -> bool:
    with postgres.connect() as other:
        query = "SELECT FROM pg_database WHERE datname = %s"
        return other.execute(query, [postgres.sibling_name(drill.SUFFIX)]).fetchone() is not None


def test_the_drill_of_a_sound_backup_finds_only_what_changed_on_the_site(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drill, "SAMPLE", 10)
    site.back_up()
    with postgres.connect() as other:  # as a killed drill leaves it
        postgres.create_database(other, postgres.sibling_name(drill.SUFFIX))
    # Past the editor, so the version of the article is the same.
    site.execute(
        "UPDATE articles_article SET headline = 'Something else' WHERE id = (SELECT id FROM articles_article"
        " WHERE state = 'published' ORDER BY published_at DESC LIMIT 1)"
    )
    found = site.drill()
    assert not has_scratch_database()
    assert found.files == 3
    assert found.pages >= min(ARTICLES, 10)
    (problem,) = found.problems
    assert f"-part-{ARTICLES - 1}/" in problem


# Databases beside that of the site


@pytest.fixture
def own_server() -> Iterator[str]:
    """The URL of a PostgreSQL server that looks for tables to vacuum every second; its user is no superuser."""
    folder = Path(tempfile.mkdtemp(prefix="iria-backup-"))
    folder.chmod(0o755)  # the user of the database needs access
    data = folder / "postgres"
    programs = postgres_programs.newest(folder, paths.database_user(data))
    server = postmaster.Server(data, folder / "postgres.log", programs, durable=False)
    try:
        server.create("backup")
        with (data / "postgresql.conf").open("a") as file:
            file.write("autovacuum_naptime = 1s\n")
        port = free_port()
        server.start(port)
        yield f"postgres://{postmaster.ROLE}:backup@127.0.0.1:{port}"
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_database_is_dropped_while_it_is_used_and_vacuumed(own_server: str) -> None:
    with psycopg.connect(f"{own_server}/{postmaster.DATABASE}", autocommit=True) as other:
        postgres.create_database(other, "scratch")
        with psycopg.connect(f"{own_server}/scratch", autocommit=True) as filling:
            filling.execute("CREATE TABLE slow (number int)")
            filling.execute(
                "ALTER TABLE slow"
                " SET (autovacuum_vacuum_cost_limit = 1, autovacuum_vacuum_cost_delay = 100)"
            )
            filling.execute("INSERT INTO slow SELECT generate_series(1, 500000)")
            filling.execute("UPDATE slow SET number = 0")
        with psycopg.connect(f"{own_server}/scratch", autocommit=True) as used:
            vacuumed = (
                "SELECT pid FROM pg_stat_activity WHERE datname = 'scratch' AND usename IS NULL"
            )
            deadline = time.monotonic() + 2 * PATIENCE
            while not other.execute(vacuumed).fetchone():
                assert time.monotonic() < deadline, "autovacuum did not begin"
                time.sleep(0.05)
            postgres.drop_database(other, "scratch")
            with pytest.raises(psycopg.OperationalError):
                used.execute("SELECT 1")
        found = other.execute("SELECT datname FROM pg_database WHERE datname = 'scratch'")
        assert not found.fetchone()


# Making and restoring


def everything() -> dict[str, list[Any]]:
    with postgres.connect() as other:
        facts = postgres.table_facts(other)
    del facts["iria_backuprun"]
    return facts


def media(site: Site) -> dict[str, tuple[bytes, int]]:
    root = Path(site.settings.MEDIA_ROOT)
    return {
        str(file.relative_to(root)): (file.read_bytes(), file.stat().st_mtime_ns)
        for file in root.rglob("*")
        if file.is_file()
    }


@pytest.mark.parametrize("key", [KEY, None], ids=["encrypted", "not encrypted"])
def test_a_restore_brings_back_every_row_and_file(site: Site, key: Key | None) -> None:
    site.settings.BACKUP_KEY = key
    rows, stored = everything(), media(site)
    backup = site.back_up()
    content = b"".join(file.read_bytes() for file in backup.rglob("*") if file.is_file())
    assert (stored["files/report-0.pdf"][0] in content) == (key is None)
    site.execute("TRUNCATE articles_article CASCADE")
    shutil.rmtree(site.settings.MEDIA_ROOT)
    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", backup)
    call_command("restore", backup, replace=True, interactive=False)
    assert everything() == rows
    assert media(site) == stored
    assert Article.objects.filter(headline__startswith=HEADLINE).count() == ARTICLES


def test_a_killed_backup_leaves_none(site: Site) -> None:
    Path(site.settings.MEDIA_ROOT, "large").write_bytes(secrets.token_bytes(sized(30, 300) * 10**6))
    command = [sys.executable, "manage.py", "backup", str(site.directory)]
    environment = {**os.environ, "MEDIA_ROOT": str(site.settings.MEDIA_ROOT)}
    (site.settings.STATE / "media").symlink_to(site.settings.MEDIA_ROOT)
    process = subprocess.Popen(command, cwd=PROJECT, env=environment)
    while process.poll() is None and not list(site.directory.glob(".unfinished-*/media/large*")):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert manifest.backups(site.directory) == []
    backup = site.back_up()
    assert {each.name for each in site.directory.iterdir()} == {backup.name, files.LOCK}
    assert list(files.problems(backup)) == []


def test_unchanged_media_are_linked_and_old_backups_deleted(site: Site) -> None:
    site.settings.BACKUP_KEEP = site.settings.BACKUP_KEEP._replace(days=1, weeks=1, months=2)
    earlier = site.back_up().rename(site.directory / "2020-01-31-030000")
    earliest = site.directory / "2019-12-24-030000"
    shutil.copytree(earlier, earliest)
    newest = site.back_up()
    assert manifest.backups(site.directory) == [earlier, newest]
    for number in range(3):
        name = files.stored_name(f"{files.MEDIA}/files/report-{number}.pdf", KEY)
        assert (newest / name).samefile(earlier / name)
    assert {each.stat().st_mode & 0o077 for each in newest.rglob("*") if each.is_file()} == {0}
