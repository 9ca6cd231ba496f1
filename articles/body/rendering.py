"""A stored body as the HTML of a page."""

import re
from collections.abc import Callable
from html import escape
from itertools import count
from typing import Final

from lxml.html import HtmlElement, fragment_fromstring

from articles.body.figures import FigureUse, use_of
from articles.body.parsing import inner_html, parse, replace
from articles.body.wording import ENGLISH, Wording

DrawFigure = Callable[[FigureUse], str]
"""Markup of a figure, or an empty text where the picture may not be shown."""

PLACE: Final = re.compile(r'<figure data-drawn="(\d+)"></figure>')


def render(body: str, draw_figure: DrawFigure, *, wording: Wording = ENGLISH) -> str:
    """The body with its figures drawn, its footnotes numbered and linked both ways.

    Tables get a box of their own that scrolls, so that a wide one never widens the page.
    """
    tree = parse(body)
    drawn = _draw_figures(tree, draw_figure)
    _wrap_tables(tree, wording)
    notes = _number_footnotes(tree)
    # What was drawn goes in as it is: a parser of the last century would misread <source>.
    html = PLACE.sub(lambda place: drawn[int(place.group(1))], inner_html(tree))
    return html + _notes_section(notes, wording)


def _draw_figures(tree: HtmlElement, draw_figure: DrawFigure) -> list[str]:
    """Draws every figure and leaves a numbered place in the tree for each."""
    drawn: list[str] = []
    for figure in list(tree.iter("figure")):
        use = use_of(figure)
        markup = draw_figure(use).strip() if use is not None else ""
        if markup:
            replace(figure, fragment_fromstring(f'<figure data-drawn="{len(drawn)}"></figure>'))
            drawn.append(markup)
        else:
            figure.drop_tree()
    return drawn


def _wrap_tables(tree: HtmlElement, wording: Wording) -> None:
    for table in list(tree.iter("table")):
        for cell in table.xpath("./thead/tr/th[not(@scope)]"):
            cell.set("scope", "col")
        box = fragment_fromstring(
            '<div class="table-scroll" role="region" tabindex="0" '
            f'aria-label="{escape(wording.table)}"></div>'
        )
        replace(table, box)
        table.tail = None
        box.append(table)


def _number_footnotes(tree: HtmlElement) -> list[str]:
    notes: list[str] = []
    numbers = count(1)
    for span in list(tree.iter("span")):
        note = span.get("data-footnote")
        if not note:
            continue
        number = next(numbers)
        notes.append(note)
        mark = fragment_fromstring(
            f'<sup class="note-mark"><a href="#note-{number}" id="note-mark-{number}" '
            f'role="doc-noteref">{number}</a></sup>'
        )
        replace(span, mark)
    return notes


def _notes_section(notes: list[str], wording: Wording) -> str:
    if not notes:
        return ""
    rows = "".join(
        f'<li id="note-{number}">{escape(note)} <a href="#note-mark-{number}" '
        f'role="doc-backlink" aria-label="{escape(wording.back)} ({number})">↩</a></li>'
        for number, note in enumerate(notes, start=1)
    )
    return (
        '<section class="notes" role="doc-endnotes" aria-labelledby="notes">'
        f'<h2 id="notes">{escape(wording.notes)}</h2><ol>{rows}</ol></section>'
    )
