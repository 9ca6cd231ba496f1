"""Any markup as a sequence of the blocks we know.

Words are never lost: what cannot keep its form becomes a paragraph. The result has one shape for
one meaning, so that saving an article unchanged changes nothing and versions compare well.
"""

import re
from html import escape
from typing import Final

from articles.body.blocks import Block
from articles.body.figure_normaliser import figure
from articles.body.inline import (
    BREAK,
    NOTE,
    TEXT,
    Leaf,
    Mark,
    Run,
    markup,
    one_line,
    paragraphs,
    with_mark,
)
from articles.body.paste_formats import (
    HEADINGS,
    is_list_marker,
    list_of,
    marks_of,
    take_word_notes,
    word_note_of,
)
from articles.body.tree import Node, read

CONTAINERS: Final = frozenset(
    {"div", "section", "article", "header", "footer", "main", "aside", "center", "address"}
    | {"details", "summary", "dl", "dt", "dd", "figcaption", "caption", "li", "td", "th"}
    | {"tr", "tbody", "thead", "tfoot"}
)
"""Elements that part blocks from each other and mean nothing more where they stand."""

KEPT_ON_BLOCKS: Final = ("id", "dir", "lang")
DEEPEST_BLOCK: Final = 8
GENERATED_ANCHOR: Final = re.compile(
    r"^(_|docs-internal-guid|ftn|edn)|^(notes?|top|comments?|content)(-|$)"
)
"""Anchors that editors make up, and those that our own pages use."""


def normalise(html: str) -> str:
    """The markup as our blocks, one a line."""
    root = read(html)
    flow = _Flow(notes=take_word_notes(root))
    flow.walk(root, ())
    return "\n".join(block.html() for block in flow.finished())


class _Flow:
    """Collects blocks; words that stand in none gather in a run until the next block begins."""

    def __init__(
        self,
        *,
        notes: dict[str, str],
        depth: int = 0,
        wrap: str = "p",
        attributes: dict[str, str] | None = None,
        bare: bool = True,
    ) -> None:
        self.notes, self.depth = notes, depth
        self.wrap, self.attributes, self.bare = wrap, attributes or {}, bare
        self.blocks: list[Block] = []
        self.run: Run = []

    def finished(self) -> list[Block]:
        self.end_run()
        return _with_lists_joined(self.blocks)

    def end_run(self) -> None:
        """Makes what has gathered into blocks of the kind this flow wraps words in."""
        in_parts = self.wrap == "p"
        parts = paragraphs(self.run, bare=self.bare) if in_parts else [one_line(self.run)]
        for part in parts:
            if inner := markup(part):
                self.blocks.append(Block(self.wrap, inner, dict(self.attributes)))
        self.run = []

    def within(self, node: Node, marks: tuple[Mark, ...], **options: object) -> list[Block]:
        """The blocks inside an element, in a flow of their own."""
        flow = _Flow(notes=self.notes, depth=self.depth + 1, **options)  # type: ignore[arg-type]
        flow.walk(node, marks)
        return flow.finished()

    def walk(self, node: Node, marks: tuple[Mark, ...]) -> None:
        for child in node.children:
            if isinstance(child, str):
                self.run.append(Leaf(TEXT, child, marks))
            elif child.tag == "br":
                self.run.append(Leaf(BREAK, "", marks))
            elif self.wrap != "p" and (child.tag in BLOCKS or child.tag in CONTAINERS):
                self._walk_on_one_line(child, marks)
            elif child.tag in BLOCKS:
                self.end_run()
                self.blocks += BLOCKS[child.tag](self, child, marks)
            elif child.tag in CONTAINERS:
                self.end_run()
                self.walk(child, marks)
                self.end_run()
            else:
                self.walk_inline(child, marks)

    def _add_note(self, note: str, marks: tuple[Mark, ...]) -> None:
        """A note's mark becomes a link on the page, so it stands in no other link."""
        if words := " ".join(note.split()):
            self.run.append(Leaf(NOTE, words, tuple(mark for mark in marks if mark[0] != "a")))

    def _walk_on_one_line(self, node: Node, marks: tuple[Mark, ...]) -> None:
        """A heading or a caption is one line: blocks inside it are only words in it."""
        self.run.append(Leaf(TEXT, " "))
        self.walk(node, marks)
        self.run.append(Leaf(TEXT, " "))

    def walk_inline(self, node: Node, marks: tuple[Mark, ...]) -> None:
        if is_list_marker(node):
            return
        if note := word_note_of(node, self.notes) or node.attributes.get("data-footnote"):
            if node.tag == "span":
                self.walk(node, marks)
            self._add_note(note, marks)
            return
        for name in marks_of(node):
            href = node.attributes.get("href", "").strip()
            if name != "a":
                marks = with_mark(marks, (name, ()))
            elif href:
                marks = with_mark(marks, (name, (("href", href),)))
        spoken = tuple(
            (name, node.attributes[name]) for name in ("lang", "dir") if node.attributes.get(name)
        )
        if node.tag == "span" and spoken:
            marks = with_mark(marks, ("span", spoken))
        self.walk(node, marks)


