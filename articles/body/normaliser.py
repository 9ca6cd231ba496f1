"""Normalises any markup to a sequence of known blocks.

Text is never lost: unknown elements become paragraphs. There is one form for each meaning, so that
saving an unchanged article changes nothing and revisions can be compared.
"""

from typing import Final

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
from articles.body.paste_formats import is_list_marker, marks_of, take_word_notes, word_note_of
from articles.body.registry import BlockType, all_blocks, by_tag
from articles.body.tree import Block, Node, read

CONTAINERS: Final = frozenset(
    {"div", "section", "article", "header", "footer", "main", "center", "address"}
    | {"details", "summary", "dl", "dt", "dd", "figcaption", "caption", "li", "td", "th"}
    | {"tr", "tbody", "thead", "tfoot"}
)
"""Elements that only separate blocks."""

MAX_BLOCK_DEPTH: Final = 8


def normalise(html: str) -> str:
    """The markup as known blocks, one per line."""
    root = read(html)
    flow = Flow(types=by_tag(all_blocks()), notes=take_word_notes(root))
    flow.walk(root, ())
    return "\n".join(block.html() for block in flow.finished())


class Flow:
    """Collects blocks; text outside blocks is collected in a run until the next block."""

    def __init__(
        self,
        *,
        types: dict[str, list[BlockType]],
        notes: dict[str, str],
        depth: int = 0,
        wrap: str = "p",
        attributes: dict[str, str] | None = None,
        bare: bool = True,
    ) -> None:
        self.types, self.notes, self.depth = types, notes, depth
        self.wrap, self.attributes, self.bare = wrap, attributes or {}, bare
        self.blocks: list[Block] = []
        self.run: Run = []

    def finished(self) -> list[Block]:
        self.end_run()
        return _with_lists_joined(self.blocks)

    def end_run(self) -> None:
        """Turns the collected run into blocks."""
        in_parts = self.wrap == "p"
        parts = paragraphs(self.run, bare=self.bare) if in_parts else [one_line(self.run)]
        for part in parts:
            if inner := markup(part):
                self.blocks.append(Block(self.wrap, inner, dict(self.attributes)))
        self.run = []

    def within(self, node: Node, marks: tuple[Mark, ...], **options: object) -> list[Block]:
        """The blocks inside an element."""
        flow = Flow(types=self.types, notes=self.notes, depth=self.depth + 1, **options)  # type: ignore[arg-type]
        flow.walk(node, marks)
        return flow.finished()

    def caption(self, parts: list[Node | str]) -> str:
        """The text of these parts on one line."""
        blocks = self.within(Node("figcaption", children=parts), (), wrap="figcaption")
        return "".join(block.inner for block in blocks)

    def walk(self, node: Node, marks: tuple[Mark, ...]) -> None:
        for child in node.children:
            if isinstance(child, str):
                self.run.append(Leaf(TEXT, child, marks))
            elif child.tag == "br":
                self.run.append(Leaf(BREAK, "", marks))
            elif self.wrap != "p" and (child.tag in self.types or child.tag in CONTAINERS):
                self._walk_on_one_line(child, marks)
            elif child.tag in self.types:
                self.end_run()
                self.blocks += self._block(child, marks)
            elif child.tag in CONTAINERS:
                self.end_run()
                self.walk(child, marks)
                self.end_run()
            else:
                self.walk_inline(child, marks)

    def _block(self, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
        """What no block recognises only separates blocks."""
        for block in self.types[node.tag]:
            if block.normalise and block.matches(node):
                return block.normalise(self, node, marks)
        return self.within(node, marks)

    def _add_note(self, note: str, marks: tuple[Mark, ...]) -> None:
        """A footnote mark becomes a link on the page, so it cannot be inside a link."""
        if text := " ".join(note.split()):
            self.run.append(Leaf(NOTE, text, tuple(mark for mark in marks if mark[0] != "a")))

    def _walk_on_one_line(self, node: Node, marks: tuple[Mark, ...]) -> None:
        """Headings and captions are one line: blocks inside them become text."""
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
        languages = tuple(
            (name, node.attributes[name]) for name in ("lang", "dir") if node.attributes.get(name)
        )
        if node.tag == "span" and languages:
            marks = with_mark(marks, ("span", languages))
        self.walk(node, marks)


def compact(blocks: list[Block]) -> str:
    """Blocks inside an item or a cell: a single paragraph loses its element."""
    first, others = blocks[:1], blocks[1:]
    alone = all(block.tag in {"ul", "ol"} for block in others)
    if first and first[0].tag == "p" and not first[0].attributes and alone:
        return first[0].inner + "".join(block.html() for block in others)
    return "".join(block.html() for block in blocks)


def _with_lists_joined(blocks: list[Block]) -> list[Block]:
    """Joins neighbouring list items into one list."""
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
