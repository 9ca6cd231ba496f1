"""The files of a folder, and the fields at the beginning of a text (front matter), as YAML, TOML or JSON.

Never a file outside the folder, whatever a link or a path in a text says.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import unquote

from articles.body.cleaning import UNSTORABLE
from iria.transfer.names import url_parts
from iria.transfer.records import Unreadable
from iria.transfer.source_files import loaded

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
LEAD_PARTS: Final = ("src", "path", "url", "image", "feature", "relative", "teaser", "file", "name")
IMAGE_FILE: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|tiff?|bmp)$", re.IGNORECASE)
CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{1,40})", re.IGNORECASE)
MAX_FILE_BYTES: Final = 5 * 1024**2


@dataclass(slots=True)
class Folder:
    root: Path
    left_out: frozenset[str] = LEFT_OUT
    _real: Path = field(init=False)
    _paths: dict[str, str] = field(default_factory=dict)
    """Name of a file in lower case, that of a text also without its suffix → the shortest path."""

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
            raise Unreadable(f"The folder cannot be read: {error.strerror}.") from error

        if not self._real.is_dir():
            raise Unreadable(
                "This is not a folder. Give the folder of the site; unpack a ZIP file first."
            )
        start = Path(os.path.realpath(self._real / below))
        if not start.is_relative_to(self._real):
            raise Unreadable(f"{below} leads out of the folder.")
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

    def find(self, name: str) -> str:
        """The path of a file or a text that is named without its folder, or only with a part of it."""
        name = unquote(name).strip().lstrip("/")
        for end in ("", ".md", ".markdown"):
            if found := self.relative(f"{name}{end}"):
                return found
        if not self._paths:
            for path in self.files():
                pure = PurePosixPath(path)
                for key in (pure.name, pure.stem) if pure.suffix.lower() in TEXTS else (pure.name,):
                    known = self._paths.setdefault(key.casefold(), path)
                    if path.count("/") < known.count("/"):
                        self._paths[key.casefold()] = path
        last = PurePosixPath(name.casefold())
        stem = last.stem if last.suffix in TEXTS else ""
        return self._paths.get(last.name) or self._paths.get(stem, "")

    def has(self, path: str) -> bool:
        return (self._real / path).exists()

    def read(self, path: str) -> tuple[str, bool]:
        """The text, and whether it had to be read as Windows-1252 because it is no UTF-8.

        Raises:
            Unreadable
        """
        file = self.file(path)
        if file is None:
            raise Unreadable(f"{path}: It leads out of the folder, or is no file.")
        try:
            if file.stat().st_size > MAX_FILE_BYTES:
                raise Unreadable(f"{path}: The file is larger than {MAX_FILE_BYTES // 1024**2} MB.")
            content = file.read_bytes()
        except OSError as error:
            raise Unreadable(f"{path}: The file cannot be read: {error.strerror}.") from error
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


type Value = str | list[Value] | Fields
TRUE: Final = frozenset({"true", "yes", "on", "1"})
FALSE: Final = frozenset({"false", "no", "off", "0"})


class Fields(dict[str, Value]):
    """The fields of a text or of a part of it, with lower-case names. What is not there is empty."""

    def first(self, *names: str) -> str:
        """The first of these that has a text, on one line."""
        return next((found for each in names if (found := text_of(self.get(each)))), "")

    def is_true(self, *names: str) -> bool:
        return self.first(*names).lower() in TRUE

    def is_false(self, *names: str) -> bool:
        return self.first(*names).lower() in FALSE

    def part(self, name: str) -> "Fields":
        """The fields below this one."""
        value = self.get(name)
        return value if isinstance(value, Fields) else Fields()

    def parts(self, name: str) -> "list[Fields]":
        """The same of each value in a list."""
        value = self.get(name)
        return (
            [each for each in value if isinstance(each, Fields)] if isinstance(value, list) else []
        )


FENCE: Final = re.compile(r"(?P<fence>---|\+\+\+)(?P<format>json|toml|yaml)?[ \t]*(?:\n|$)")
JSON_START: Final = re.compile(r"\{\s*(?:\"|\}\s*$)")
MAX_FIELDS_LENGTH: Final = 200_000
MAX_DEPTH: Final = 12
MAX_VALUES: Final = 20_000


@dataclass(slots=True)
class Document:
    """A text and its fields."""

    fields: Fields
    body: str
    has_fields: bool = True
    is_guess: bool = False
    """Whether the encoding was guessed."""


def split_fields(text: str) -> Document:
    """The front matter and what follows it.

    Raises:
        Unreadable: there is front matter, but it is broken.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if JSON_START.match(text):
        return _json(text)
    opened = FENCE.match(text)
    if opened is None:
        return Document(Fields(), text, has_fields=False)
    ends = r"---|\.\.\." if opened["fence"] == "---" else r"\+\+\+"
    closed = re.compile(rf"^(?:{ends})[ \t]*$", re.MULTILINE).search(text, opened.end())
    if closed is None:
        # A line of its own at the beginning of a text without fields.
        return Document(Fields(), text, has_fields=False)
    given = text[opened.end() : closed.start()]
    file_format = opened["format"] or ("yaml" if opened["fence"] == "---" else "toml")
    return Document(
        parse_fields(given, file_format, first_line=2), text[closed.end() :].lstrip("\n")
    )


