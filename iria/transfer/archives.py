"""Zip files of other systems, read without being unpacked. Plain Python.

What no export has, and a hostile file may, is refused before anything is read: names outside the archive, links,
encrypted or repeated members, and members that grow out of proportion.
"""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from iria.transfer.records import Unreadable

MOST_MEMBERS: Final = 500_000
LARGEST: Final = 200 * 1024**2
LARGEST_TOTAL: Final = 8 * 1024**3
MOST_GROWTH: Final = 200
"""Times that a member may be as large as it is in the archive; text shrinks to about a tenth."""
SMALL: Final = 1024**2
"""A member below this size may grow as it likes."""
METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
ENCRYPTED: Final = 0x1
OF_MAC: Final = "__MACOSX"
BROKEN: Final = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error),
    *(EOFError, NotImplementedError, RuntimeError, UnicodeError, ValueError),
)


@dataclass(slots=True)
class Archive:
    """Use it as a context manager; raises Unreadable if it is refused."""

    file: Path
    _zip: zipfile.ZipFile = field(init=False)
    _members: dict[str, zipfile.ZipInfo] = field(default_factory=dict)

    def __enter__(self) -> "Archive":
        with _readable("The file is no zip archive, or it is damaged"):
            self._zip = zipfile.ZipFile(self.file)
        try:
            self._check()
        except BaseException:
            self._zip.close()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        self._zip.close()

    def names(self) -> Iterator[str]:
        """The files in it, in their order."""
        yield from self._members

    def read(self, name: str) -> bytes:
        """The content of a file.

        Raises:
            Unreadable: it is damaged, or not there.
        """
        member = self._members.get(name)
        if member is None:
            message = f"The archive has no file {name}."
            raise Unreadable(message)
        with _readable(f"The file {name} in the archive is damaged"):
            # The size in the directory limits what is read, whatever the data would become.
            return self._zip.read(member)

    def text(self, name: str) -> str:
        return self.read(name).decode("utf-8-sig", "replace")

    def _check(self) -> None:
        members = self._zip.infolist()
        if len(members) > MOST_MEMBERS:
            message = f"The archive has more than {MOST_MEMBERS:,} files."
            raise Unreadable(message)
        total = 0
        seen: set[str] = set()
        for member in members:
            name = member.filename
            if reason := _problem_of(member):
                message = f"The archive is refused: {reason} ({name[:200]!r})."
                raise Unreadable(message)
            if name.casefold() in seen:
                message = f"The archive is refused: it has two files of one name ({name[:200]!r})."
                raise Unreadable(message)
            seen.add(name.casefold())
            total += member.file_size
            if not member.is_dir() and not name.startswith(OF_MAC):
                self._members[name] = member
        if total > LARGEST_TOTAL:
            message = (
                f"The archive is refused: unpacked, it has more than {LARGEST_TOTAL // 1024**3} GB."
            )
            raise Unreadable(message)


def _problem_of(member: zipfile.ZipInfo) -> str:
    name = member.orig_filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    mode = member.external_attr >> 16
    growth = member.file_size / max(member.compress_size, 1)
    if not name.strip("/") or "\x00" in name:
        return "a file has no name"
    if name.startswith("/") or (len(name) > 1 and name[1] == ":") or ".." in parts:
        return "a file would be outside of it"
    if member.flag_bits & ENCRYPTED:
        return "a file is encrypted"
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return "a file is a link or a device"
    if member.compress_type not in METHODS:
        return "a file is compressed in a way that is not read"
    if member.file_size > LARGEST:
        return f"a file has more than {LARGEST // 1024**2} MB"
    if member.file_size > SMALL and growth > MOST_GROWTH:
        return "a file becomes too large when it is unpacked"
    return ""


@contextmanager
def _readable(reason: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"The archive cannot be read: {error.strerror}."
        raise Unreadable(message) from error
    except BROKEN as error:
        message = f"{reason}."
        raise Unreadable(message) from error
