"""The formats of other systems, and what a file is, so that a wrong one is refused in words that help.

A new format needs a parser and an entry in `FORMATS`. Parsers are imported when a file is opened, since the admin needs
their names only (docs/decisions/stored-pages.md). To tell what a file is, only its beginning is read, or the names in a ZIP
file. What is not recognised is left to the parser.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Final
from zoneinfo import ZoneInfo

from django.utils.module_loading import import_string

from iria.transfer.records import Unreadable
from iria.transfer.source_files import BROKEN
from iria.transfer.writer.run import Source


@dataclass(frozen=True, slots=True)
class Options:
    """What was said of the old site; a format uses what it needs."""

    zone: ZoneInfo
    site_url: str = ""
    post_types: tuple[str, ...] = ()
    """The types of WordPress to import besides posts."""
    redirects: Path | None = None
    routes: Path | None = None
    """The file with the routes of Ghost."""


@dataclass(frozen=True, slots=True)
class Format:
    name: str
    content: str
    """What its parser reads, such as “a WordPress export (XML)”."""
    how_to_export: str
    """A sentence for people who do not know their old system well."""
    suffixes: tuple[str, ...]
    """The suffixes of its files."""
    open: Callable[[Path, Options], Source]
    """File or folder → its parser."""
    has_sizes: bool = False
    """Whether its uploads have smaller versions of each image beside it."""
    is_folder: bool = False
    """Whether it is a folder with texts and images, uploaded as a ZIP file."""


def _parser(path: str) -> Callable[..., Source]:
    parser: Callable[..., Source] = import_string(f"iria.transfer.{path}")
    return parser


FORMATS: Final = {
    "wordpress": Format(
        "WordPress",
        "a WordPress export (XML)",
        "In WordPress: Tools, Export, All content. The result is one XML file.",
        (".xml",),
        lambda file, given: _parser("wordpress.parser.Export")(
            file, given.zone, ("post", *given.post_types)
        ),
        has_sizes=True,
    ),
    "ghost": Format(
        "Ghost",
        "a Ghost export (JSON)",
        "In Ghost: Settings, Import/Export, Export content. Members are imported as subscribers of a newsletter.",
        (".json",),
        lambda file, given: _parser("ghost.parser.Export")(
            file, given.site_url, redirects_file=given.redirects, routes_file=given.routes
        ),
    ),
    "substack": Format(
        "Substack",
        "a Substack export (ZIP)",
        "In Substack: Settings, Exports, New export. The result is a ZIP file.",
        (".zip",),
        lambda file, given: _parser("substack.Export")(file, given.site_url),
    ),
    "medium": Format(
        "Medium",
        "a Medium export (ZIP)",
        "In Medium: Settings, Security and apps, Download your information. The result is a ZIP file.",
        (".zip",),
        lambda file, _given: _parser("medium.Export")(file),
    ),
    "markdown": Format(
        "Hugo, Jekyll, Eleventy or Markdown",
        "a folder of Markdown or HTML files",
        "Markdown: the folder of the site with its texts and images, as a ZIP file.",
        (".zip",),
        lambda file, given: _parser("markdown.parser.MarkdownFolder")(
            file, given.zone, given.site_url
        ),
        is_folder=True,
    ),
    "feed": Format(
        "RSS, Atom or JSON Feed",
        "a feed (RSS, Atom or JSON Feed)",
        "Feeds: the feed saved as a file. Most feeds have the newest articles only.",
        (".xml", ".rss", ".atom", ".json"),
        lambda file, given: _parser("feeds.Feed")(file, given.site_url),
    ),
}
"""System → format."""


START: Final = 64 * 1024
MAX_NAMES: Final = 10_000
A_ZIP: Final = "a ZIP file"
IN_XML: Final = (
    (re.compile(r"xmlns:\w+\s*=\s*[\"']http://wordpress\.org/export/"), "wordpress"),
    (re.compile(r"<(?:rss|feed|rdf:RDF|\w+:feed)\b"), "feed"),
)
IN_JSON: Final = (
    (re.compile(r"\"version\"\s*:\s*\"https?://jsonfeed\.org/version"), "feed"),
    (re.compile(r"\"(?:db|exported_on|posts_tags|mobiledoc|lexical)\"\s*:"), "ghost"),
)
PAGE: Final = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE)
SUBSTACK: Final = re.compile(r"(?:^|/)posts/\d+\.[^/]*\.html$")
LIST: Final = "posts.csv"
MEDIUM: Final = re.compile(r"(?:^|/)posts/(?:draft_|\d{4}-\d{2}-\d{2}_)[^/]*-[0-9a-f]{8,14}\.html$")
MARKDOWN: Final = re.compile(r"(?:^|[^/])\.(?:md|mdx|markdown)$", re.IGNORECASE)
COPY_AGAIN: Final = "Export or copy it again."
UNPACK: Final = "Unpack it first."
SIGNATURES: Final = (
    (b"\x1f\x8b", "a gzip file", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z file", UNPACK),
    (b"Rar!", "a RAR file", UNPACK),
    (b"BZh", "a bzip2 file", UNPACK),
    (b"\xfd7zXZ", "an xz file", UNPACK),
    (b"%PDF", "a PDF", ""),
    (b"\x89PNG", "an image", ""),
    (b"\xff\xd8\xff", "an image", ""),
    (b"GIF8", "an image", ""),
    (b"SQLite format 3", "a database", ""),
)
DUMP: Final = re.compile(r"^-- (?:MySQL|MariaDB|PostgreSQL|phpMyAdmin)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Found:
    what: str
    """With its article, such as “an empty file”."""
    system: str = ""
    to_do: str = ""


def require(path: Path, system: str) -> None:
    """Refuses what is clearly something else than the parser of this system reads.

    Raises:
        Unreadable: with what it is and what to do.
    """
    try:
        if path.is_dir():
            detected = _folder(path, system)
        else:
            with path.open("rb") as file:
                detected = recognise(file)
    except OSError:
        # The parser says why it cannot be opened.
        return
    if message := rejection(detected, system):
        raise Unreadable(message)


def rejection(detected: Found | None, system: str) -> str:
    """What it is and what to do, if it is clearly something else than the parser of this system reads."""
    if detected is None or detected.system == system:
        return ""
    if (detected.what == A_ZIP and ".zip" in FORMATS[system].suffixes) or (
        detected.system,
        system,
    ) == (
        "feed",
        "wordpress",
    ):
        # The parser tells them apart, and names the line if the XML is broken.
        return ""
    to_do = (
        f"Choose that system, or use import_{detected.system}."
        if detected.system
        else detected.to_do
    )
    return f"This is {detected.what}, not {FORMATS[system].content}. {to_do}".rstrip()


def _folder(path: Path, system: str) -> Found | None:
    names = (each.relative_to(path).as_posix() for each in _below(path))
    packed = _system_of(names)
    if packed in {"substack", "medium"}:
        return Found(f"the folder of {FORMATS[packed].content}", "", "Give its ZIP file as it was.")
    return (
        None if system == "markdown" else Found("a folder", "", "Give the file that was exported.")
    )


def _below(path: Path) -> Iterator[Path]:
    for folder, _folders, names in path.walk():
        for name in names:
            yield folder / name


def recognise(file: IO[bytes]) -> Found | None:
    """What a file is, if its beginning or the names in a ZIP file say so."""
    start = file.read(START)
    if not start.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        return Found("an empty file", "", COPY_AGAIN)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(file)
    for signature, what, to_do in SIGNATURES:
        if start.startswith(signature):
            return Found(what, "", to_do)
    encoding = "utf-16" if start[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    return _text(start.decode(encoding, "replace").lstrip())


def _zip(file: IO[bytes]) -> Found | None:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except BROKEN:
        return Found("a ZIP file that is damaged or incomplete", "", COPY_AGAIN)
    if not names:
        return Found("an empty ZIP file", "", COPY_AGAIN)
    if system := _system_of(names):
        return Found(FORMATS[system].content, system)
    return Found(A_ZIP, "", UNPACK)


def _system_of(names: Iterable[str]) -> str:
    """Whose export a folder or an archive with these files is, if it is one."""
    listed = list(islice(names, MAX_NAMES))
    if any(f"/{each}".endswith(f"/{LIST}") for each in listed) and any(
        map(SUBSTACK.search, listed)
    ):
        return "substack"
    if any(map(MEDIUM.search, listed)):
        return "medium"
    return "markdown" if any(map(MARKDOWN.search, listed)) else ""


def _text(start: str) -> Found | None:
    if start.startswith("<"):
        if PAGE.match(start):
            return Found("a web page", "", "Download the export or the feed itself.")
        patterns = IN_XML
    elif start.startswith(("{", "[")):
        patterns = IN_JSON
    elif DUMP.search(start[:2000]):
        return Found("a dump of a database", "", "Export the texts in the old system instead.")
    elif re.match(
        r"[^\n]*\be-?mail\b[^\n]*[,;\t][^\n]*\n|[^\n]*[,;\t][^\n]*\be-?mail", start, re.I
    ):
        return Found(
            "a list of subscribers", "", "Import it in the newsletter, or with import_subscribers."
        )
    else:
        return None
    system = next((system for pattern, system in patterns if pattern.search(start)), "")
    return Found(FORMATS[system].content, system) if system else None