def parse_fields(text: str, file_format: str, first_line: int = 1) -> Fields:
    """The fields of a text in this format: yaml, toml or json.

    Raises:
        Unreadable
    """
    if len(text) > MAX_FIELDS_LENGTH:
        raise Unreadable(f"The fields have more than {MAX_FIELDS_LENGTH:,} characters.", first_line)
    return _fields(loaded(text, file_format, first_line), first_line)


def _json(text: str) -> Document:
    try:
        found, end = json.JSONDecoder().raw_decode(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"The JSON is broken: {error.msg}.", error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable("The JSON at the beginning cannot be read.", 1) from error
    return Document(_fields(found, 1), text[end:].lstrip("\n"))


def _fields(found: Any, line: int) -> Fields:
    if found is None or found == "":
        return Fields()
    if not isinstance(found, dict):
        raise Unreadable("The front matter has no fields with names.", line)
    value = _Reader(line).value(found)
    return value if isinstance(value, Fields) else Fields()


@dataclass(slots=True)
class _Reader:
    """Counts, because aliases of YAML can name a value so often that a small file becomes a large one."""

    line: int
    count: int = field(default=0)

    def value(self, given: Any, depth: int = 0) -> Value:
        self.count += 1
        if self.count > MAX_VALUES or depth > MAX_DEPTH:
            raise Unreadable(
                "The fields have too many values, or values too deep in each other.", self.line
            )
        match given:
            case dict():
                return Fields(
                    (UNSTORABLE.sub("", str(key)).strip().lower(), self.value(each, depth + 1))
                    for key, each in given.items()
                )
            case list():
                return [self.value(each, depth + 1) for each in given]
            case bool():
                return "true" if given else "false"
            case datetime() | date() | time():
                return given.isoformat()
            case None:
                return ""
            case _:
                return UNSTORABLE.sub("", str(given))


def text_of(value: Value | None) -> str:
    """A value as one line of text; that of a list is its first."""
    match value:
        case str():
            return " ".join(value.split())
        case list():
            return text_of(value[0]) if value else ""
        case _:
            return ""


def texts_of(value: Value | None) -> list[str]:
    """Every text in a list, or the one; of fields in it, their `name`."""
    match value:
        case str():
            return [text] if (text := " ".join(value.split())) else []
        case list():
            return [text for each in value for text in texts_of(each)]
        case Fields():
            return texts_of(value.get("name") or value.get("title"))
        case _:
            return []


def image_of(value: Value | None, depth: int = 0) -> tuple[str, dict[str, str]]:
    """The URL of the image that a field names, and its alt text, caption and credit."""
    match value:
        case str() if IMAGE_FILE.search(url_parts(value.strip()).path) or value.startswith("http"):
            return value.strip(), {}
        case list() if value:
            return image_of(value[0], depth)
        case Fields() if depth < 3:
            url = next(
                (url for each in LEAD_PARTS if (url := image_of(value.get(each), depth + 1)[0])), ""
            )
            parts = {
                "alt": value.first("alt", "image_alt", "alttext", "alt_text"),
                "caption": value.first("caption", "image_caption", "title", "description"),
                "credit": value.first("credit", "credits", "attribution", "copyright", "author"),
            }
            return url, parts
        case _:
            return "", {}