def _attributes(node: Node, names: tuple[str, ...]) -> dict[str, str]:
    return {name: node.attributes[name] for name in names if node.attributes.get(name)}


def _paragraph(flow: _Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    attributes = _attributes(node, ("dir", "lang"))
    if listed := list_of(node):
        blocks = flow.within(node, marks, bare=False)
        return [Block(f"{listed} item", _compact(blocks))] if blocks else []
    return flow.within(node, marks, attributes=attributes, bare=False)


def _heading(flow: _Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    attributes = _attributes(node, KEPT_ON_BLOCKS)
    if GENERATED_ANCHOR.search(attributes.get("id", "")):
        del attributes["id"]
    # Headings are strong by themselves.
    marks = tuple(mark for mark in marks if mark[0] != "strong")
    return flow.within(node, marks, wrap=HEADINGS[node.tag], attributes=attributes, bare=False)


def _quote(flow: _Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    blocks = flow.within(node, marks)
    if flow.depth >= DEEPEST_BLOCK or not blocks:
        return blocks
    inner = "".join(block.html() for block in blocks)
    return [Block("blockquote", inner, _attributes(node, ("dir", "lang")))]


def _list(flow: _Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    items: list[list[Block]] = []
    for child in node.children:
        if isinstance(child, Node):
            holder = child if child.tag == "li" else Node("li", children=[child])
        elif child.strip():
            holder = Node("li", children=[child])
        else:
            continue
        # A list straight inside a list belongs to the item before it.
        nested = isinstance(child, Node) and child.tag in {"ul", "ol"} and bool(items)
        blocks = flow.within(holder, marks)
        if nested:
            items[-1] += blocks
        elif blocks:
            items.append(blocks)
    if flow.depth >= DEEPEST_BLOCK:
        return [block for blocks in items for block in blocks]
    inner = "".join(f"<li>{_compact(blocks)}</li>" for blocks in items)
    return [Block(node.tag, inner, _attributes(node, ("start",)))] if inner else []


def _preformatted(flow: _Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    text = node.text().replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
    return [Block("pre", f"<code>{escape(text, quote=False)}</code>")] if text.strip() else []


def _rule(flow: _Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    return [Block("hr")]


def _table(flow: _Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    captions, rows = [], []
    for part in node.elements():
        if part.tag == "caption":
            captions += flow.within(part, marks)
        rows += [part] if part.tag == "tr" else [row for row in part.elements() if row.tag == "tr"]
    cells = [[cell for cell in row.elements() if cell.tag in {"td", "th"}] for row in rows]
    cells = [row for row in cells if row]
    if flow.depth >= DEEPEST_BLOCK:
        return captions + [b for row in cells for cell in row for b in flow.within(cell, marks)]
    head = 0
    while head < len(cells) - 1 and all(cell.tag == "th" for cell in cells[head]):
        head += 1
    drawn = ["".join(_cell(flow, cell, marks) for cell in row) for row in cells]
    lines = [f"<tr>{row}</tr>" for row in drawn]
    sections = [f"<thead>{''.join(lines[:head])}</thead>"] if head else []
    sections += [f"<tbody>{''.join(lines[head:])}</tbody>"] if lines[head:] else []
    return [*captions, Block("table", "".join(sections))] if lines else captions


def _cell(flow: _Flow, cell: Node, marks: tuple[Mark, ...]) -> str:
    attributes = {
        name: value
        for name, value in _attributes(cell, ("colspan", "rowspan")).items()
        if value.isascii() and value.isdigit() and 1 < int(value) <= 100
    }
    if cell.tag == "th":
        attributes |= _attributes(cell, ("scope",))
    return Block(cell.tag, _compact(flow.within(cell, marks)), attributes).html()


def _compact(blocks: list[Block]) -> str:
    """Blocks inside an item or a cell: words that stand alone need no paragraph around them."""
    first, others = blocks[:1], blocks[1:]
    alone = all(block.tag in {"ul", "ol"} for block in others)
    if first and first[0].tag == "p" and not first[0].attributes and alone:
        return first[0].inner + "".join(block.html() for block in others)
    return "".join(block.html() for block in blocks)


def _with_lists_joined(blocks: list[Block]) -> list[Block]:
    """Paragraphs that were list items stand in one list with their neighbours."""
    joined: list[Block] = []
    kind_before = ""
    for block in blocks:
        kind, _, item = block.tag.partition(" ")
        if not item:
            joined.append(block)
        elif kind == kind_before:
            joined[-1].inner += f"<li>{block.inner}</li>"
        else:
            joined.append(Block(kind, f"<li>{block.inner}</li>"))
        kind_before = kind if item else ""
    return joined


BLOCKS: Final = {
    "p": _paragraph,
    **dict.fromkeys(HEADINGS, _heading),
    "blockquote": _quote,
    "ul": _list,
    "ol": _list,
    "pre": _preformatted,
    "hr": _rule,
    "figure": figure,
    "table": _table,
}
