"""Makes a backup: a dump of the database and a copy of the media, complete or not at all."""

import heapq
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import FileField
from django.utils import timezone
from psycopg import sql

from articles.images.models import OldRenditionName
from iria.core.db.backend.base import SNAPSHOT
from iria.environment import is_running
from iria.launcher.output import describe_os_error
from iria.operations.backup import BackupError, files, manifest, postgres
from iria.operations.backup.files import CHECKSUMS, DATABASE, MEDIA, Line, Previous
from iria.operations.backup.keys import Key
from iria.operations.backup.manifest import Manifest
from iria.operations.models import BackupRun

logger = logging.getLogger(__name__)

UNFINISHED: Final = ".unfinished-"
MAX_NAMED: Final = 20
NEVER_DELETED: Final = timedelta(hours=48)
"""For so long, whatever BACKUP_KEEP says: a backup by hand does not replace that of the night before."""


def create(directory: Path, *, is_full: bool = False) -> Path:
    """Makes a backup in a folder of its own below the directory, and deletes old ones; returns the folder.

    Args:
        is_full: copy all media again, instead of linking those of the backup before.

    Raises:
        BackupError
    """
    _check_directory(directory)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    key: Key | None = settings.BACKUP_KEY
    with files.locked(directory), postgres.connect() as connection:
        delete_leftovers(directory)
        programs = postgres.programs(connection)
        created_at = datetime.now(UTC)
        backup = directory / manifest.name_of(created_at)
        draft = directory / f"{UNFINISHED}{backup.name}"
        draft.mkdir(mode=0o700)
        try:
            previous = None if is_full else _previous(directory, key)
            # Media first, because that may take long; those that are added meanwhile follow after the database.
            media_list = draft / ".media"
            files.write_lines(media_list, files.copy_media(default_storage, draft, key, previous))
            facts = _dump(connection, programs, draft, key)
            added = list(files.copy_media(default_storage, draft, key))
            facts["missing_media"] = list(missing_media(connection, draft, key))[:MAX_NAMED]
            connection.execute("ROLLBACK")
            _write_checksums(draft, media_list, added, key)
            media_list.unlink()
            _write_manifest(draft, created_at, programs, key, facts)
            os.sync()
            draft.rename(backup)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        delete_old(directory)
    return backup


def _write_checksums(draft: Path, media_list: Path, added: list[Line], key: Key | None) -> None:
    """Of the database, then of the media in their order: those of the list and those that were added later."""
    database = sorted(_database_lines(draft), key=lambda line: line.name)
    with media_list.open() as lines:
        copied = (Line(line[66:].rstrip("\n"), line[:64]) for line in lines)
        media = heapq.merge(copied, added, key=lambda line: files.plain_name(line.name, key))
        files.write_lines(draft / CHECKSUMS, [*database, *media])


@contextmanager
def recorded(kind: BackupRun.Kind, directory: Path) -> Iterator[BackupRun]:
    """Records the result of a backup or a drill in a folder.

    Raises:
        BackupError: also instead of an error of the system.
    """
    record = BackupRun(kind=kind, backup=str(directory), started_at=timezone.now())
    try:
        yield record
    except (BackupError, OSError) as error:
        sentence = describe_os_error(error) if isinstance(error, OSError) else str(error)
        record.problems = [sentence]
        raise BackupError(sentence) from error
    finally:
        record.ended_at = timezone.now()
        record.save()


def back_up(directory: Path, *, is_full: bool = False) -> Path:
    """Makes a backup as `create` does, and records the result."""
    with recorded(BackupRun.Kind.BACKUP, directory) as record:
        backup = create(directory, is_full=is_full)
        record.backup = str(backup)
    return backup


def _check_directory(directory: Path) -> None:
    media = Path(settings.MEDIA_ROOT).resolve()
    if not settings.IMAGES_IN_BUCKET and media in {
        directory.resolve(),
        *directory.resolve().parents,
    }:
        raise BackupError(
            f"The folder {directory} is inside that of the images, {media}: choose another one."
        )


def delete_leftovers(directory: Path) -> None:
    """Deletes what a killed run left here and in the state folder."""
    for each in directory.glob(f"{UNFINISHED}*"):
        shutil.rmtree(each, ignore_errors=True)
    delete_scratch_folders()


def delete_scratch_folders() -> None:
    for each in Path(settings.STATE).glob(f"{UNFINISHED}*"):
        if not is_running(int(each.name.removeprefix(UNFINISHED).partition("-")[0])):
            shutil.rmtree(each, ignore_errors=True)


