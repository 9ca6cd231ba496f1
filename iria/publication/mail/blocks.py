"""The parts of an e-mail; each is rendered as HTML and as plain text."""

import re
from dataclasses import dataclass
from typing import ClassVar, Final

from django.utils.safestring import SafeString

BREAKING_SPACE: Final = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    kind: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True, slots=True)
class Button:
    """A call to action."""

    kind: ClassVar[str] = "button"
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, optionally with a link."""

    kind: ClassVar[str] = "heading"
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A comment, with a link to read and answer it."""

    kind: ClassVar[str] = "quote"
    name: str
    when: str
    text: str
    html: SafeString
    """The text as HTML, as on the page."""
    link_label: str
    url: str
    context: str = ""
    """Where it was written, for example the headline of the article."""


Block = Paragraph | Button | Heading | Quote


@dataclass(frozen=True, slots=True)
class FooterLink:
    """A link in the footer of an e-mail."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class EmailContent:
    """The content of an e-mail."""

    subject: str
    blocks: tuple[Block, ...]
    reason: str = ""
    """Why the recipient gets it."""
    links: tuple[FooterLink, ...] = ()


def blocks_of(text: str) -> tuple[Block, ...]:
    """A plain text as blocks: paragraphs, and buttons for URLs on separate lines.

    A line before the URL that ends with a colon is the label of the button.
    """
    found: list[Block] = []
    label = ""
    for part in text.strip().split("\n\n"):
        lines = [
            " ".join(BREAKING_SPACE.split(line.strip()))
            for line in part.splitlines()
            if line.strip()
        ]
        if len(lines) == 1 and lines[0].startswith(("http://", "https://")):
            found.append(Button(label or lines[0], lines[0]))
            label = ""
            continue
        if label:
            found.append(Paragraph(f"{label}:"))
        label = lines.pop().rstrip(": ") if lines and lines[-1].endswith(":") else ""
        if lines:
            found.append(Paragraph(" ".join(lines)))
    return tuple(found)
