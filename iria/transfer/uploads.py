"""Archives that were uploaded in the admin, or are in a folder on the server: the worker checks and imports them."""

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from iria import health
from iria.core import jobs
from iria.core.text.validators import one_line
from iria.publication.models import current_publication
from iria.transfer import formats, runs
from iria.transfer.formats import FORMATS, Options
from iria.transfer.models import ImportChunk, ImportRun
from iria.transfer.records import Unreadable
from iria.transfer.source_files import Archive
from iria.transfer.undo import Undo
from iria.transfer.writer.images import Fetcher, Media
from iria.transfer.writer.run import Import

RUN: Final = "iria.import"
CHUNK: Final = 1024 * 1024
CHUNKS_AT_ONCE: Final = 16
MAX_BYTES: Final = 1024**3
"""The size of an upload. Larger files are copied to the server."""
IMAGES: Final = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".tif", ".tiff", ".bmp")
KEPT: Final = frozenset({"..", ".obsidian"})
"""Refused by the archive, and the sign of a vault of Obsidian."""
MAX_SUFFIX_LENGTH: Final = 20
FOLDER: Final = "imports"
"""In the state folder: where administrators put files that are too large to upload."""
WORK: Final = "importing-"
File, State = ImportChunk.File, ImportRun.State

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Upload:
    """What is to be imported: each part is uploaded, or named by its path in the folder on the server."""

    system: str
    file: UploadedFile[Any] | None = None
    server_file: str = ""
    images: UploadedFile[Any] | None = None
    media_folder: str = ""
    fetch_images: bool = False
    redirects: UploadedFile[Any] | None = None
    routes: UploadedFile[Any] | None = None
    time_zone: str = ""
    site_url: str = ""
    post_types: tuple[str, ...] = ()


def server_folder() -> Path:
    return Path(settings.STATE) / FOLDER


def add(archive: Upload, *, by: User) -> ImportRun:
    """Stores the archive and enqueues its dry run."""
    name = (archive.file.name if archive.file else archive.server_file) or ""
    with transaction.atomic():
        run = ImportRun.objects.create(
            system=archive.system,
            name=one_line(name)[:300] or "Untitled",
            server_file=archive.server_file,
            media_folder=archive.media_folder,
            fetch_images=archive.fetch_images,
            options={
                "time_zone": archive.time_zone,
                "site_url": archive.site_url,
                "post_types": archive.post_types,
            },
            created_by=by,
        )
        for file, upload in (
            (File.SOURCE, archive.file),
            (File.MEDIA, archive.images),
            (File.REDIRECTS, archive.redirects),
            (File.ROUTES, archive.routes),
        ):
            if upload:
                _store(run, file, upload)
    change_state(run, State.CHECKING)
    return run


def _store(run: ImportRun, file: str, upload: "UploadedFile[Any]") -> None:
    waiting: list[ImportChunk] = []
    for number, content in enumerate(upload.chunks(CHUNK)):
        waiting.append(ImportChunk(run=run, file=file, number=number, content=content))
        if len(waiting) == CHUNKS_AT_ONCE:
            ImportChunk.objects.bulk_create(waiting)
            waiting.clear()
    ImportChunk.objects.bulk_create(waiting)


ALLOWED: Final = {
    State.CHECKING: (State.NEW, State.CHECKED, State.FAILED),
    State.IMPORTING: (State.CHECKED,),
    State.UNDOING: (State.DONE, State.UNDONE, State.FAILED),
}
"""What may begin after what."""


def change_state(run: ImportRun, state: ImportRun.State) -> bool:
    """Lets the worker begin with the dry run, the import or undoing; False if that is not possible now."""
    possible = ImportRun.objects.filter(pk=run.pk, state__in=ALLOWED[state])
    if state != State.UNDOING:
        possible = possible.filter(_has_file())
    with transaction.atomic():
        changed = possible.update(
            state=state, error="", done=0, total=0, started_at=timezone.now(), finished_at=None
        )
        if changed:
            transaction.on_commit(lambda: enqueue(run.pk))
    run.refresh_from_db()
    return bool(changed)


