"""The files of a folder; never one outside it, whatever a link or a path in a text says."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from iria.transfer.records import Unreadable

TEXTS: Final = frozenset({".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdx", ".html", ".htm"})
NOT_READ: Final = frozenset(
    {".adoc", ".asciidoc", ".org", ".rst", ".textile", ".rmd", ".ipynb", ".pandoc", ".docx", ".odt"}
)
"""Texts of other forms, which are only named."""
LEFT_OUT: Final = frozenset(
    {"node_modules", "vendor", "_site", "_includes", "_layouts", "_sass", "_data", "_plugins"}
    | {"_cache", "__pycache__"}
)
"""Folders of generators, which hold no texts."""
CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{1,40})", re.IGNORECASE)
LONGEST: Final = 5 * 1024**2


@dataclass(slots=True)
class Folder:
    root: Path
    left_out: frozenset[str] = LEFT_OUT
    _real: Path = field(init=False)

    def __post_init__(self) -> None:
        self._real = Path(os.path.realpath(self.root))

    def texts(self, below: str = "") -> Iterator[str]:
        """The paths of the texts, also of those in other forms, sorted. Raises Unreadable; see `files`."""
        for path in self.files(below):
            suffix = Path(path).suffix.lower()
            if suffix in TEXTS or suffix in NOT_READ or (self._real / path).is_dir():
                yield path

    def files(self, below: str = "") -> Iterator[str]:
        """The paths of all files, sorted; symbolic links are not followed, and named as files.

        Raises:
            Unreadable: it is no folder, or cannot be read.
        """

        def fail(error: OSError) -> None:
            message = f"The folder cannot be read: {error.strerror}."
            raise Unreadable(message) from error

        if not self._real.is_dir():
            message = "This is not a folder. Give the folder of the site; unpack a ZIP file first."
            raise Unreadable(message)
        start = Path(os.path.realpath(self._real / below))
        if not start.is_relative_to(self._real):
            message = f"{below} leads out of the folder."
            raise Unreadable(message)
        for place, folders, names in start.walk(on_error=fail):
            folders[:] = sorted(
                each for each in folders if not each.startswith(".") and each not in self.left_out
            )
            for name in sorted(names):
                if not name.startswith("."):
                    yield (place / name).relative_to(self._real).as_posix()

    def file(self, path: str) -> Path | None:
        """The file at a path below the folder, or None if there is none, or only outside."""
        try:
            found = Path(os.path.realpath(self._real / path.lstrip("/")))
            is_inside = found.is_relative_to(self._real)
            return found if is_inside and found.is_file() else None
        except (OSError, ValueError):
            return None

    def relative(self, path: str) -> str:
        """The path without `..`, by which an image is known; empty if there is no such file."""
        file = self.file(path)
        return file.relative_to(self._real).as_posix() if file else ""

    def has(self, path: str) -> bool:
        return (self._real / path).exists()

    def read(self, path: str) -> tuple[str, bool]:
        """The text, and whether it had to be read as Windows-1252 because it is no UTF-8.

        Raises:
            Unreadable
        """
        file = self.file(path)
        if file is None:
            message = f"{path}: It leads out of the folder, or is no file."
            raise Unreadable(message)
        try:
            if file.stat().st_size > LONGEST:
                message = f"{path}: The file is larger than {LONGEST // 1024**2} MB."
                raise Unreadable(message)
            content = file.read_bytes()
        except OSError as error:
            message = f"{path}: The file cannot be read: {error.strerror}."
            raise Unreadable(message) from error
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16", "replace"), False
        try:
            return content.decode("utf-8-sig"), False
        except UnicodeDecodeError:
            declared = CHARSET.search(content[:2000])
            try:
                return content.decode(declared[1].decode() if declared else "cp1252"), not declared
            except (LookupError, UnicodeError):
                return content.decode("cp1252", "replace"), True