def delete_old(directory: Path) -> None:
    """Deletes what BACKUP_KEEP does not keep, but none of the last hours and not the last that a drill proved."""
    for backup in _old(manifest.backups(directory)):
        # A backup that is half deleted must not look complete.
        leftover = backup.rename(directory / f"{UNFINISHED}{backup.name}")
        shutil.rmtree(leftover, ignore_errors=True)
        logger.info("Deleted the old backup %s.", backup)


def _old(backups: list[Path]) -> list[Path]:
    kept = settings.BACKUP_KEEP.retained(map(manifest.moment_of, backups))
    since = timezone.now() - NEVER_DELETED
    proved = BackupRun.objects.filter(
        kind=BackupRun.Kind.DRILL, problems=[], backup__in=map(str, backups)
    )
    last_proved = proved.order_by("-ended_at").values_list("backup", flat=True).first()
    return [
        backup
        for backup in backups
        if (moment := manifest.moment_of(backup)) not in kept
        and moment < since
        and str(backup) != last_proved
    ]


def _previous(directory: Path, key: Key | None) -> Previous | None:
    """The newest backup, if its files are encrypted with the same key."""
    for backup in reversed(manifest.backups(directory)):
        try:
            newest = Manifest.read(backup)
        except BackupError:
            continue
        return Previous(backup, key) if newest.recipient == (key.recipient if key else "") else None
    return None


def _dump(
    connection: postgres.Connection, programs: Path, draft: Path, key: Key | None
) -> dict[str, Any]:
    """Dumps the database; returns what is in it at the same moment, and leaves the transaction open."""
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    connection.execute(f"SET LOCAL application_name = {SNAPSHOT}")
    row = connection.execute("SELECT pg_export_snapshot()").fetchone()
    with scratch_folder() as scratch:
        folder = scratch / DATABASE if key else draft / DATABASE
        arguments = [
            "--format=directory",
            f"--jobs={postgres.JOBS}",
            f"--snapshot={row[0] if row else ''}",
            f"--file={folder}",
            *(f"--exclude-table-data={table}" for table in postgres.WITHOUT_ROWS),
        ]
        with postgres.running(programs / "pg_dump", postgres.database_name(), *arguments):
            facts = {
                "tables": postgres.table_facts(connection),
                "roles": postgres.granted_roles(connection),
                "migrations": list(map(list, postgres.applied_migrations(connection))),
                "postgresql": connection.info.server_version,
            }
        if key:
            for each in sorted(folder.iterdir()):
                with each.open("rb") as source:
                    files.write(
                        source, draft / files.stored_name(f"{DATABASE}/{each.name}", key), key
                    )
    return facts


class scratch_folder(tempfile.TemporaryDirectory[str]):  # noqa: N801 - used as a context manager
    """A folder for what is not encrypted, on this machine; removed by the next run after a kill."""

    def __init__(self) -> None:
        prefix = f"{UNFINISHED}{os.getpid()}-"
        super().__init__(prefix=prefix, dir=settings.STATE, ignore_cleanup_errors=True)

    def __enter__(self) -> Path:  # type: ignore[override]
        return Path(super().__enter__())


def _database_lines(draft: Path) -> Iterator[Line]:
    for each in (draft / DATABASE).iterdir():
        yield Line(f"{DATABASE}/{each.name}", files.checksum(each))


def _write_manifest(
    draft: Path, created_at: datetime, programs: Path, key: Key | None, facts: dict[str, Any]
) -> None:
    count = size = 0
    for line in files.read_checksums(draft):
        count += line.name.startswith(f"{MEDIA}/")
        size += (draft / line.name).stat().st_size
    Manifest(
        created_at=created_at.isoformat(timespec="seconds"),
        site=settings.SITE_URL,
        pg_dump=postgres.program_version(programs),
        recipient=key.recipient if key else "",
        without_rows=list(postgres.WITHOUT_ROWS),
        media_files=count,
        bytes=size,
        checksums=files.checksum(draft / CHECKSUMS),
        **facts,
    ).write(draft)


def missing_media(connection: postgres.Connection, backup: Path, key: Key | None) -> Iterator[str]:
    """Files that the database names and the backup does not have."""
    for model in apps.get_models():
        # Files of former names are deleted after some minutes.
        if model is OldRenditionName or not model._meta.managed:
            continue
        for field in model._meta.local_fields:
            if not isinstance(field, FileField):
                continue
            query = sql.SQL("SELECT DISTINCT {0} FROM {1} WHERE {0} <> ''").format(
                sql.Identifier(field.column or ""), sql.Identifier(model._meta.db_table)
            )
            for (name,) in connection.execute(query):
                if not (backup / files.stored_name(f"{MEDIA}/{name}", key)).exists():
                    yield name