def has_file(run: ImportRun) -> bool:
    return ImportRun.objects.filter(_has_file(), pk=run.pk).exists()


def _has_file() -> Q:
    chunks = ImportChunk.objects.filter(run=OuterRef("pk"), file=File.SOURCE)
    return ~Q(server_file="") | Q(Exists(chunks))


def enqueue(run_id: int) -> None:
    """One import at a time: they would wait for each other's categories."""
    jobs.enqueue(RUN, once=True, lock=RUN, run_id=run_id)


def waiting_for(run: ImportRun) -> str:
    """What the worker does before this import; empty if it is at work on it."""
    running = ProcrastinateJob.objects.filter(status="doing", queue_name=settings.LONG_QUEUE)
    imports = set(running.filter(task_name=RUN).values_list("args__run_id", flat=True))
    if run.pk in imports:
        return ""
    if other := ImportRun.objects.filter(pk__in=imports).first():
        return f"Waiting for the import of “{other}”"
    if not health.last_heartbeat()[1]:
        return "Waiting for the worker, which is not running"
    if (count := running.count()) >= settings.LONG_CONCURRENCY:
        return f"Waiting for {count} other long jobs"
    return "Starting"


def in_progress() -> list[int]:
    """What waits for the worker; imports by a command do not."""
    waiting = ImportRun.objects.filter(
        Q(state=State.UNDOING) | Q(_has_file(), state__in=ImportRun.RUNNING)
    )
    return list(waiting.values_list("pk", flat=True))


def resume(run_id: int, *, should_stop: Callable[[], bool]) -> None:
    """Does what the state of the import says; called by the worker."""
    run = ImportRun.objects.filter(pk=run_id, state__in=ImportRun.RUNNING).first()
    if run is None:
        return

    stored = runs.Progress(run)

    def check_stop(*_numbers: int) -> None:
        if should_stop():
            raise runs.Stopped
        stored.is_alive()

    try:
        if run.state == State.UNDOING:
            _undo(run, check_stop)
        else:
            _import(run, check_stop)
    except runs.Stopped:
        return
    except Unreadable as error:
        runs.fail(run, str(error))
    except Exception as error:
        if runs.is_lock_conflict(error):
            logger.warning("Import %s met a lock of another job and is continued.", run.pk)
            return
        runs.fail(run, f"{type(error).__name__}: {error}")
        raise


def progress_at(arguments: dict[str, Any]) -> datetime | None:
    """When the import of a job made its last progress."""
    found = ImportRun.objects.filter(pk=arguments["run_id"])
    return found.values_list("progress_at", flat=True).first()


def fail(arguments: dict[str, Any]) -> None:
    """Lets the import of a job fail that the worker has ended."""
    run = ImportRun.objects.get(pk=arguments["run_id"])
    runs.fail(run, "It made no progress for half an hour and was ended.")


def _undo(run: ImportRun, check_stop: Callable[[int, int], None]) -> None:
    stored = runs.Progress(run)

    def progress(done: int, total: int) -> None:
        stored(done, total)
        check_stop(done, total)

    Undo(run, progress=progress).start()


def _import(run: ImportRun, check_stop: Callable[[int, int], None]) -> None:
    dry_run = run.state == State.CHECKING
    with _unpacked(run) as (file, media, options):
        kind = FORMATS[run.system]
        # A folder of texts has its images too.
        folder = media or (file if kind.is_folder else None)
        fetcher = Fetcher(check_stop) if run.fetch_images else None
        found = Media(folder, has_sizes=kind.has_sizes, fetcher=fetcher)
        Import(
            kind.open(file, options),
            media=found if folder or fetcher else None,
            dry_run=dry_run,
            by=run.created_by,
            run_row=run,
            progress=check_stop,
        ).run()
    if not dry_run:
        run.chunks.all().delete()


