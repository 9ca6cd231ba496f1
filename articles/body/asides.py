"""Normalising `aside` elements to a callout or a pull quote.

Both stand at the top level of a body only: `<aside data-callout="">` with paragraphs, headings and
lists, `<aside data-pull-quote="">` with paragraphs.
"""

from typing import Final

from articles.body.tree import Block, Node

CALLOUT: Final = "data-callout"
PULL_QUOTE: Final = "data-pull-quote"
CONTENT: Final = {
    CALLOUT: frozenset({"p", "h2", "h3", "h4", "ul", "ol"}),
    PULL_QUOTE: frozenset({"p"}),
}
CLASSES: Final = {
    "callout": CALLOUT,
    "pull-quote": PULL_QUOTE,
    "wp-block-pullquote": PULL_QUOTE,
}
"""Classes of our own pages and of WordPress, on text copied from there."""


def kind_of(node: Node) -> str | None:
    """The attribute of a callout or pull quote that this element is."""
    given = [name for name in CONTENT if name in node.attributes]
    if node.tag == "aside" and given:
        return given[0]
    if node.tag not in {"aside", "figure"} or any(n.startswith("data-") for n in node.attributes):
        return None
    named = node.attributes.get("class", "").split()
    return next((kind for name, kind in CLASSES.items() if name in named), None)


def aside(kind: str, blocks: list[Block], attributes: dict[str, str]) -> list[Block]:
    """A callout or pull quote with what it may contain; other content comes after."""
    if kind == PULL_QUOTE:
        blocks = [each for block in blocks for each in _as_paragraphs(block)]
    inside = [block for block in blocks if block.tag in CONTENT[kind]]
    others = [block for block in blocks if block.tag not in CONTENT[kind]]
    if not inside:
        return others
    inner = "".join(block.html() for block in inside)
    return [Block("aside", inner, {kind: "", **attributes}), *others]


def _as_paragraphs(block: Block) -> list[Block]:
    return [Block("p", block.inner)] if block.tag in {"h2", "h3", "h4"} else [block]
