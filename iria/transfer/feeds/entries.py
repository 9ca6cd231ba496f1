"""What RSS, Atom and JSON Feed have in common."""

from dataclasses import dataclass, field
from html import escape


@dataclass(slots=True)
class Medium:
    """A file that an entry names."""

    url: str
    is_image: bool
    caption: str = ""
    """HTML."""
    credit: str = ""
    alt: str = ""


@dataclass(slots=True)
class Head:
    """What a feed says of itself."""

    title: str = ""
    url: str = ""
    language: str = ""
    authors: list[str] = field(default_factory=list)
    next_page: str = ""
    """The URL of the feed's next page, with older entries (RFC 5005)."""


@dataclass(slots=True)
class Entry:
    """One text. Its parts are HTML, also those that a feed has as plain text."""

    source_id: str = ""
    url: str = ""
    base: str = ""
    """What relative URLs in it are relative to."""
    title: str = ""
    content: str = ""
    summary: str = ""
    language: str = ""
    kind: str = ""
    """Exports of Blogger have other things than posts too."""
    is_draft: bool = False
    published: str = ""
    modified: str = ""
    authors: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    media: list[Medium] = field(default_factory=list)


def paragraphs(text: str) -> str:
    """Plain text as HTML; without paragraphs if it has only one line."""
    parts = escape(text, quote=False).replace("\r\n", "\n").strip().split("\n\n")
    if len(parts) == 1 and "\n" not in parts[0]:
        return parts[0]
    return "".join(
        f"<p>{part.strip().replace(chr(10), '<br>')}</p>" for part in parts if part.strip()
    )
