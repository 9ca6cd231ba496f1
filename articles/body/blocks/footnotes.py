"""Footnotes: `<span data-footnote="the note">` within a line, where the mark goes."""

from html import escape
from typing import Final

from lxml.html import HtmlElement, fragment_fromstring

from articles.body.registry import BlockType, Labels
from articles.body.tree import replace

NOTE: Final = "data-footnote"


def notes_in(tree: HtmlElement) -> list[str]:
    return [note for span in tree.iter("span") if (note := span.get(NOTE))]


def _numbered(tree: HtmlElement, labels: Labels) -> None:
    """Marks that lead to the notes below the text, and back."""
    notes: list[str] = []
    for span in [each for each in tree.iter("span") if each.get(NOTE)]:
        notes.append(span.get(NOTE, ""))
        number = len(notes)
        mark = fragment_fromstring(
            f'<sup class="note-mark"><a href="#note-{number}" id="note-mark-{number}" '
            f'role="doc-noteref">{number}</a></sup>'
        )
        replace(span, mark)
    if notes:
        tree.append(fragment_fromstring(_section(notes, labels)))


def _section(notes: list[str], labels: Labels) -> str:
    rows = "".join(
        f'<li id="note-{number}">{escape(note)} <a href="#note-mark-{number}" '
        f'role="doc-backlink" aria-label="{escape(labels.back)} ({number})">↩</a></li>'
        for number, note in enumerate(notes, start=1)
    )
    return (
        '<section class="notes" role="doc-endnotes" aria-labelledby="notes">'
        f'<h2 id="notes">{escape(labels.notes)}</h2><ol>{rows}</ol></section>'
    )


FOOTNOTE: Final = BlockType(
    name="footnote",
    elements={"span": {NOTE: lambda note: " ".join(note.split()) or None}},
    on_page=_numbered,
    editor="iria_admin/editor/footnote.js",
)
