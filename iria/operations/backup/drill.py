"""The drill: restores the newest backup into a scratch database, and compares it with what it should be."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Final

import lxml.html
import psycopg
from django.conf import settings
from django.test import Client
from django.utils import timezone

from articles.editorial.models import Article
from iria.launcher import upgrading
from iria.operations.backup import BackupError, files, manifest, postgres
from iria.operations.backup.creating import delete_scratch_folders, missing_media, recorded
from iria.operations.backup.files import MEDIA
from iria.operations.backup.keys import Key, WrongKey
from iria.operations.backup.manifest import TOO_OLD, Manifest
from iria.operations.backup.restoring import (
    check_key,
    manage,
    missing_roles,
    restore_database,
    roles_sentence,
)
from iria.operations.doctor.check import reason
from iria.operations.models import BackupRun, newest_backup_run

MAX_NAMED: Final = 5
SAMPLE: Final = 10
"""How many of the newest articles, of the others and of the encrypted media are checked."""
SUFFIX: Final = "restore_drill"
_SAMPLE: Final = """
(SELECT id FROM articles_article WHERE state = 'published' ORDER BY published_at DESC LIMIT %(count)s)
UNION (SELECT id FROM articles_article WHERE state = 'published' ORDER BY random() LIMIT %(count)s)
"""
_TRY_LOCK: Final = "SELECT pg_try_advisory_lock(hashtextextended('iria restore drill', 0))"
_TEXT: Final = (
    "//h1 | //*[contains(concat(' ', @class, ' '), ' article-text ')]//p[not(ancestor::figure)]"
)


@dataclass
class Drill:
    backup: Path
    problems: list[str] = field(default_factory=list)
    tables: int = 0
    rows: int = 0
    files: int = 0
    pages: int = 0


def run(directory: Path, key: Key | None) -> Drill:
    """Restores the newest backup of a folder and compares it.

    Raises:
        BackupError: there is no backup, or the drill could not begin.
    """
    with files.locked(directory, shared=True), postgres.connect() as connection:
        # On several machines too, since the name of the scratch database is always the same.
        row = connection.execute(_TRY_LOCK).fetchone()
        if not (row and row[0]):
            raise BackupError("Another drill is running: try again when it has ended.")
        delete_scratch_folders()
        drill = Drill(manifest.find(directory))
        try:
            for problem in _find_problems(drill, connection, key):
                drill.problems.append(problem)
        except BackupError as error:
            drill.problems.append(str(error))
        except (OSError, psycopg.Error) as error:
            drill.problems.append(f"{reason(error)}.")
    return drill


def drill_newest(directory: Path, key: Key | None) -> Drill:
    """Runs the drill and records the result."""
    with recorded(BackupRun.Kind.DRILL, directory) as record:
        drill = run(directory, key)
        record.backup, record.problems = str(drill.backup), drill.problems
    return drill


def drill_if_due(directory: Path) -> None:
    """Tries the newest backup if the last successful drill is BACKUP_DRILL_DAYS ago.

    Raises:
        BackupError: also of a problem that the drill found, so that a job counts as failed.
    """
    if not settings.BACKUP_DRILL_DAYS:
        return
    # A little less, because the backup before took some time.
    since = timezone.now() - timedelta(days=settings.BACKUP_DRILL_DAYS, hours=-12)
    last = newest_backup_run(BackupRun.Kind.DRILL, successful=True, directory=directory)
    if last is None or last.ended_at < since:
        drill = drill_newest(directory, settings.BACKUP_KEY)
        if drill.problems:
            raise BackupError(" ".join(drill.problems))


def _find_problems(drill: Drill, connection: postgres.Connection, key: Key | None) -> Iterator[str]:
    described = Manifest.read(drill.backup)
    drill.files = described.media_files
    damaged = list(islice(files.problems(drill.backup), MAX_NAMED))
    yield from damaged
    check_key(described, key)
    key = key if described.recipient else None
    if newer := described.newer_migrations(postgres.applied_migrations(connection)):
        yield f"The backup was made by a newer version of IRIA, with the migration {newer[-1]}."
        return
    if upgrading.is_in_the_middle(described.applied):
        yield TOO_OLD
        return
    missing = missing_roles(described)
    if missing:
        yield roles_sentence(missing)
    scratch = postgres.sibling_name(SUFFIX)
    # After a kill it is still there.
    postgres.drop_database(connection, scratch)
    postgres.create_database(connection, scratch)
    try:
        programs = postgres.programs(connection)
        restore_database(drill.backup, key, programs, scratch, with_privileges=not missing)
        yield from _compare(drill, described, scratch, key)
    finally:
        postgres.drop_database(connection, scratch)


def _compare(drill: Drill, described: Manifest, scratch: str, key: Key | None) -> Iterator[str]:
    with postgres.connect(scratch) as connection:
        facts = postgres.table_facts(connection)
        drill.tables, drill.rows = len(facts), sum(rows for rows, _ in facts.values())
        yield from _table_problems(described.tables, facts)
        absent = list(islice(missing_media(connection, drill.backup, key), MAX_NAMED))
        ids = [pk for (pk,) in connection.execute(_SAMPLE, {"count": SAMPLE}).fetchall()]
    yield from (f"The backup lacks the file {name}, which the database names." for name in absent)
    if key:
        yield from _undecryptable(drill.backup, key)
    if older := described.missing_migrations():
        yield (
            f"The backup has an older schema than this version of IRIA, without {older[-1]}: make a new "
            "backup."
        )
        manage(scratch, "migrate", "--no-input", "--verbosity=0")
    yield from _page_problems(drill, scratch, ids)


def _table_problems(
    expected: dict[str, list[Any]], restored: dict[str, list[Any]]
) -> Iterator[str]:
    for table in sorted(expected.keys() | restored.keys()):
        if table not in restored:
            yield f"The table {table} was not restored."
        elif table not in expected:
            yield f"The table {table} is not in the manifest."
        elif expected[table][0] != restored[table][0]:
            yield f"The table {table} has {restored[table][0]} rows instead of {expected[table][0]}."
        elif expected[table] != restored[table]:
            yield f"The table {table} has a row that is not as it was."


def _undecryptable(backup: Path, key: Key) -> Iterator[str]:
    media = (
        line.name for line in files.read_checksums(backup) if line.name.startswith(f"{MEDIA}/")
    )
    for name in islice(media, SAMPLE):
        try:
            with files.plain_file(backup / name, key):
                pass
        except WrongKey:
            yield f"The file {name} was encrypted with another key: make a backup with --full."
        except FileNotFoundError:
            pass  # reported already
        except OSError:
            yield f"The file {name} cannot be decrypted."


def _page_problems(drill: Drill, scratch: str, ids: list[int]) -> Iterator[str]:
    """Pages must be rendered, and look as on the site if the article has not been edited since."""
    if not ids:
        return
    listed = ",".join(map(str, ids))
    restored = json.loads(manage(scratch, "restore_drill", f"--render={listed}"))
    live = json.loads(manage(postgres.database_name(), "restore_drill", f"--render={listed}"))
    drill.pages = len(restored)
    for pk, page in restored.items():
        other = live.get(pk, {})
        if page["status"] != 200 == other.get("status", 200):
            yield f"The page {page['path']} is answered with status {page['status']}."
        elif page["status"] != 200:
            yield f"The page {page['path']} cannot be compared: status {page['status']} on the site too."
            return
        elif {**other, "text": page["text"]} == page and other["text"] != page["text"]:
            yield (
                f"The page {page['path']} differs from that of the site, though its article has not "
                "been edited."
            )


def rendered(ids: list[int]) -> dict[str, dict[str, Any]]:
    """What pages of articles show: id → path, version, status and checksum of the text."""
    client = Client(raise_request_exception=False, headers={"host": settings.SITE_HOST})
    pages = {}
    for article in Article.objects.published().filter(pk__in=ids).order_by("pk"):
        response = client.get(article.get_absolute_url(), secure=settings.SECURE)
        pages[str(article.pk)] = {
            "path": article.get_absolute_url(),
            "version": f"{article.version} {article.modified_at.isoformat()}",
            "status": response.status_code,
            "text": _text_checksum(b"".join(response)) if response.status_code == 200 else "",
        }
    return pages


def _text_checksum(html: bytes) -> str:
    elements = lxml.html.document_fromstring(html.decode()).xpath(_TEXT)
    text = "\n".join(" ".join(element.text_content().split()) for element in elements)
    return sha256(text.encode()).hexdigest()
