"""Files without a row, left by a killed process or a failed transaction."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any, Final

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils import timezone

from articles.images.models import Image, OldRenditionName, Rendition

FOLDERS: Final = ("originals", "renditions")
MIN_AGE: Final = timedelta(days=1)
"""Longer than any transaction: the row of a younger file may not be committed yet."""

AT_ONCE: Final = 1000


def orphaned_files(before: datetime | None = None) -> Iterator[str]:
    """Names of files older than a day that belong to no row.

    None if there are no images at all: the database is probably still to be restored.
    """
    if not Image.objects.exists():
        return
    before = before or timezone.now() - MIN_AGE
    for folder in FOLDERS:
        old = (name for name, since in files_below(folder) if since < before)
        for names in batched(old, AT_ONCE):
            unknown = set(names) - _found_by_name(names)
            yield from sorted(unknown - _found_by_file(unknown) if unknown else unknown)


def delete_files(names: Iterable[str]) -> int:
    """Deletes them and returns how many; one that cannot be deleted is retried the next night."""
    count = 0
    for name in names:
        with contextlib.suppress(OSError):
            default_storage.delete(name)
            count += 1
    return count


def files_below(folder: str) -> Iterator[tuple[str, datetime]]:
    """Every file below a folder, and since when it has been there."""
    storage: Any = default_storage
    if hasattr(storage, "files_below"):
        yield from storage.files_below(folder)
        return
    with contextlib.suppress(FileNotFoundError), os.scandir(storage.path(folder)) as entries:
        for entry in entries:
            name = f"{folder}/{entry.name}"
            if entry.is_dir():
                yield from files_below(name)
            elif (since := _since(entry)) is not None:
                yield name, since


def _since(entry: "os.DirEntry[str]") -> datetime | None:
    """The later of modification and change time: restored backups have old modification times."""
    try:
        stat = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    return datetime.fromtimestamp(max(stat.st_mtime, stat.st_ctime), UTC)


def _found_by_name(files: tuple[str, ...]) -> set[str]:
    """Files found by the indexed name, which is nearly all."""
    names = [file.rpartition("/")[2] for file in files]
    return _files(
        Rendition.objects.filter(name__in=names),
        OldRenditionName.objects.filter(name__in=names),
    )


def _found_by_file(files: set[str]) -> set[str]:
    originals = Image.objects.filter(original__in=files).order_by()
    found = originals.values_list("original", flat=True)
    return {*found} | _files(
        Rendition.objects.filter(file__in=files), OldRenditionName.objects.filter(file__in=files)
    )


def _files(renditions: QuerySet[Rendition], former: QuerySet[OldRenditionName]) -> set[str]:
    """In one query, because a file can move from one table to the other between two."""
    now = renditions.values_list("file", flat=True)
    return {*now.union(former.values_list("file", flat=True), all=True).order_by()}
