"""A body as plain text."""

from typing import Final

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from articles.body.tree import UNREADABLE, parse, text_of

BLOCKS: Final = frozenset(
    {"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "hr", "br"}
    | {"figure", "figcaption", "table", "tr", "td", "th", "aside"}
)


def plain_text(body: str, *, captions: bool = True) -> str:
    """The text of a body, one paragraph per line; footnotes at the end."""
    tree = parse(body)
    if not captions:
        for figure in list(tree.iter("figure")):
            figure.drop_tree()
    notes = [span.get("data-footnote", "") for span in tree.iter("span")]
    lines = [" ".join(line.split()) for line in _with_breaks(tree).split("\n")]
    return "\n".join(line for line in [*lines, *notes] if line)


def _with_breaks(tree: HtmlElement) -> str:
    """The text, with a line break wherever a block begins or ends."""
    parts: list[str] = []
    for event, element in iterwalk(tree, events=("start", "end")):
        if element.tag in BLOCKS:
            parts.append("\n")
        text = (element.text if event == "start" else element.tail) or ""
        # A line break in the source is a space on the page.
        parts.append(text.replace("\n", " ") if element.tag != "code" else text)
    return "".join(parts)


def caption_text(caption: str) -> str:
    """A caption without its markup."""
    if "<" not in caption and "&" not in caption:
        # Most captions; parsing takes many times as long, and a page of search results has fifty.
        return " ".join(UNREADABLE.sub("", caption).split())
    return text_of(parse(caption))
