"""A stored body as the HTML of a page, with labels in the language of the article."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import count
from typing import Final

from lxml.html import HtmlElement, fragment_fromstring

from articles.body.figures import (
    EmbedUse,
    FigureUse,
    FileUse,
    GalleryUse,
    card,
    embed_of,
    file_use_of,
    gallery_of,
    outer_figures,
    use_of,
)
from articles.body.normaliser import CALLOUT, PULL_QUOTE
from articles.body.references import NO_URLS, Urls, resolve
from articles.body.sanitiser import safe_body
from articles.body.tree import drop, inner_html, parse, replace, text_of


@dataclass(frozen=True, slots=True)
class Labels:
    notes: str = "Notes"
    """The heading above the footnotes."""
    back: str = "Back to the text"
    """Label of the arrow after a footnote, for screen readers."""
    table: str = "Table"


ENGLISH: Final = Labels()

DrawFigure = Callable[[FigureUse], str]
"""HTML of a figure; empty if the image may not be shown."""

DrawGallery = Callable[[GalleryUse, list[str]], str]
"""HTML of a gallery around that of its images; at least one may be shown."""

DrawEmbed = Callable[[EmbedUse], str]
"""HTML of an embed; empty if the page shows it elsewhere."""

DrawFile = Callable[[FileUse], str]
"""HTML of a file; empty if it is unknown."""

PLACEHOLDER: Final = re.compile(r'<figure data-drawn="(\d+)"></figure>')


NOT_IN_ANCHOR: Final = re.compile(r"\W+")
LINK: Final = re.compile(r'<a\b(?! class="enlarge")[^>]*?\shref="([^"#][^"]*)"')
"""Without links to large views of images, which make no sense in print."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the text and its anchor."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A body as HTML, with its headings and links."""

    html: str
    headings: list[Heading] = field(default_factory=list)

    @property
    def links(self) -> list[str]:
        """The URLs of its links in text order, without those within the page."""
        return [unescape(url) for url in LINK.findall(self.html)]


def gallery(use: GalleryUse, pictures: list[str]) -> str:
    """A gallery outside our pages: the images one after another, and the common caption."""
    caption = f"<figcaption>{use.caption}</figcaption>" if use.caption else ""
    return f"<figure>{''.join(pictures)}{caption}</figure>"


def no_file(use: FileUse) -> str:
    """For bodies whose files nobody fetched."""
    return ""


def render(
    body: str,
    draw_figure: DrawFigure,
    draw_embed: DrawEmbed = card,
    *,
    draw_file: DrawFile = no_file,
    labels: Labels = ENGLISH,
    urls: Urls = NO_URLS,
) -> str:
    """The body as HTML; see `draw`."""
    return draw(body, draw_figure, draw_embed, draw_file=draw_file, labels=labels, urls=urls).html


def draw(
    body: str,
    draw_figure: DrawFigure,
    draw_embed: DrawEmbed = card,
    draw_gallery: DrawGallery = gallery,
    *,
    draw_file: DrawFile = no_file,
    labels: Labels = ENGLISH,
    urls: Urls = NO_URLS,
) -> Drawn:
    """The body with rendered figures, numbered and linked footnotes, and anchors for headings.

    Tables get a box that scrolls, so that a wide table never widens the page.

    Args:
        urls: of its references (`articles.links.targets.urls_for`); a link without one becomes text.
    """
    tree = parse(safe_body(body))
    resolve(tree, urls)
    drawn = _draw_figures(tree, draw_figure, draw_embed, draw_gallery, draw_file)
    _name_asides(tree)
    headings = _name_headings(tree)
    _wrap_tables(tree, labels)
    notes = _number_footnotes(tree)
    # Rendered figures are inserted as text: the HTML 4 parser would misread <source>.
    html = PLACEHOLDER.sub(lambda match: drawn[int(match.group(1))], inner_html(tree))
    return Drawn(html + _notes_section(notes, labels), headings)


def _name_asides(tree: HtmlElement) -> None:
    """Classes instead of data attributes, for the stylesheet and for text copied from the page."""
    for element in tree.iter("aside"):
        for name, attribute in (("callout", CALLOUT), ("pull-quote", PULL_QUOTE)):
            if element.attrib.pop(attribute, None) is not None:
                element.set("class", name)


def _name_headings(tree: HtmlElement) -> list[Heading]:
    """Gives every heading without an anchor one made from its text."""
    found: list[Heading] = []
    taken = {element.get("id") for element in tree.iter("h2", "h3", "h4")}
    numbers: dict[str, int] = {}
    for element in tree.iter("h2", "h3"):
        text = " ".join(text_of(element).split())
        anchor = element.get("id") or _free_anchor(text, taken, numbers)
        element.set("id", anchor)
        taken.add(anchor)
        if text:
            found.append(Heading(int(str(element.tag)[1]), anchor, text))
    return found


def _free_anchor(text: str, taken: "set[str | None]", numbers: dict[str, int]) -> str:
    """An unused anchor; its prefix is used for headings only. `numbers` are where those of a name go on."""
    name = NOT_IN_ANCHOR.sub("-", text.lower()).strip("-")[:60].strip("-") or "part"
    base = f"h-{name}"
    anchor = base
    while anchor in taken:
        number = numbers.setdefault(base, 2)
        anchor, numbers[base] = f"{base}-{number}", number + 1
    return anchor


def _draw_figures(
    tree: HtmlElement,
    draw_figure: DrawFigure,
    draw_embed: DrawEmbed,
    draw_gallery: DrawGallery,
    draw_file: DrawFile,
) -> list[str]:
    """Renders every figure and leaves a numbered placeholder in the tree for each."""
    drawn: list[str] = []
    hidden: list[HtmlElement] = []
    galleries = 0
    for figure in outer_figures(tree):
        use, embed, many = use_of(figure), embed_of(figure), gallery_of(figure, galleries + 1)
        file = file_use_of(figure)
        markup = draw_figure(use).strip() if use is not None else ""
        markup = draw_embed(embed) if embed is not None else markup
        markup = draw_file(file).strip() if file is not None else markup
        if many is not None:
            galleries += 1
            pictures = [shown for each in many.pictures if (shown := draw_figure(each).strip())]
            markup = draw_gallery(many, pictures) if pictures else ""
        if markup:
            replace(figure, fragment_fromstring(f'<figure data-drawn="{len(drawn)}"></figure>'))
            drawn.append(markup)
        else:
            hidden.append(figure)
    drop(tree, hidden)
    return drawn


def _wrap_tables(tree: HtmlElement, labels: Labels) -> None:
    tables = list(tree.iter("table"))
    for number, table in enumerate(tables, start=1):
        # Several tables on a page have different names.
        name = labels.table if len(tables) == 1 else f"{labels.table} {number}"
        for cell in table.xpath("./thead/tr/th[not(@scope)]"):
            cell.set("scope", "col")
        box = fragment_fromstring(
            '<div class="table-scroll" role="region" tabindex="0" '
            f'aria-label="{escape(name)}"></div>'
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


def _notes_section(notes: list[str], labels: Labels) -> str:
    if not notes:
        return ""
    rows = "".join(
        f'<li id="note-{number}">{escape(note)} <a href="#note-mark-{number}" '
        f'role="doc-backlink" aria-label="{escape(labels.back)} ({number})">↩</a></li>'
        for number, note in enumerate(notes, start=1)
    )
    return (
        '<section class="notes" role="doc-endnotes" aria-labelledby="notes">'
        f'<h2 id="notes">{escape(labels.notes)}</h2><ol>{rows}</ol></section>'
    )
