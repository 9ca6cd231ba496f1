"""Runs of text inside a block: text with its formatting, line breaks, footnotes."""

import re
from dataclasses import dataclass
from html import escape
from typing import Final

Mark = tuple[str, tuple[tuple[str, str], ...]]
"""The element's name and its attributes."""

BREAK: Final = "break"
NOTE: Final = "note"
TEXT: Final = "text"
MAX_MARKS: Final = 8
SPACES: Final = re.compile(" {2,}")
BLANK_LINE: Final = re.compile(r"\n[ \t\r]*\n")
EDGE: Final = " \u00a0"
"""Stripped from both ends of a line; editors leave non-breaking spaces there."""
INVISIBLE: Final = re.compile("[\\s\u00a0\u00ad\u200b-\u200f\u2060\ufeff]*")


@dataclass(slots=True)
class Leaf:
    kind: str
    text: str
    marks: tuple[Mark, ...] = ()


Run = list[Leaf]


def with_mark(marks: tuple[Mark, ...], mark: Mark) -> tuple[Mark, ...]:
    """The formats and one more, unless it is there already; links are not nested."""
    if len(marks) >= MAX_MARKS or any(mark[0] == other[0] for other in marks):
        return marks
    return (*marks, mark)


def paragraphs(run: Run, *, bare: bool) -> list[Run]:
    """The run, split at two line breaks; text outside any element also at blank lines."""
    parts: list[Run] = [[]]
    breaks = 0
    for leaf in run:
        if leaf.kind == BREAK:
            breaks += 1
            if breaks == 2:
                parts.append([])
            elif breaks == 1:
                parts[-1].append(leaf)
            continue
        if leaf.kind == TEXT and bare:
            first, *others = BLANK_LINE.split(leaf.text)
            parts[-1].append(Leaf(TEXT, first, leaf.marks))
            parts += [[Leaf(TEXT, text, leaf.marks)] for text in others]
        else:
            parts[-1].append(leaf)
        if leaf.kind == NOTE or leaf.text.strip():
            breaks = 0
    return parts


def one_line(run: Run) -> Run:
    """The run without line breaks, for captions and headings."""
    return [Leaf(TEXT, " ", leaf.marks) if leaf.kind == BREAK else leaf for leaf in run]


def markup(run: Run) -> str:
    """The run as HTML; empty if nothing is visible."""
    leaves = _trimmed(run)
    if not any(leaf.kind == NOTE or not INVISIBLE.fullmatch(leaf.text) for leaf in leaves):
        return ""
    parts: list[str] = []
    opened: tuple[Mark, ...] = ()
    for leaf in leaves:
        same = _shared(opened, leaf.marks)
        parts += [f"</{tag}>" for tag, _ in reversed(opened[same:])]
        parts += [_opening(mark) for mark in leaf.marks[same:]]
        opened = leaf.marks
        parts.append(_leaf_markup(leaf))
    parts += [f"</{tag}>" for tag, _ in reversed(opened)]
    return "".join(parts)


def _leaf_markup(leaf: Leaf) -> str:
    if leaf.kind == BREAK:
        return "<br>"
    if leaf.kind == NOTE:
        return f'<span data-footnote="{escape(leaf.text)}"></span>'
    return escape(leaf.text, quote=False)


def _opening(mark: Mark) -> str:
    tag, attributes = mark
    return f"<{tag}{''.join(f' {name}="{escape(value)}"' for name, value in attributes)}>"


def _shared(one: tuple[Mark, ...], other: tuple[Mark, ...]) -> int:
    count = 0
    for mark, other_mark in zip(one, other, strict=False):
        if mark != other_mark:
            break
        count += 1
    return count


def _trimmed(run: Run) -> Run:
    """Normalised white space: one space between words, none at the ends of a line."""
    result: Run = []
    at_edge = True
    for leaf in run:
        if leaf.kind == BREAK:
            _strip_end(result)
            result.append(leaf)
            at_edge = True
            continue
        if leaf.kind == NOTE:
            result.append(leaf)
            at_edge = False
            continue
        text = leaf.text.replace("\n", " ").replace("\t", " ").replace("\r", " ")
        if "  " in text:
            text = SPACES.sub(" ", text)
        if at_edge:
            text = text.lstrip(EDGE if not result or result[-1].kind == BREAK else " ")
        if text:
            result.append(Leaf(TEXT, text, leaf.marks))
            at_edge = text.endswith(" ")
    while result and result[-1].kind == BREAK:
        result.pop()
    _strip_end(result)
    while result and result[0].kind == BREAK:
        result.pop(0)
    return result


def _strip_end(result: Run) -> None:
    """Strips the end of the current line in `result`."""
    while result and result[-1].kind == TEXT:
        result[-1].text = result[-1].text.rstrip(EDGE)
        if result[-1].text:
            return
        result.pop()
