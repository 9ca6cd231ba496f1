"""Reading markup pasted from Word, Google Docs and WordPress."""

import re
from typing import Final

from articles.body.tree import Node

HEADINGS: Final = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
MARKS = {tag: tag for tag in ("strong", "em", "u", "s", "sub", "sup", "code", "cite", "a")}
MARKS |= {"b": "strong", "i": "em", "del": "s", "strike": "s", "dfn": "em", "var": "em"}
MARKS |= dict.fromkeys(("tt", "kbd", "samp"), "code")
STYLES: Final = (
    (re.compile(r"font-weight:\s*(bold|[6-9]00)"), "strong"),
    (re.compile(r"font-style:\s*(italic|oblique)"), "em"),
    (re.compile(r"vertical-align:\s*super"), "sup"),
    (re.compile(r"vertical-align:\s*sub"), "sub"),
    (re.compile(r"text-decoration[a-z-]{0,20}:[^;]{0,100}line-through"), "s"),
)
NOT_BOLD: Final = re.compile(r"font-weight:\s*(normal|400)")
NOT_ITALIC: Final = re.compile(r"font-style:\s*normal")
WORD_LIST: Final = re.compile(r"mso-list:\s*l[0-9]+")
WORD_LIST_CLASS: Final = re.compile(r"\bMsoListParagraph")
WORD_MARKER: Final = re.compile(r"mso-list:\s*ignore", re.IGNORECASE)
WORD_NOTE: Final = re.compile(r"(?:ftn|edn)[0-9]+")
WORD_NOTE_LINK: Final = re.compile(r"#_((?:ftn|edn)[0-9]+)$")
COUNTED: Final = re.compile(r"\(?([0-9]{1,3}|[a-z]|[ivx]{1,5})[.)]", re.IGNORECASE)
LEADING_MARK: Final = re.compile(r"^\s*\[?[0-9ivx]{1,5}\]?[.)]?\s+", re.IGNORECASE)


def marks_of(node: Node) -> list[str]:
    """The formats of an inline element, by its name or style."""
    style = node.attributes.get("style", "")
    if node.tag in MARKS:
        mark = MARKS[node.tag]
        unmarked = (mark == "strong" and NOT_BOLD.search(style)) or (
            mark == "em" and NOT_ITALIC.search(style)
        )
        return [] if unmarked else [mark]
    if node.tag in {"span", "font"} and style:
        return [mark for pattern, mark in STYLES if pattern.search(style)]
    return []


def list_of(node: Node) -> str | None:
    """`ul` or `ol` if a paragraph is a list item of Word."""
    style, kind = node.attributes.get("style", ""), node.attributes.get("class", "")
    marker = _marker_of(node)
    if marker is None or not (WORD_LIST.search(style) or WORD_LIST_CLASS.search(kind)):
        return None
    return "ol" if COUNTED.match(marker.text().strip()) else "ul"


def is_list_marker(node: Node) -> bool:
    """Whether the element is the bullet or number of a list item of Word."""
    return bool(WORD_MARKER.search(node.attributes.get("style", "")))


def _marker_of(node: Node) -> Node | None:
    for child in node.elements():
        if is_list_marker(child):
            return child
        if found := _marker_of(child):
            return found
    return None


def take_word_notes(root: Node) -> dict[str, str]:
    """Removes Word's footnotes below the text from the tree: anchor → text of the note."""
    notes: dict[str, str] = {}
    for node in _with_children(root):
        children: list[Node | str] = []
        for child in node.children:
            anchor = child.attributes.get("id", "") if isinstance(child, Node) else ""
            if isinstance(child, Node) and child.tag == "div" and WORD_NOTE.fullmatch(anchor):
                text = " ".join(child.text().split()) + " "
                notes[anchor] = LEADING_MARK.sub("", text).strip()
            else:
                children.append(child)
        node.children = children
    return notes


def _with_children(root: Node) -> list[Node]:
    """The node and all its descendants."""
    found, pending = [], [root]
    while pending:
        node = pending.pop()
        found.append(node)
        pending.extend(node.elements())
    return found


def word_note_of(node: Node, notes: dict[str, str]) -> str | None:
    """The text of the note, if the link is a footnote mark."""
    if node.tag != "a":
        return None
    link = WORD_NOTE_LINK.search(node.attributes.get("href", ""))
    return notes.get(link.group(1)) if link else None
