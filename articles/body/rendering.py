"""A stored body as the HTML of a page."""

from collections.abc import Callable
from html import escape
from itertools import count

from lxml.html import HtmlElement, fragment_fromstring

from articles.body.cleaning import clean_caption
from articles.body.figures import FigureUse
from articles.body.parsing import inner_html, parse, replace

DrawFigure = Callable[[FigureUse], str]
"""Markup of a figure, or an empty text where the picture may not be shown."""


def render(body: str, draw_figure: DrawFigure, *, notes_heading: str = "Notes") -> str:
    """The body with its figures drawn, its footnotes numbered and linked both ways.

    Tables get a box of their own that scrolls, so that a wide one never widens the page.
    """
    tree = parse(body)
    _draw_figures(tree, draw_figure)
    _wrap_tables(tree)
    notes = _number_footnotes(tree)
    return inner_html(tree) + _notes_section(notes, notes_heading)


def _draw_figures(tree: HtmlElement, draw_figure: DrawFigure) -> None:
    for figure in list(tree.iter("figure")):
        image_id = figure.get("data-image")
        if image_id is None:
            figure.drop_tree()
            continue
        captions = " ".join(inner_html(caption) for caption in figure.iter("figcaption"))
        use = FigureUse(
            int(image_id), clean_caption(captions), figure.get("data-width") or "normal"
        )
        markup = draw_figure(use).strip()
        if markup:
            replace(figure, fragment_fromstring(markup))
        else:
            figure.drop_tree()


def _wrap_tables(tree: HtmlElement) -> None:
    for table in list(tree.iter("table")):
        caption = table.find("caption")
        label = " ".join("".join(caption.itertext()).split()) if caption is not None else "Table"
        box = fragment_fromstring(
            f'<div class="table-scroll" role="region" tabindex="0" aria-label="{escape(label)}"></div>'
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


def _notes_section(notes: list[str], heading: str) -> str:
    if not notes:
        return ""
    rows = "".join(
        f'<li id="note-{number}">{escape(note)} '
        f'<a href="#note-mark-{number}" role="doc-backlink" aria-label="Back to mark {number}">↩</a></li>'
        for number, note in enumerate(notes, start=1)
    )
    return f'<section class="notes" role="doc-endnotes"><h2>{escape(heading)}</h2><ol>{rows}</ol></section>'
