"""What a file is, so that a wrong one is refused in words that help. Plain Python.

Only its beginning is read, or the names in a ZIP file. What is not recognised is left to the parser.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from iria.transfer.archives import BROKEN
from iria.transfer.records import Unreadable

START: Final = 64 * 1024
MOST_NAMES: Final = 10_000
EXPECTED: Final = {
    "wordpress": "a WordPress export (XML)",
    "ghost": "a Ghost export (JSON)",
    "substack": "a Substack export (ZIP)",
    "medium": "a Medium export (ZIP)",
    "markdown": "a folder of Markdown or HTML files",
    "feed": "a feed (RSS, Atom or JSON Feed)",
}
"""System → what its parser reads."""
A_ZIP: Final = "a ZIP file"
ZIPPED: Final = frozenset({"substack", "medium", "markdown"})
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
AGAIN: Final = "Export or copy it again."
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
        found = _folder(path, system) if path.is_dir() else _file(path)
    except OSError:
        # The parser says why it cannot be opened.
        return
    if found is None or found.system == system:
        return
    if (found.what == A_ZIP and system in ZIPPED) or (found.system, system) == (
        "feed",
        "wordpress",
    ):
        # The parser tells them apart, and names the line if the XML is broken.
        return
    to_do = f"Choose that system, or use import_{found.system}." if found.system else found.to_do
    message = f"This is {found.what}, not {EXPECTED[system]}. {to_do}".rstrip()
    raise Unreadable(message)


def _folder(path: Path, system: str) -> Found | None:
    names = (each.relative_to(path).as_posix() for each in _below(path))
    if packed := _system_of(names):
        return Found(f"the folder of {EXPECTED[packed]}", "", "Give its ZIP file as it was.")
    return (
        None if system == "markdown" else Found("a folder", "", "Give the file that was exported.")
    )


def _below(path: Path) -> Iterator[Path]:
    for folder, _folders, names in path.walk():
        for name in names:
            yield folder / name


def _file(path: Path) -> Found | None:
    with path.open("rb") as source:
        start = source.read(START)
    if not start.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        return Found("an empty file", "", AGAIN)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(path)
    for signature, what, to_do in SIGNATURES:
        if start.startswith(signature):
            return Found(what, "", to_do)
    encoding = "utf-16" if start[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    return _text(start.decode(encoding, "replace").lstrip())


def _zip(path: Path) -> Found | None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except BROKEN:
        return Found("a ZIP file that is damaged or incomplete", "", AGAIN)
    if not names:
        return Found("an empty ZIP file", "", AGAIN)
    if system := _system_of(names):
        return Found(EXPECTED[system], system)
    return Found(A_ZIP, "", UNPACK)


def _system_of(names: Iterable[str]) -> str:
    """Whose export a folder or an archive with these files is, if it is one."""
    listed = list(islice(names, MOST_NAMES))
    if any(f"/{each}".endswith(f"/{LIST}") for each in listed) and any(
        map(SUBSTACK.search, listed)
    ):
        return "substack"
    return "medium" if any(map(MEDIUM.search, listed)) else ""


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
    return Found(EXPECTED[system], system) if system else None
