"""Boxes beside the story: callouts, and pull quotes, which repeat words of the text.

They stand at the top level of a body only: `<aside data-callout="">` with paragraphs, headings and lists,
`<aside data-pull-quote="">` with paragraphs.
"""

from collections.abc import Callable, Iterable
from typing import Final

from lxml.html import HtmlElement

from articles.body.blocks.text import LANGUAGE, given
from articles.body.inline import Mark
from articles.body.normaliser import Flow
from articles.body.registry import BlockType, Labels, flag
from articles.body.tree import Block, Node

EDITOR: Final = "iria_admin/editor/asides.js"


def aside(
    name: str, content: Iterable[str], *, classes: Iterable[str] = (), editor: str
) -> BlockType:
    """A block `<aside data-NAME="">`, on pages `<aside class="NAME">`.

    Args:
        content: the elements that it may contain; others come after it. Without headings, they become paragraphs.
        classes: of the same thing in text copied from other systems.
    """
    attribute, inside = f"data-{name}", frozenset(content)

    def normalise(flow: Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
        if flow.depth:
            return flow.within(node, marks)
        blocks = flow.within(_unquoted(node), marks)
        if not inside & {"h2", "h3", "h4"}:
            blocks = [_as_paragraph(block) for block in blocks]
        inner = "".join(block.html() for block in blocks if block.tag in inside)
        others = [block for block in blocks if block.tag not in inside]
        if not inner:
            return others
        attributes = {attribute: "", **given(node, ("dir", "lang"))}
        return [Block("aside", inner, attributes), *others]

    BOXES.add(attribute)
    return BlockType(
        name=name,
        tags=("aside", "figure"),
        elements={"aside": {attribute: flag, **LANGUAGE}},
        matches=lambda node: _is_box(node, attribute, [name, *classes]),
        normalise=normalise,
        on_page=_named(attribute, name),
        editor=editor,
    )


BOXES: Final[set[str]] = set()
"""The attributes by which stored asides are told from each other."""


def _is_box(node: Node, attribute: str, classes: list[str]) -> bool:
    """Whether an element is this kind of box: as it is stored, or text copied from a page that shows one."""
    if node.tag == "aside" and any(each in BOXES for each in node.attributes):
        return attribute in node.attributes
    if any(each.startswith("data-") for each in node.attributes):
        return False
    return not {*classes}.isdisjoint(node.attributes.get("class", "").split())


def _unquoted(node: Node) -> Node:
    """The element without the `blockquote` that WordPress puts into a pull quote."""
    quotes = [child for child in node.elements() if child.tag == "blockquote"]
    return quotes[0] if node.tag == "figure" and len(quotes) == 1 else node


def _as_paragraph(block: Block) -> Block:
    return Block("p", block.inner) if block.tag in {"h2", "h3", "h4"} else block


def _named(attribute: str, name: str) -> Callable[[HtmlElement, Labels], None]:
    """Classes instead of data attributes, for the stylesheet and for text copied from the page."""

    def on_page(tree: HtmlElement, labels: Labels) -> None:
        for element in tree.iter("aside"):
            if element.attrib.pop(attribute, None) is not None:
                element.set("class", name)

    return on_page


PULL_QUOTE: Final = aside("pull-quote", {"p"}, classes=["wp-block-pullquote"], editor=EDITOR)
CALLOUT: Final = aside("callout", {"p", "h2", "h3", "h4", "ul", "ol"}, editor=EDITOR)
