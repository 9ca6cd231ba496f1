"""What a feed is about: the whole site, a category, a tag, an author, a language, a thread."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from articles.feeds.entries import Entry, Person
from articles.feeds.xml import legal
from iria.kit.addresses import absolute
from iria.publication.models import Publication

BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""When a feed without entries last changed: a moment that stays the same from call to call."""


@dataclass(frozen=True, slots=True)
class Channel:
    """The head of a feed, and its entries, newest first."""

    title: str
    description: str
    path: str
    """Of the page that shows the same articles to people."""
    language: str
    rights: str
    publisher: Person
    entries: list[Entry] = field(default_factory=list)
    narrowed: str = ""
    """What stands behind the question mark of the page, such as the words of a search."""
    asked: str = ""
    """The same of the feed, which knows more: `text=summary`."""

    @property
    def home(self) -> str:
        """The address of the page."""
        return absolute(_with(self.path, self.narrowed))

    def feed_address(self, form: str) -> str:
        """The address of this feed as RSS (no form), `atom` or `json`."""
        place = f"{self.path}feed/{form}/" if form else f"{self.path}feed/"
        return absolute(_with(place, self.asked))

    @property
    def updated(self) -> datetime:
        return max((entry.updated for entry in self.entries), default=BEGINNING)


def channel_of(
    publication: Publication,
    entries: list[Entry],
    *,
    path: str = "/",
    name: str = "",
    description: str = "",
    language: str = "",
    narrowed: str = "",
    asked: str = "",
) -> Channel:
    """The channel of a listing.

    Args:
        path: the page of the listing, to which `feed/` is added.
        name: what the listing is called, besides the publication's own name.
    """
    title = f"{name} – {publication.name}" if name else publication.name
    return Channel(
        title=legal(title),
        description=legal(description or publication.tagline or publication.about or title),
        path=path,
        language=language or publication.language_codes[0],
        rights=legal(f"© {publication.copyright_years} {publication.copyright_holder}"),
        publisher=Person(legal(publication.name), absolute("/")),
        entries=entries,
        narrowed=narrowed,
        asked=asked,
    )


def _with(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
