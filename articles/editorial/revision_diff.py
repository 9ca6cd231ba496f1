"""What changed between two versions of an article, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from articles.body.embeds import embeds_in
from articles.body.plain_text import caption_text, plain_text
from articles.editorial.models import Revision

Kind = Literal["same", "added", "removed"]
WORD: Final = re.compile(r"\s+|[^\s]+")
AROUND: Final = 1
"""Unchanged paragraphs shown on either side of a change."""


@dataclass(frozen=True, slots=True)
class Piece:
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a comparison; a gap replaces unchanged ones."""

    pieces: tuple[Piece, ...]
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    paragraphs: list[Paragraph]


def compared(old: Revision | None, new: Revision) -> list[Part]:
    """The parts of an article that changed, each with what was added and removed."""
    parts = []
    for name, before, after in _texts(old, new):
        if before != after:
            parts.append(Part(name, _paragraphs(before.split("\n"), after.split("\n"))))
    if not parts and old is not None and old.body != new.body:
        note = Piece(
            "same", "The words are the same. Headings, formatting, links or images changed."
        )
        parts.append(Part("Text", [Paragraph((note,))]))
    return parts


def _texts(old: Revision | None, new: Revision) -> list[tuple[str, str, str]]:
    return [
        ("Headline", old.headline if old else "", new.headline),
        ("Standfirst", old.standfirst if old else "", new.standfirst),
        ("Text", _text(old.body) if old else "", _text(new.body)),
        (
            "Lead image caption",
            caption_text(old.lead_caption) if old else "",
            caption_text(new.lead_caption),
        ),
    ]


def _text(body: str) -> str:
    """The plain text, followed by the URLs of embeds."""
    return "\n".join([plain_text(body), *(use.url for use in embeds_in(body))])


def _paragraphs(before: list[str], after: list[str]) -> list[Paragraph]:
    found: list[Paragraph] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found += _with_gap(before[a:b], first=not found, last=b == len(before))
        elif kind == "replace" and b - a == d - c:
            found += [
                Paragraph(tuple(_compare_words(old, new)))
                for old, new in zip(before[a:b], after[c:d], strict=True)
            ]
        else:
            found += [Paragraph((Piece("removed", text),)) for text in before[a:b] if text]
            found += [Paragraph((Piece("added", text),)) for text in after[c:d] if text]
    return found


def _with_gap(same: list[str], *, first: bool, last: bool) -> list[Paragraph]:
    """Unchanged paragraphs, only those next to a change."""
    head = [] if first else same[:AROUND]
    tail = [] if last else same[len(same) - AROUND :]
    if len(head) + len(tail) >= len(same):
        return [Paragraph((Piece("same", text),)) for text in same]
    shown = [Paragraph((Piece("same", text),)) for text in head]
    shown.append(Paragraph((), gap=True))
    return shown + [Paragraph((Piece("same", text),)) for text in tail]


def _compare_words(before: str, after: str) -> list[Piece]:
    old, new = WORD.findall(before), WORD.findall(after)
    pieces = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        if b > a:
            pieces.append(Piece("removed", "".join(old[a:b])))
        if d > c:
            pieces.append(Piece("added", "".join(new[c:d])))
    return pieces
