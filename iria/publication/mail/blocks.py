"""What a mail is made of. Each part is drawn as HTML and written as text from the same words."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    kind: ClassVar[str] = "words"
    text: str


@dataclass(frozen=True, slots=True)
class Button:
    """The one thing to do."""

    kind: ClassVar[str] = "button"
    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What the parts below it are about, and where it stands."""

    kind: ClassVar[str] = "heading"
    words: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote, with a link to read on and answer."""

    kind: ClassVar[str] = "said"
    name: str
    when: str
    text: str
    html: SafeString
    """The text as it stands on the page."""
    words: str
    address: str
    before: str = ""
    """Where it stands, in a few words."""


Block = Words | Button | Heading | Said


@dataclass(frozen=True, slots=True)
class Way:
    """A link in the foot of a mail."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Note:
    """A mail before it is addressed."""

    subject: str
    blocks: tuple[Block, ...]
    why: str = ""
    """Why it comes to whoever gets it."""
    ways: tuple[Way, ...] = ()


def blocks_of(text: str) -> tuple[Block, ...]:
    """A letter in plain text as blocks: paragraphs, and an address on a line of its own as a button.

    The line before such an address, where it ends with a colon, says what the button does.
    """
    found: list[Block] = []
    label = ""
    for part in text.strip().split("\n\n"):
        lines = [" ".join(line.split()) for line in part.splitlines() if line.strip()]
        if len(lines) == 1 and lines[0].startswith(("http://", "https://")):
            found.append(Button(label or lines[0], lines[0]))
            label = ""
            continue
        if label:
            found.append(Words(f"{label}:"))
        label = lines.pop().rstrip(": ") if lines and lines[-1].endswith(":") else ""
        if lines:
            found.append(Words(" ".join(lines)))
    return tuple(found)