@contextmanager
def _unpacked(run: ImportRun) -> Iterator[tuple[Path, Path | None, Options]]:
    """The file, the folder of images, and what else was given, for as long as they are needed."""
    with TemporaryDirectory(prefix=WORK, dir=settings.STATE) as name:
        folder = Path(name)
        if run.server_file:
            file = on_server(run.server_file)
        else:
            # With its suffix, by which some formats are recognised.
            suffix = PurePosixPath(run.name).suffix[:MAX_SUFFIX_LENGTH]
            file = _copied(run, File.SOURCE, folder / f"source{suffix}")
        if run.media_folder:
            media: Path | None = on_server(run.media_folder)
        elif run.chunks.filter(file=File.MEDIA).exists():
            media = _unzip(
                _copied(run, File.MEDIA, folder / "media.zip"), folder / "media", is_image
            )
        else:
            media = None
        if media and media.suffix.lower() == ".zip":
            media = _unzip(media, folder / "media", is_image)
        if media and not media.is_dir():
            raise Unreadable(f"{run.media_folder} is not a folder.")
        formats.require(file, run.system)
        if FORMATS[run.system].is_folder and not file.is_dir():
            file = _only_folder(_unzip(file, folder / "source", _is_of_site))
        zone = run.options.get("time_zone")
        options = Options(
            ZoneInfo(zone) if zone else current_publication().zone_info,
            run.options.get("site_url", ""),
            tuple(run.options.get("post_types", ())),
            _settings_file(run, File.REDIRECTS, folder),
            _settings_file(run, File.ROUTES, folder),
        )
        yield file, media, options


def _settings_file(run: ImportRun, file: str, folder: Path) -> Path | None:
    """A file in JSON or YAML; which of them, its name has to say."""
    if not run.chunks.filter(file=file).exists():
        return None
    copied = _copied(run, file, folder / file)
    with copied.open("rb") as opened:
        is_json = opened.read(100).lstrip()[:1] in {b"[", b"{"}
    return copied.rename(folder / f"{file}.{'json' if is_json else 'yaml'}")


def _only_folder(folder: Path) -> Path:
    """The one folder in it, which a ZIP file of a folder often has, or else the folder itself."""
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder


def _copied(run: ImportRun, file: str, target: Path) -> Path:
    with target.open("wb") as copy:
        chunks = run.chunks.filter(file=file).order_by("number")
        for content in chunks.values_list("content", flat=True).iterator(CHUNKS_AT_ONCE):
            copy.write(content)
    return target


def on_server(name: str) -> Path:
    root = server_folder().resolve()
    path = (root / name).resolve()
    # `os.path` finds nothing under a name that is too long; a `Path` raises an error. Opening a pipe would wait.
    can_be_read = os.path.isfile(path) or os.path.isdir(path)  # noqa: PTH112, PTH113
    if not path.is_relative_to(root) or not can_be_read:
        raise Unreadable(f"There is no {name} in {root}.")
    return path


def _unzip(file: Path, target: Path, is_wanted: Callable[[PurePosixPath], bool]) -> Path:
    with Archive(file, is_wanted) as archive:
        return archive.unpack(target)


def is_image(path: PurePosixPath) -> bool:
    return path.suffix.lower() in IMAGES and not path.name.startswith(".")


def _is_of_site(path: PurePosixPath) -> bool:
    """Everything but hidden folders: a link to a file is reported only if the file is there."""
    return not any(part.startswith(".") for part in path.parts[:-1] if part not in KEPT)


def delete_abandoned() -> None:
    """Deletes what a worker unpacked and could not delete, because it was killed."""
    oldest = time.time() - runs.FILE_KEPT.total_seconds()
    for folder in Path(settings.STATE).glob(f"{WORK}*"):
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)
