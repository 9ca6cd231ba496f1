"""Checks of stored files: images, static files, the cache, free space."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache, caches
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage

from iria.core.redis_cache import RedisCache
from iria.operations.doctor.check import Check, Finding, Level, in_time, reason

GB: Final = 1024**3
LEAST_FREE: Final = GB // 2
LITTLE_FREE: Final = 5 * GB
"""A warning if less than a tenth of the disk is free too."""
LEAST_FREE_INODES: Final = 0.02
CONTENT: Final = b"Written and deleted by manage.py doctor."


def images() -> Iterator[Finding]:
    for _, error in in_time(_write_and_read, [default_storage]):
        if isinstance(error, Exception):
            cause = reason(error.__cause__ or error)
            if settings.IMAGES_IN_BUCKET:
                yield Finding(
                    f"Images cannot be stored in the bucket: {cause}.",
                    "Check S3_BUCKET, S3_REGION, S3_ENDPOINT, S3_KEY_ID and S3_SECRET_KEY, and that the "
                    "key may read, write and delete.",
                )
            else:
                yield Finding(
                    f"Images cannot be stored in {settings.MEDIA_ROOT}: {cause}.",
                    f"Give the folder to the account that runs the site: `chown -R iria: {settings.MEDIA_ROOT}`.",
                )


def _write_and_read(storage: Storage) -> None:
    name = storage.save(f"doctor-{secrets.token_hex(8)}.txt", ContentFile(CONTENT))
    try:
        with storage.open(name) as file:
            if file.read() != CONTENT:
                raise OSError("what was read is not what was written")
    finally:
        storage.delete(name)


def static_files() -> Iterator[Finding]:
    collected = getattr(staticfiles_storage, "hashed_files", None)
    if collected is None:
        # With DEBUG, they are served from the source folders.
        return
    missing = [
        path
        for finder in get_finders()
        for path, storage in finder.list(None)
        if _collected_name(storage, path) not in collected
    ]
    if missing:
        yield Finding(
            f"{len(missing)} static files were not collected, such as {missing[0]}, so pages lack styles.",
            "Run `manage.py collectstatic --no-input` and restart the site.",
        )


def _collected_name(storage: Storage, path: str) -> str:
    prefix = getattr(storage, "prefix", None)
    return f"{prefix}/{path}" if prefix else path


def cache_works() -> Iterator[Finding]:
    _use_cache()
    backend = caches["default"]
    if isinstance(backend, RedisCache):
        for _, error in in_time(RedisCache.ping, [backend]):
            if isinstance(error, Exception):
                yield Finding(
                    f"Redis does not answer, so PostgreSQL holds the cache: {reason(error)}.",
                    "Start the Redis server, and check CACHE_URL.",
                )


def _use_cache() -> None:
    key = f"doctor-{secrets.token_hex(8)}"
    cache.set(key, key, 60)
    found = cache.get(key)
    cache.delete(key)
    if found != key:
        raise OSError("what was read is not what was stored")


def pages() -> Iterator[Finding]:
    """Files of pages, which the web server sends."""
    if not settings.PAGE_DIRECTORY:
        return
    for folder, error in in_time(_make_file, [Path(settings.PAGE_DIRECTORY)]):
        if isinstance(error, Exception):
            yield Finding(
                f"Pages cannot be written to PAGE_DIRECTORY, {folder}: {reason(error)}.",
                f"Run `install --directory --owner=iria {folder}` on machines that run the site; without "
                "it, the site sends each page itself.",
                Level.WARNING,
            )


def _make_file(folder: Path) -> None:
    # The site makes this folder, but none above it.
    with tempfile.TemporaryFile(dir=folder if folder.exists() else folder.parent):
        pass


class Disk(NamedTuple):
    device: int
    free: int
    total: int
    free_inodes: float
    """The share of all inodes."""


def free_space() -> Iterator[Finding]:
    folders = [settings.STATE, Path(tempfile.gettempdir())]
    if not settings.IMAGES_IN_BUCKET:
        folders.append(_existing(Path(settings.MEDIA_ROOT)))
    if settings.BACKUP_DIRECTORY:
        folders.append(_existing(Path(settings.BACKUP_DIRECTORY)))
    disks: dict[int, tuple[Path, Disk]] = {}
    for folder, disk in in_time(_disk, folders):
        if isinstance(disk, Exception):
            yield Finding(
                f"The disk of {folder} cannot be read: {reason(disk)}.",
                "Mount it again, or replace it.",
            )
        else:
            disks.setdefault(disk.device, (folder, disk))
    for folder, disk in disks.values():
        is_low = disk.free < LITTLE_FREE and disk.free < disk.total / 10
        if disk.free < LEAST_FREE or is_low:
            yield Finding(
                f"Only {disk.free / GB:.1f} GB of the disk of {folder} are free.",
                "Delete old backups and releases, or use a larger disk.",
                Level.ERROR if disk.free < LEAST_FREE else Level.WARNING,
            )
        if disk.free_inodes < LEAST_FREE_INODES:
            yield Finding(
                f"The disk of {folder} can hold hardly any more files (inodes).",
                "Delete folders with many small files, or use another disk.",
            )


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists: it is created with the first image."""
    return next(each for each in (folder, *folder.parents) if each.exists())


def _disk(folder: Path) -> Disk:
    usage, inodes = shutil.disk_usage(folder), os.statvfs(folder)
    share = inodes.f_favail / inodes.f_files if inodes.f_files else 1.0
    return Disk(folder.stat().st_dev, usage.free, usage.total, share)


CHECKS: Final = (
    Check("Images can be stored.", images, needs_database=False),
    Check("Static files are collected.", static_files, needs_database=False),
    Check("Pages can be written for the web server.", pages, needs_database=False),
    Check("The cache works.", cache_works),
    Check("There is space on the disks.", free_space, needs_database=False),
)
