"""The files of a backup: checksums, copies and links, media from and to their storage."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.core.files.base import File
from django.core.files.storage import Storage
from django.core.files.temp import NamedTemporaryFile

from iria.launcher.paths import PRIVATE_FOLDER, make_folder
from iria.operations.backup import BackupError
from iria.operations.backup.keys import SUFFIX, Key, Stream

CHECKSUMS: Final = "SHA256SUMS"
"""The file with the checksums of all others but the manifest, for `sha256sum --check` too."""
MEDIA: Final = "media"
DATABASE: Final = "database"
LOCK: Final = ".lock"


class Line(NamedTuple):
    """A line of the checksums. They are sorted by the name, without the suffix of encrypted files."""

    name: str
    digest: str

    def __str__(self) -> str:
        return f"{self.digest}  {self.name}\n"


class HashedWriter:
    """A new file that only its owner can read, and the checksum of what is written to it."""

    def __init__(self, path: Path) -> None:
        make_folder(path.parent, PRIVATE_FOLDER)
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    def __enter__(self) -> "HashedWriter":
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def write(source: Stream, path: Path, key: Key | None) -> str:
    """Writes a file of the backup, encrypted if there is a key; returns its checksum."""
    try:
        with HashedWriter(path) as target:
            if key:
                key.encrypt(source, target)
            else:
                shutil.copyfileobj(source, target, 1024 * 1024)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return target.hexdigest()


def stored_name(name: str, key: Key | None) -> str:
    return f"{name}{SUFFIX}" if key else name


def plain_name(name: str, key: Key | None) -> str:
    return name.removesuffix(SUFFIX) if key else name


def checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_checksums(backup: Path) -> Iterator[Line]:
    with (backup / CHECKSUMS).open() as file:
        for line in file:
            digest, _, name = line.rstrip("\n").partition("  ")
            if not name or name.startswith("/") or ".." in name.split("/"):
                raise BackupError(
                    f"{backup / CHECKSUMS} contains a line that is no checksum of a file."
                )
            yield Line(name, digest)


def problems(backup: Path) -> Iterator[str]:
    """What is missing or damaged in a backup, a sentence for each file."""
    root = os.path.realpath(backup)
    for name, digest in read_checksums(backup):
        path = backup / name
        try:
            if os.path.realpath(path) != os.path.join(root, name) or (  # noqa: PTH118
                path.exists() and not path.is_file()
            ):
                yield f"The file {name} is a link, a folder or a device."
            elif checksum(path) != digest:
                yield f"The file {name} is damaged."
        except FileNotFoundError:
            yield f"The file {name} is missing."
        except OSError as error:
            yield f"The file {name} cannot be read: {error.strerror}."


class Previous:
    """The backup before, whose unchanged files are linked."""

    def __init__(self, folder: Path, key: Key | None) -> None:
        self.folder, self.key = folder, key
        self._lines = read_checksums(folder)
        self._line = next(self._lines, None)

    def line(self, name: str) -> Line | None:
        """The line of a file. Names must be asked for in their order."""
        while self._line and plain_name(self._line.name, self.key) < name:
            self._line = next(self._lines, None)
        is_found = self._line and plain_name(self._line.name, self.key) == name
        return self._line if is_found else None

    def link(self, file: "StoredFile", backup: Path) -> Line | None:
        """Links a file that has not changed since; returns its line."""
        line = self.line(f"{MEDIA}/{file.name}")
        if line is None:
            return None
        former, target = self.folder / line.name, backup / line.name
        make_folder(target.parent, PRIVATE_FOLDER)
        # Some file systems have no links, or not enough for one file.
        with suppress(OSError):
            stat = former.stat()
            has_size = self.key or file.size in {None, stat.st_size}
            if stat.st_mtime_ns == file.modified and has_size:
                os.link(former, target)
                return line
        return None


class StoredFile(NamedTuple):
    name: str
    modified: int
    """In nanoseconds."""
    size: int | None = None


def stored_files(storage: Storage) -> Iterator[StoredFile]:
    """Every file of the storage, sorted by name."""
    bucket: Any = storage
    if hasattr(bucket, "files_below"):
        for name, since in bucket.files_below(""):
            yield StoredFile(name, int(since.timestamp() * 1_000_000) * 1000)
    else:
        yield from _below(Path(storage.path("")), "")


def _below(root: Path, folder: str) -> Iterator[StoredFile]:
    try:
        with os.scandir(root / folder) as entries:
            # With the slash, names in folders are in the same order as whole names.
            named = sorted((f"{folder}{each.name}{'/' * each.is_dir()}", each) for each in entries)
    except FileNotFoundError:
        return
    for name, entry in named:
        if name.endswith("/"):
            yield from _below(root, name)
        else:
            with suppress(FileNotFoundError):
                stat = entry.stat()
                yield StoredFile(name, stat.st_mtime_ns, stat.st_size)


def copy_media(
    storage: Storage, backup: Path, key: Key | None, previous: Previous | None = None
) -> Iterator[Line]:
    """Copies or links what is not in the backup yet; the lines of these files, sorted."""
    for file in stored_files(storage):
        name = stored_name(f"{MEDIA}/{file.name}", key)
        target = backup / name
        if target.exists():
            continue
        if previous and (line := previous.link(file, backup)):
            yield line
            continue
        try:
            with storage.open(file.name) as source:
                digest = write(source, target, key)
        except FileNotFoundError:
            continue  # deleted meanwhile
        os.utime(target, ns=(file.modified, file.modified))
        yield Line(name, digest)


def restore_media(storage: Storage, backup: Path, key: Key | None) -> Iterator[str]:
    """Puts the files back that are not in the storage as they were; their names."""
    for line in read_checksums(backup):
        name = plain_name(line.name, key)
        if not name.startswith(f"{MEDIA}/"):
            continue
        name = name.removeprefix(f"{MEDIA}/")
        modified = (backup / line.name).stat().st_mtime_ns
        with plain_file(backup / line.name, key) as source:
            size = source.seek(0, os.SEEK_END)
            source.seek(0)
            if storage.exists(name):
                if storage.size(name) == size and _modified(storage, name) in {None, modified}:
                    continue
                storage.delete(name)
            storage.save(name, File(source))
        if _modified(storage, name) is not None:
            os.utime(storage.path(name), ns=(modified, modified))
        yield name


def _modified(storage: Storage, name: str) -> int | None:
    """In nanoseconds; None in a bucket, which sets the time itself."""
    return None if hasattr(storage, "files_below") else Path(storage.path(name)).stat().st_mtime_ns


@contextmanager
def plain_file(path: Path, key: Key | None) -> Iterator[Stream]:
    with path.open("rb") as file:
        if key is None:
            yield file
            return
        with NamedTemporaryFile() as decrypted:
            key.decrypt(file, decrypted)
            decrypted.seek(0)
            yield decrypted


def write_lines(path: Path, lines: Iterable[Line]) -> None:
    with HashedWriter(path) as file:
        for line in lines:
            file.write(str(line).encode())


@contextmanager
def locked(directory: Path, *, shared: bool = False) -> Iterator[None]:
    """One backup at a time, and none while an earlier one is read."""
    with (directory / LOCK).open("a") as lock:
        (directory / LOCK).chmod(0o600)
        try:
            fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(
                f"Another backup, restore or drill uses {directory}: try again when it has ended."
            ) from error
        yield
