"""Files of other systems, which may be broken or hostile: ZIP files, XML, JSON, YAML and TOML. Plain Python.

ZIP files are exports, read without being unpacked, or folders of images or texts. What no export has, and a hostile
file may, is refused before anything is read: names outside the archive, links, encrypted or repeated members. What
grows out of proportion is refused when it is read.
"""

import json
import re
import shutil
import stat
import struct
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final
from xml.etree.ElementTree import ParseError
from xml.parsers.expat.errors import (
    XML_ERROR_NO_ELEMENTS,
    XML_ERROR_UNCLOSED_CDATA_SECTION,
    XML_ERROR_UNCLOSED_TOKEN,
    codes,
)

from defusedxml import DefusedXmlException, DTDForbidden

from iria.transfer.records import Unreadable

MAX_FILES: Final = 500_000
MAX_FILE_BYTES: Final = 200 * 1024**2
"""The size of a file that is read into memory."""
MAX_TOTAL_BYTES: Final = 20 * 1024**3
MAX_GROWTH: Final = 200
"""Times that such a file may be as large as it is in the archive; text shrinks to about a tenth."""
SMALL: Final = 1024**2
"""A file below this size may grow as it likes."""
CHUNK: Final = 1024**2
METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
ENCRYPTED: Final = 0x1
NOT_CONTENT: Final = frozenset({"__MACOSX", "node_modules"})
BROKEN: Final = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error),
    *(EOFError, NotImplementedError, RuntimeError, UnicodeError, ValueError),
)


