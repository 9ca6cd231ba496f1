"""What RSS, Atom and JSON Feed have in common."""

from dataclasses import dataclass, field


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
    published: str = ""
    modified: str = ""
    authors: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    media: list[Medium] = field(default_factory=list)
