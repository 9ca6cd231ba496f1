"""Texts of Ghost's editors as HTML.

The present one writes a tree of Lexical nodes as JSON. The former one wrote Mobiledoc, versions 0.2 and 0.3: a list of
sections refers by number to lists of markups (elements within the text), atoms (short objects within it) and cards.
"""

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
MAX_DEPTH: Final = 60
Node = dict[str, Any]


class Malformed(Exception):
    """The text is not what the editor writes."""


def lexical_html(document: object, cards: Cards) -> str:
    """The tree as HTML.

    Raises:
        Malformed: it is none, or nested too deep.
    """
    root = document.get("root") if isinstance(document, dict) else None
    if not isinstance(root, dict):
        raise Malformed
    return _children(root, cards, 0)


def _children(node: Node, cards: Cards, depth: int) -> str:
    if depth > MAX_DEPTH:
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
    html = escape(given, quote=False).replace("\n", "<br>")
    bits = format_ if isinstance(format_, int) else 0
    for bit, tag in reversed(FORMATS):
        if bits & bit:
            html = f"<{tag}>{html}</{tag}>"
    return html


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


MARKUP: Final = 1
IMAGE: Final = 2
LIST: Final = 3
CARD: Final = 10
"""Types of sections."""
INLINE: Final = frozenset(
    {"a", "strong", "b", "em", "i", "code", "s", "del", "u", "sub", "sup", "cite"}
)
TAGS: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"})
ASIDES: Final = frozenset({"aside", "pull-quote"})


class _Document:
    def __init__(self, document: dict[str, Any], cards: Cards) -> None:
        self.cards = cards
        sections = _listed(document.get("sections"))
        self.is_old = str(document.get("version", "")).startswith("0.2")
        if self.is_old:
            # Markups and sections in one list, and cards within the sections.
            self.markups = _listed(sections[0]) if sections else []
            sections = _listed(sections[1]) if len(sections) > 1 else []
        else:
            self.markups = _listed(document.get("markups"))
        self.sections = sections
        self.atoms = _listed(document.get("atoms"))
        self.listed_cards = _listed(document.get("cards"))

    def html(self) -> str:
        return "".join(self._section(each) for each in self.sections if isinstance(each, list))

    def _section(self, section: list[Any]) -> str:
        first, second = _at(section, 0), _at(section, 1)
        if first == MARKUP:
            inside = self._markers(_listed(_at(section, 2)))
            if second in ASIDES:
                return f'<aside data-pull-quote=""><p>{inside}</p></aside>'
            tag = second if isinstance(second, str) and second in TAGS else "p"
            return f"<{tag}>{inside}</{tag}>"
        if first == IMAGE:
            return self.cards.html("image", {"src": second})
        if first == LIST:
            tag = "ol" if second == "ol" else "ul"
            items = "".join(
                f"<li>{self._markers(each)}</li>"
                for each in _listed(_at(section, 2))
                if isinstance(each, list)
            )
            return f"<{tag}>{items}</{tag}>"
        if first == CARD:
            return self._card(section)
        return ""

    def _card(self, section: list[Any]) -> str:
        if self.is_old:
            name, payload = _at(section, 1), _at(section, 2)
        else:
            card = _listed(_at(self.listed_cards, _at(section, 1)))
            name, payload = _at(card, 0), _at(card, 1)
        if not isinstance(name, str):
            return ""
        return self.cards.html(name, payload if isinstance(payload, dict) else {})

    def _markers(self, markers: list[Any]) -> str:
        opened: list[str] = []
        parts: list[str] = []
        for marker in markers:
            if not isinstance(marker, list):
                continue
            # Version 0.2 has no types, because it has no atoms.
            kind, (opening, closing, value) = (
                (0, _three(marker, 0)) if self.is_old else (_at(marker, 0), _three(marker, 1))
            )
            for number in _listed(opening):
                start, end = self._markup(number)
                opened.append(end)
                parts.append(start)
            parts.append(self._atom(value) if kind == 1 else _escaped(value))
            for _ in range(min(closing, len(opened)) if isinstance(closing, int) else 0):
                parts.append(opened.pop())
        return "".join(parts + opened[::-1])

    def _markup(self, number: object) -> tuple[str, str]:
        markup = _listed(_at(self.markups, number))
        tag = _at(markup, 0)
        if not isinstance(tag, str) or tag not in INLINE:
            return "", ""
        given = _listed(_at(markup, 1))
        pairs = dict(zip(map(str, given[::2]), given[1::2], strict=False))
        href = pairs.get("href")
        attribute = f' href="{escape(href)}"' if tag == "a" and isinstance(href, str) else ""
        return f"<{tag}{attribute}>", f"</{tag}>"

    def _atom(self, number: object) -> str:
        atom = _listed(_at(self.atoms, number))
        return "<br>" if _at(atom, 0) == "soft-return" else _escaped(_at(atom, 1))


def mobiledoc_html(document: object, cards: Cards) -> str:
    """The document as HTML.

    Raises:
        Malformed: it is none.
    """
    if not isinstance(document, dict) or not isinstance(document.get("sections"), list):
        raise Malformed
    return _Document(document, cards).html()


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _at(values: list[Any], number: object) -> Any:
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    return values[number] if 0 <= number < len(values) else None


def _three(values: list[Any], start: int) -> tuple[Any, Any, Any]:
    return _at(values, start), _at(values, start + 1), _at(values, start + 2)


def _escaped(value: object) -> str:
    return escape(value, quote=False) if isinstance(value, str) else ""