@dataclass(slots=True)
class Archive:
    """Use it as a context manager; raises Unreadable if it is refused.

    `is_wanted` says by its path whether a file counts; the others are as if they were not there.
    """

    file: Path
    is_wanted: Callable[[PurePosixPath], bool] = field(default=lambda _path: True)
    _zip: zipfile.ZipFile = field(init=False)
    _members: dict[str, zipfile.ZipInfo] = field(default_factory=dict)

    def __enter__(self) -> "Archive":
        with _readable(
            "The file is no ZIP file, or it is damaged or incomplete; export or copy it again"
        ):
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
            Unreadable: it is damaged, too large, or not there.
        """
        member = self._members.get(name)
        if member is None:
            raise Unreadable(f"The archive has no file {name}.")
        growth = member.file_size / max(member.compress_size, 1)
        if member.file_size > MAX_FILE_BYTES or (member.file_size > SMALL and growth > MAX_GROWTH):
            raise Unreadable(
                f"The archive is refused: a file is too large when it is unpacked ({name})."
            )
        with _readable(f"The file {name} in the archive is damaged"):
            # The size in the directory limits what is read, whatever the data would become.
            return self._zip.read(member)

    def text(self, name: str) -> str:
        return self.read(name).decode("utf-8-sig", "replace")

    def unpack(self, target: Path) -> Path:
        """Its files in the new folder `target`, which may fill half of the disk.

        Raises:
            Unreadable: it is damaged or too large.
        """
        target.mkdir()
        room = min(MAX_TOTAL_BYTES, shutil.disk_usage(target).free // 2)
        for name, member in self._members.items():
            path = target / name
            with _readable(f"The file {name} in the archive is damaged"):
                path.parent.mkdir(parents=True, exist_ok=True)
                with self._zip.open(member) as content, path.open("wb") as copy:
                    while part := content.read(CHUNK):
                        room -= len(part)
                        if room < 0:
                            raise Unreadable(
                                "The unpacked files are too large. Copy them to the server as a folder."
                            )
                        copy.write(part)
        return target

    def _check(self) -> None:
        members = self._zip.infolist()
        if len(members) > MAX_FILES:
            raise Unreadable(f"The archive has more than {MAX_FILES:,} files.")
        total = 0
        for member in members:
            # Windows has packed some with its own separator.
            name = member.orig_filename.replace("\\", "/")
            path = PurePosixPath(name)
            if not NOT_CONTENT.isdisjoint(path.parts) or not self.is_wanted(path):
                continue
            reason = _problem_of(member, name)
            if name in self._members:
                reason = "it has two files of one name"
            if reason:
                raise Unreadable(f"The archive is refused: {reason} ({name[:200]!r}).")
            total += member.file_size
            if not name.endswith("/"):
                self._members[name] = member
        if total > MAX_TOTAL_BYTES:
            raise Unreadable(
                f"The archive is refused: unpacked, it has more than {MAX_TOTAL_BYTES // 1024**3} GB."
            )


def _problem_of(member: zipfile.ZipInfo, name: str) -> str:
    mode = member.external_attr >> 16
    if not name.strip("/") or "\x00" in name:
        return "a file has no name"
    if name.startswith("/") or name[1:2] == ":" or ".." in PurePosixPath(name).parts:
        return "a file would be outside of it"
    if member.flag_bits & ENCRYPTED:
        return "a file is encrypted"
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return "a file is a link or a device"
    if member.compress_type not in METHODS:
        return "a file is compressed in a way that is not read"
    return ""


@contextmanager
def _readable(reason: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unreadable(f"The archive cannot be read: {error.strerror}.") from error
    except BROKEN as error:
        raise Unreadable(f"{reason}.") from error


MAX_KEY_PARTS: Final = 1000
_KEY_PART: Final = r"(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+\.[ \t]*+"
_KEY_PARTS: Final = re.compile(
    rf"(?<![\w-])(?:{_KEY_PART}){{1,{MAX_KEY_PARTS - 1}}}+(?P<more>{_KEY_PART})?"
)


def _check_keys(text: str, first_line: int) -> None:
    """Refuses a dotted key for which `tomllib`, which copies the parts read so far for each, takes seconds."""
    for parts in _KEY_PARTS.finditer(text):
        if parts["more"]:
            raise Unreadable(
                f"The TOML has a key of more than {MAX_KEY_PARTS:,} parts.",
                first_line + text.count("\n", 0, parts.start()),
            )


def loaded(text: str, file_format: str, first_line: int = 1) -> Any:
    """The value of a text in yaml, toml or json; that of YAML has texts, lists and mappings only.

    Raises:
        Unreadable
    """
    import yaml  # docs/decisions/stored-pages.md

    # Every value as text, without the types that YAML would guess, so that “no” and “12:30” stay as written.
    loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        match file_format:
            case "yaml":
                return yaml.load(text, Loader=loader)  # noqa: S506 - it makes nothing but text
            case "toml":
                _check_keys(text, first_line)
                return tomllib.loads(text)
            case _:
                return json.loads(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(
            f"The YAML is broken: {error.problem or error.context}.",
            first_line + mark.line if mark else first_line,
        ) from error
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"The JSON is broken: {error.msg}.", first_line + error.lineno - 1
        ) from error
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"at line (\d+)", str(error))
        message = f"The TOML is broken: {re.sub(r' \(at .*', '', str(error))}."
        raise Unreadable(
            message, first_line + int(where[1]) - 1 if where else first_line
        ) from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        message = f"It cannot be read: {type(error).__name__}."
        # Where is known only if it is within a larger file.
        raise Unreadable(message, first_line if first_line > 1 else 0) from error


MAX_DEPTH: Final = 100
"""Elements within each other; WXR needs five."""
INCOMPLETE: Final = {
    codes[each]
    for each in (XML_ERROR_NO_ELEMENTS, XML_ERROR_UNCLOSED_TOKEN, XML_ERROR_UNCLOSED_CDATA_SECTION)
}
BOMS: Final = (b"\xff\xfe", b"\xfe\xff")
CONTROLS: Final = bytes({*range(32)} - {9, 10, 13})
"""What XML forbids and texts in a database may have all the same: nobody sees it."""
BLANK: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s+(?=<\?xml)")
WHERE: Final = re.compile(r"^(?P<reason>.*): line (?P<line>\d+), column \d+$", re.DOTALL)


class _Tolerant:
    """Bytes without control characters and, in front of the XML declaration, without the blank lines of plugins."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        head = file.read(1000)
        blank = BLANK.match(head)
        self.blank_lines = blank[0].count(b"\n") if blank else 0
        file.seek(blank.end() if blank else 0)
        # In UTF-16 the same bytes are parts of letters.
        self._forbidden = b"" if b"\x00" in head[:4] or head[:2] in BOMS else CONTROLS

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        while content and not (kept := content.translate(None, self._forbidden)):
            content = self._file.read(size)
        return kept if content else b""


@contextmanager
def reading_xml(file: Path, what: str) -> Iterator[_Tolerant]:
    """The opened file; what goes wrong with its XML becomes Unreadable."""
    blank_lines = 0
    try:
        with file.open("rb") as opened:
            source = _Tolerant(opened)
            blank_lines = source.blank_lines
            yield source
    except ParseError as error:
        match = WHERE.match(str(error))
        reason = match["reason"] if match else str(error)
        message = f"The XML is broken: {reason}."
        if error.code in INCOMPLETE:
            message = f"The file ends in the middle ({reason}). Export or copy it again."
        raise Unreadable(message, error.position[0] + blank_lines) from error
    except DTDForbidden as error:
        raise Unreadable(f"The file declares a document type, which {what} never does.") from error
    except DefusedXmlException as error:
        raise Unreadable(f"The file declares entities, which {what} never does.") from error
    except (ValueError, LookupError, UnicodeError) as error:
        raise Unreadable(f"The encoding of the file cannot be read: {error}.") from error
    except OSError as error:
        raise Unreadable(f"The file cannot be opened: {error.strerror}.") from error
