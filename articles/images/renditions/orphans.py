"""Files that no row names: those of a process that was killed before its commit, or of a refused one."""

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any, Final

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils import timezone

from articles.images.models import FormerName, Image, Rendition

FOLDERS: Final = ("originals", "renditions")
SPARED: Final = timedelta(days=1)
"""No transaction lasts so long: a younger file may get its row yet."""

AT_ONCE: Final = 1000


def orphaned_files(before: datetime | None = None) -> Iterator[str]:
    """Names of the files, one after another, that are older than a day and belong to no row.

    Where there is no picture at all there is nothing to compare with: rather than a heap of left
    files it will be a database that is still to be restored.
    """
    if not Image.objects.exists():
        return
    before = before or timezone.now() - SPARED
    for folder in FOLDERS:
        old = (name for name, since in _lying(folder) if since < before)
        for names in batched(old, AT_ONCE):
            left = set(names) - _found_by_name(names)
            yield from sorted(left - _found_by_file(left) if left else left)


def delete_orphans(before: datetime | None = None) -> int:
    """Deletes them; how many went. One that cannot be deleted is tried again the next night."""
    count = 0
    for name in orphaned_files(before):
        with contextlib.suppress(OSError):
            default_storage.delete(name)
            count += 1
    return count


def _lying(folder: str) -> Iterator[tuple[str, datetime]]:
    """Every file below a folder, as it is come upon, and since when it has been there."""
    storage: Any = default_storage
    if hasattr(storage, "lying"):
        yield from storage.lying(folder)
        return
    with contextlib.suppress(FileNotFoundError), os.scandir(storage.path(folder)) as entries:
        for entry in entries:
            name = f"{folder}/{entry.name}"
            if entry.is_dir():
                yield from _lying(name)
            elif (since := _since(entry)) is not None:
                yield name, since


def _since(entry: "os.DirEntry[str]") -> datetime | None:
    """Files brought back from a backup have their old times, and yet have just come."""
    try:
        about = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    return datetime.fromtimestamp(max(about.st_mtime, about.st_ctime), UTC)


def _found_by_name(files: tuple[str, ...]) -> set[str]:
    """Those that an index finds at once, which is all renditions but the ones looked for."""
    names = [file.rpartition("/")[2] for file in files]
    return _files(
        Rendition.objects.filter(name__in=names),
        FormerName.objects.filter(name__in=names),
    )


def _found_by_file(files: set[str]) -> set[str]:
    originals = Image.objects.filter(original__in=files).order_by()
    found = originals.values_list("original", flat=True)
    return {*found} | _files(
        Rendition.objects.filter(file__in=files), FormerName.objects.filter(file__in=files)
    )


def _files(renditions: QuerySet[Rendition], former: QuerySet[FormerName]) -> set[str]:
    """In one query: between two, a file could go from the one to the other."""
    now = renditions.values_list("file", flat=True)
    return {*now.union(former.values_list("file", flat=True), all=True).order_by()}
