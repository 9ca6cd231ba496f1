"""Texts of Ghost's present editor: a tree of Lexical nodes as JSON."""

from html import escape
from typing import Any, Final

from iria.transfer.ghost.cards import Cards

FORMATS: Final = (
    (1, "strong"),
    (2, "em"),
    (4, "s"),
    (8, "u"),
    (32, "sub"),
    (64, "sup"),
    (16, "code"),
)
"""Bits of a text's format, from the outermost element to the innermost; 128, a highlight, has no equivalent."""
TEXTS: Final = frozenset({"text", "extended-text", "tk", "emoji", "hashtag"})
BLOCKS: Final = {
    "paragraph": "p",
    "quote": "blockquote",
    "extended-quote": "blockquote",
    "table": "table",
    "tablerow": "tr",
    "tablecell": "td",
    "listitem": "li",
}
LINKS: Final = frozenset({"link", "autolink", "at-link"})
NOTHING: Final = frozenset({"zwnj", "at-link-search"})
HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
DEEPEST: Final = 60
Node = dict[str, Any]


class Malformed(Exception):
    """The text is not what the editor writes."""


def html(document: object, cards: Cards) -> str:
    """The tree as HTML.

    Raises:
        Malformed: it is none, or nested too deep.
    """
    root = document.get("root") if isinstance(document, dict) else None
    if not isinstance(root, dict):
        raise Malformed
    return _children(root, cards, 0)


def _children(node: Node, cards: Cards, depth: int) -> str:
    if depth > DEEPEST:
        raise Malformed
    children = node.get("children")
    listed = children if isinstance(children, list) else []
    return "".join(_node(each, cards, depth + 1) for each in listed if isinstance(each, dict))


def _node(node: Node, cards: Cards, depth: int) -> str:
    name = node.get("type")
    if not isinstance(name, str) or name in NOTHING:
        return ""
    if name in TEXTS:
        return _text(node)
    if name in ("list", "linebreak", "tab"):
        return (
            _list(node, cards, depth) if name == "list" else "<br>" if name == "linebreak" else " "
        )
    if name not in BLOCKS and not isinstance(node.get("children"), list):
        return cards.html(name, node)
    inside = _children(node, cards, depth)
    if name in LINKS:
        return _link(node, inside)
    if name == "aside":
        return f'<aside data-pull-quote=""><p>{inside}</p></aside>'
    tag = BLOCKS.get(name, "div")
    if name in ("heading", "extended-heading"):
        given = node.get("tag")
        tag = given if isinstance(given, str) and given in HEADINGS else "h2"
    elif name == "tablecell" and node.get("headerState"):
        tag = "th"
    return f"<{tag}{_direction(node)}>{inside}</{tag}>"


def _text(node: Node) -> str:
    given, format_ = node.get("text"), node.get("format")
    if not isinstance(given, str) or not given:
        return ""
    made = escape(given, quote=False).replace("\n", "<br>")
    bits = format_ if isinstance(format_, int) else 0
    for bit, tag in reversed(FORMATS):
        if bits & bit:
            made = f"<{tag}>{made}</{tag}>"
    return made


def _link(node: Node, inside: str) -> str:
    url = node.get("url")
    return f'<a href="{escape(url)}">{inside}</a>' if isinstance(url, str) and url else inside


def _list(node: Node, cards: Cards, depth: int) -> str:
    """A list within a list stands in an item of its own; in HTML it belongs to the item before."""
    is_ordered = node.get("listType") == "number" or node.get("tag") == "ol"
    tag = "ol" if is_ordered else "ul"
    first = node.get("start")
    start = f' start="{first}"' if is_ordered and isinstance(first, int) and first > 1 else ""
    children = node.get("children")
    items: list[str] = []
    for each in children if isinstance(children, list) else []:
        if not isinstance(each, dict):
            continue
        inside = _children(each, cards, depth + 1)
        if items and _is_nested_list(each):
            items[-1] += inside
        else:
            items.append(inside)
    return f"<{tag}{start}>" + "".join(f"<li>{each}</li>" for each in items) + f"</{tag}>"


def _is_nested_list(item: Node) -> bool:
    children = item.get("children")
    return (
        isinstance(children, list)
        and len(children) == 1
        and isinstance(children[0], dict)
        and children[0].get("type") == "list"
    )


def _direction(node: Node) -> str:
    return ' dir="rtl"' if node.get("direction") == "rtl" else ""
