"""The formats that the admin can import. A new one needs a parser and an entry here.

Parsers are imported when a file is opened, since the admin needs their names only (docs/decisions/memory.md).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from iria.transfer.writer.run import Source


@dataclass(frozen=True, slots=True)
class Options:
    """What was said of the old site; a format uses what it needs."""

    zone: ZoneInfo
    site_url: str = ""
    post_types: tuple[str, ...] = ()
    """Of WordPress, besides posts."""
    redirects: Path | None = None
    routes: Path | None = None
    """Of Ghost."""


@dataclass(frozen=True, slots=True)
class Format:
    name: str
    how_to_export: str
    """A sentence for people who do not know their old system well."""
    suffixes: tuple[str, ...]
    """Of its files."""
    open: Callable[[Path, Options], Source]
    """File or folder → its parser."""
    has_sizes: bool = False
    """Whether its uploads have smaller versions of each image beside it."""
    is_folder: bool = False
    """Whether it is a folder with texts and images, uploaded as a ZIP file."""


def _wordpress(file: Path, given: Options) -> Source:
    from iria.transfer.wordpress.parser import Export

    return Export(file, given.zone, ("post", *given.post_types))


def _ghost(file: Path, given: Options) -> Source:
    from iria.transfer.ghost.parser import ALL_PRIMARY, Export

    return Export(
        file,
        given.site_url,
        frozenset([ALL_PRIMARY]),
        redirects_file=given.redirects,
        routes_file=given.routes,
    )


def _markdown(folder: Path, given: Options) -> Source:
    from iria.transfer.markdown.parser import MarkdownFolder

    return MarkdownFolder(folder, given.zone, given.site_url)


def _substack(file: Path, given: Options) -> Source:
    from iria.transfer.substack import Export

    return Export(file, given.site_url)


def _medium(file: Path, given: Options) -> Source:
    from iria.transfer.medium import Export

    return Export(file)


def _feed(file: Path, given: Options) -> Source:
    from iria.transfer.feeds import Feed

    return Feed(file, given.site_url)


FORMATS: Final = {
    "wordpress": Format(
        "WordPress",
        "In WordPress: Tools, Export, All content. The result is one XML file.",
        (".xml",),
        _wordpress,
        has_sizes=True,
    ),
    "ghost": Format(
        "Ghost",
        "In Ghost: Settings, Import/Export, Export content. Members are imported as subscribers of a newsletter.",
        (".json",),
        _ghost,
    ),
    "substack": Format(
        "Substack",
        "In Substack: Settings, Exports, New export. The result is a ZIP file.",
        (".zip",),
        _substack,
    ),
    "medium": Format(
        "Medium",
        "In Medium: Settings, Security and apps, Download your information. The result is a ZIP file.",
        (".zip",),
        _medium,
    ),
    "markdown": Format(
        "Hugo, Jekyll, Eleventy or Markdown",
        "Markdown: the folder of the site with its texts and images, as a ZIP file.",
        (".zip",),
        _markdown,
        is_folder=True,
    ),
    "feed": Format(
        "RSS, Atom or JSON Feed",
        "Feeds: the feed saved as a file. Most feeds have the newest articles only.",
        (".xml", ".rss", ".atom", ".json"),
        _feed,
    ),
}
"""System → format."""
