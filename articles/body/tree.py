"""Trees of markup: a light one for the normaliser, with its blocks, and lxml's for rendering and plain text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Final

from lxml import html as lxml_html
from lxml.etree import strip_elements, strip_tags
from lxml.html import HtmlElement

VOID: Final = frozenset({"br", "hr", "img", "wbr", "col"})
MAX_DEPTH: Final = 80
"""Elements nested deeper than this are dropped; their content is kept."""


@dataclass(slots=True)
class Node:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)

    def elements(self) -> list["Node"]:
        return [child for child in self.children if isinstance(child, Node)]

    def text(self) -> str:
        """The text inside, unchanged."""
        parts = []
        for child in self.children:
            parts.append(child if isinstance(child, str) else child.text())
        return "\n" if self.tag == "br" else "".join(parts)


class _Reader(HTMLParser):
    """Reads balanced markup, as the first pass of the sanitiser writes it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("root")
        self._open = [self.root]
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            self._open[-1].children.append(Node(tag))
        elif len(self._open) >= MAX_DEPTH:
            self._skipped += 1
        else:
            node = Node(tag, {name: value or "" for name, value in attrs})
            self._open[-1].children.append(node)
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self._skipped:
            self._skipped -= 1
        elif len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def read(html: str) -> Node:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


UNREADABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML, and so lxml, cannot contain; sanitised bodies have none of it."""


def parse(body: str) -> HtmlElement:
    """The body's elements inside one `div`."""
    return lxml_html.fragment_fromstring(UNREADABLE.sub("", body), create_parent="div")


def inner_html(element: HtmlElement) -> str:
    """The content of the element as HTML."""
    parts = [escape(element.text or "", quote=False)]
    parts += [lxml_html.tostring(child, encoding="unicode") for child in element]
    return "".join(parts)


def text_of(element: HtmlElement) -> str:
    """The element's text on one line."""
    return " ".join("".join(element.itertext()).split())


def replace(element: HtmlElement, other: HtmlElement) -> None:
    """Replaces the element by another one; the text after it stays."""
    parent = element.getparent()
    if parent is not None:
        other.tail = element.tail
        parent.replace(element, other)


DROPPED: Final = "dropped"


def drop(tree: HtmlElement, elements: Iterable[HtmlElement]) -> None:
    """Removes elements of the tree with their content; the text after each stays.

    All at once, since `drop_tree` copies the text around an element each time.
    """
    for element in list(elements):
        element.tag = DROPPED
    strip_elements(tree, DROPPED, with_tail=False)


def unwrap(tree: HtmlElement, elements: Iterable[HtmlElement]) -> None:
    """Removes elements of the tree and keeps their content; see `drop`."""
    for element in list(elements):
        element.tag = DROPPED
    strip_tags(tree, DROPPED)


@dataclass(slots=True)
class Block:
    tag: str
    inner: str = ""
    attributes: dict[str, str] = field(default_factory=dict)

    def html(self) -> str:
        names = "".join(f' {name}="{escape(value)}"' for name, value in self.attributes.items())
        return f"<{self.tag}{names}>" + ("" if self.tag == "hr" else f"{self.inner}</{self.tag}>")


def caption_text(caption: str) -> str:
    """A caption without its markup."""
    if "<" not in caption and "&" not in caption:
        # Most captions; parsing takes many times as long, and a page of search results has fifty.
        return " ".join(UNREADABLE.sub("", caption).split())
    return text_of(parse(caption))
