"""A stored body as the HTML of a page, with labels in the language of the article, and as plain text."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final

from lxml.etree import iterwalk
from lxml.html import HtmlElement, fragment_fromstring

from articles.body.blocks.footnotes import notes_in
from articles.body.blocks.images import plain_gallery
from articles.body.blocks.text import name_headings
from articles.body.references import NO_URLS, Urls, resolve
from articles.body.registry import BlockType, Labels, all_blocks, allowed_elements
from articles.body.sanitiser import safe_body
from articles.body.tree import drop, inner_html, parse, replace

ENGLISH: Final = Labels()

Writers = Mapping[str, Callable[[Any], str]]
"""Name of a block → a function from what it reads to HTML; empty if nothing is shown. The others write as they declare."""

PLACEHOLDER: Final = re.compile(r'<figure data-drawn="(\d+)"></figure>')

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


def render(body: str, writers: Writers, *, labels: Labels = ENGLISH, urls: Urls = NO_URLS) -> str:
    """The body as HTML; see `draw`."""
    return draw(body, writers, labels=labels, urls=urls).html


def draw(body: str, writers: Writers, *, labels: Labels = ENGLISH, urls: Urls = NO_URLS) -> Drawn:
    """The body with its blocks for readers, and anchors for headings.

    Args:
        writers: without one of images there are none; a gallery is its images and caption by default.
        urls: of its references (`articles.links.targets.urls_for`); a link without one becomes text.
    """
    tree = parse(safe_body(body))
    resolve(tree, urls)
    headings = [Heading(*each) for each in name_headings(tree)]
    return Drawn(_html(tree, writers, labels), headings)


def html_of(element: HtmlElement) -> str:
    """A stored block outside our pages, as it writes itself."""
    tree = parse("")
    tree.append(deepcopy(element))
    return _html(tree, {}, ENGLISH)


def _html(tree: HtmlElement, writers: Writers, labels: Labels) -> str:
    write_image = writers.get("image", lambda use: "")
    written = _write_blocks(tree, {"gallery": plain_gallery(write_image), **writers})
    for block in all_blocks():
        if block.on_page:
            block.on_page(tree, labels)
    # What was written is inserted as text: the HTML 4 parser would misread <source>.
    return PLACEHOLDER.sub(lambda match: written[int(match.group(1))], inner_html(tree))


def _write_blocks(tree: HtmlElement, writers: Writers) -> list[str]:
    """Writes every block and leaves a numbered placeholder in the tree for each."""
    written: list[str] = []
    hidden: list[HtmlElement] = []
    for element, block, use in blocks_in(tree):
        markup = writers.get(block.name, block.write)(use).strip() if block else ""
        if markup:
            placeholder = f'<figure data-drawn="{len(written)}"></figure>'
            replace(element, fragment_fromstring(placeholder))
            written.append(markup)
        else:
            hidden.append(element)
    drop(tree, hidden)
    return written


def blocks_in(tree: HtmlElement) -> list[tuple[HtmlElement, BlockType | None, Any]]:
    """The outermost elements of blocks that read theirs, with what they read; figures without a block too."""
    reading = [block for block in all_blocks() if block.read]
    tags = {tag for block in reading for tag in block.elements} - {"figcaption"}
    found: list[tuple[HtmlElement, BlockType | None, Any]] = []
    outer: set[HtmlElement] = set()
    numbers: Counter[str] = Counter()
    for element in tree.iter(*tags):
        if not outer.isdisjoint(element.iterancestors()):
            continue
        for block in reading:
            if block.read and element.tag in block.elements:
                use = block.read(element, numbers[block.name] + 1)
                if use is not None:
                    numbers[block.name] += 1
                    found.append((element, block, use))
                    outer.add(element)
                    break
        else:
            if element.tag == "figure":
                found.append((element, None, None))
                outer.add(element)
    return found


def plain_text(body: str, *, captions: bool = True) -> str:
    """The text of a body, one paragraph per line; footnotes at the end."""
    tree = parse(body)
    if not captions:
        drop(tree, tree.iter("figure"))
    notes = notes_in(tree)
    lines = [" ".join(line.split()) for line in _with_breaks(tree).split("\n")]
    return "\n".join(line for line in [*lines, *notes] if line)


def compared_text(body: str) -> str:
    """The plain text, followed by what is not text, such as the URLs of embeds and the numbers of files."""
    lines = (
        block.compared(use) for _, block, use in blocks_in(parse(body)) if block and block.compared
    )
    return "\n".join([plain_text(body), *lines])


def _with_breaks(tree: HtmlElement) -> str:
    """The text, with a line break wherever a block begins or ends."""
    breaks = {"br", *allowed_elements(all_blocks())} - {"code", "span"}
    return "".join(_parts(tree, breaks))


def _parts(tree: HtmlElement, breaks: set[str]) -> Iterator[str]:
    for event, element in iterwalk(tree, events=("start", "end")):
        if element.tag in breaks:
            yield "\n"
        text = (element.text if event == "start" else element.tail) or ""
        # A line break in the source is a space on the page.
        yield text.replace("\n", " ") if element.tag != "code" else text
