"""The folder of an export: written with a checksum of every file, and read as if somebody had tampered with it.

`checksums.txt` has the form of `sha256sum`, so that `sha256sum --check checksums.txt` verifies an export
without this project. The manifest holds the checksum of that file. Both are written and read line by line:
an export of a large archive has some hundred thousand files.
"""

import hashlib
import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, Final, NoReturn

MANIFEST: Final = "manifest.json"
CHECKSUMS: Final = "checksums.txt"
FORMAT: Final = "iria"

MAX_MANIFEST_BYTES: Final = 1_000_000
MAX_LINE_BYTES: Final = 64 * 1024 * 1024
"""Bytes of a row; a text of five million words."""
MAX_PATH_LENGTH: Final = 1000
PIECE: Final = 1024 * 1024

CHECKSUM_LINE: Final = re.compile(r"([0-9a-f]{64})  ([^\x00-\x1f\x7f\\]+)")


class Rejected(Exception):
    """Why a folder is not imported, as a sentence."""


def reject(reason: str) -> NoReturn:
    raise Rejected(reason)


class Writer:
    """Writes the files of an export, in the order of their paths."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = 0
        self._last = ""
        self._checksums = hashlib.sha256()
        self._list = (root / CHECKSUMS).open("wb")

    @contextmanager
    def file(self, path: str) -> Iterator[Callable[[bytes], object]]:
        """Yields the function that appends to the file."""
        if path <= self._last:
            raise ValueError(f"{path} after {self._last}")
        self._last = path
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()

        with target.open("xb") as file:

            def write(piece: bytes) -> None:
                digest.update(piece)
                file.write(piece)

            yield write
        line = f"{digest.hexdigest()}  {path}\n".encode()
        self._checksums.update(line)
        self._list.write(line)
        self.files += 1

    def write(self, path: str, content: str) -> None:
        with self.file(path) as write:
            write(content.encode())

    def copy(self, path: str, source: IO[bytes]) -> str:
        """Copies a file; returns its SHA-256."""
        digest = hashlib.sha256()
        with self.file(path) as write:
            while piece := source.read(PIECE):
                digest.update(piece)
                write(piece)
        return digest.hexdigest()

    def finish(self, manifest: dict[str, Any]) -> None:
        self._list.close()
        checked = {**manifest, "files": self.files, "checksums": self._checksums.hexdigest()}
        text = json.dumps(checked, indent=1, ensure_ascii=False)
        (self.root / MANIFEST).write_text(text + "\n", encoding="utf-8")

    def close(self) -> None:
        self._list.close()


def dump(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


class Reader:
    """A folder that somebody gave to `import_site`.

    Raises:
        Rejected: it is not an export as it was written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.manifest = self._read_manifest()

    def verify(self) -> None:
        """Compares every file with its checksum, and finds files without one."""
        listed, last = 0, ""
        whole = hashlib.sha256()
        with self.open(CHECKSUMS) as file:
            while line := file.readline(MAX_PATH_LENGTH + 100):
                whole.update(line)
                digest, path = _parsed(line, listed + 1)
                if path <= last:
                    reject(f"{CHECKSUMS} is not in order at “{path[:80]}”.")
                if self.digest(path) != digest:
                    reject(f"{path} is not what was exported: its checksum differs.")
                listed, last = listed + 1, path
        if whole.hexdigest() != self.manifest["checksums"]:
            reject(f"{CHECKSUMS} was changed: its checksum is not that in {MANIFEST}.")
        if listed != self.manifest["files"] or self._count() != listed + 2:
            reject(f"The folder has files that {CHECKSUMS} does not name, or lacks some.")

    def digest(self, path: str) -> str:
        with self.open(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def open(self, path: str) -> BufferedReader:
        """Opens a file below the folder, without following a symbolic link anywhere on the way."""
        parts = path.split("/")
        if any(part in {"", ".", ".."} or "\\" in part for part in parts):
            reject(f"“{path[:80]}” is not a path in an export.")
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            here = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
            for part in parts:
                above = here
                try:
                    here = os.open(part, flags, dir_fd=above)
                finally:
                    os.close(above)
            if not stat.S_ISREG(os.fstat(here).st_mode):
                os.close(here)
                reject(f"“{path[:80]}” is not a file.")
        except (OSError, ValueError):
            reject(f"“{path[:80]}” is missing, or is a symbolic link or not readable.")
        return os.fdopen(here, "rb")

    def columns(self, kind: str) -> set[str]:
        """Those that its schema in this export describes, which may be of an older release."""
        path = f"schemas/{kind}.schema.json"
        try:
            with self.open(path) as file:
                return set(json.loads(file.read(MAX_MANIFEST_BYTES))["properties"])
        except (ValueError, TypeError, KeyError, RecursionError):
            reject(f"{path} is no JSON Schema of an export.")

    def lines(self, path: str) -> Iterator[str]:
        with self.open(path) as file:
            number = 0
            while line := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(line) > MAX_LINE_BYTES:
                    reject(f"Line {number} of {path} is too long.")
                try:
                    yield line.decode().rstrip("\n")
                except UnicodeDecodeError:
                    reject(f"Line {number} of {path} is not UTF-8.")

    def _read_manifest(self) -> dict[str, Any]:
        if not self.root.is_dir():
            reject(f"{self.root} is not a folder.")
        with self.open(MANIFEST) as file:
            content = file.read(MAX_MANIFEST_BYTES + 1)
        try:
            manifest = json.loads(content) if len(content) <= MAX_MANIFEST_BYTES else None
        except (ValueError, RecursionError):
            manifest = None
        expected: dict[str, type] = {
            "format": str,
            "version": int,
            "personal_data": bool,
            "counts": dict,
            "missing": list,
            "files": int,
            "checksums": str,
        }
        if (
            not isinstance(manifest, dict)
            or not all(isinstance(manifest.get(key), kind) for key, kind in expected.items())
            or manifest["format"] != FORMAT
        ):
            reject(f"{MANIFEST} is not the manifest of an export.")
        return manifest

    def _count(self) -> int:
        """The number of files; anything else but folders is refused."""
        count, folders = 0, [self.root]
        while folders:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_symlink():
                        reject(f"{entry.name[:80]} is a symbolic link.")
                    if entry.is_dir():
                        folders.append(Path(entry.path))
                    else:
                        count += 1
        return count


def _parsed(line: bytes, number: int) -> tuple[str, str]:
    try:
        match = CHECKSUM_LINE.fullmatch(line.decode().removesuffix("\n"))
    except UnicodeDecodeError:
        match = None
    if match is None:
        reject(f"Line {number} of {CHECKSUMS} is not a checksum and a path.")
    return match[1], match[2]
