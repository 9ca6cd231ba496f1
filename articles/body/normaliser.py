"""Normalises any markup to a sequence of known blocks.

Text is never lost: unknown elements become paragraphs. There is one form for each meaning, so that
saving an unchanged article changes nothing and revisions can be compared. Callouts and pull quotes
stand at the top level of a body only: `<aside data-callout="">` with paragraphs, headings and lists,
`<aside data-pull-quote="">` with paragraphs.
"""

import re
from collections.abc import Iterator
from html import escape
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
from articles.body.paste_formats import (
    HEADINGS,
    is_list_marker,
    list_of,
    marks_of,
    take_word_notes,
    word_note_of,
)
from articles.body.references import normalise_url
from articles.body.tree import Block, Node, read

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


PICTURE: Final = "data-image"
GALLERY: Final = "data-gallery"
FILE: Final = "data-file"
WIDTH: Final = "data-width"
ALT: Final = "data-alt"
DECORATIVE: Final = "data-decorative"


def figure(flow: "_Flow", node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    """An image, a gallery, an embed or a file with its caption; any other figure becomes its content."""
    if _has_id(node, PICTURE):
        attributes = {
            PICTURE: str(int(node.attributes[PICTURE])),
            **_alt_attributes(node),
            **_width_attribute(node),
        }
        return [_captioned(attributes, _caption(flow, node.children))]
    if GALLERY in node.attributes:
        return _gallery(flow, node, marks)
    url = normalise_url(node.attributes.get("data-embed", ""))
    if url is not None:
        return [_captioned({"data-embed": url}, _caption(flow, node.children))]
    if _has_id(node, FILE):
        attributes = {FILE: str(int(node.attributes[FILE]))}
        return [_captioned(attributes, _caption(flow, node.children))]
    return flow.within(node, marks)


def _gallery(flow: "_Flow", node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    """Images with a caption for all of them; other content comes after.

    A single image is not a gallery: it becomes a figure with both captions.
    """
    parts = list(_parts(node))
    blocks = flow.within(
        Node("div", children=[part for part in parts if _contains_figure(part)]), ()
    )
    images = [block for block in blocks if PICTURE in block.attributes]
    others = [block for block in blocks if PICTURE not in block.attributes]
    if not images:
        return flow.within(Node("div", children=list(parts)), marks)
    caption = _caption(flow, [part for part in parts if not _contains_figure(part)])
    for image in images:
        image.attributes.pop(WIDTH, None)
    if len(images) == 1:
        own = images[0].inner.removeprefix("<figcaption>").removesuffix("</figcaption>")
        both = " ".join(part for part in (own, caption) if part)
        return [_captioned(images[0].attributes | _width_attribute(node), both), *others]
    inner = "".join(image.html() for image in images)
    made = Block("figure", f"{inner}<figcaption>{caption}</figcaption>", {GALLERY: ""})
    made.attributes |= _width_attribute(node)
    return [made, *others]


def _parts(gallery: Node) -> Iterator[Node | str]:
    """The content of a gallery and of nested galleries."""
    for child in gallery.children:
        within = isinstance(child, Node) and child.tag == "figure" and GALLERY in child.attributes
        if isinstance(child, Node) and within and not _has_id(child, PICTURE):
            yield from _parts(child)
        else:
            yield child


def _contains_figure(part: Node | str) -> bool:
    if isinstance(part, str):
        return False
    return part.tag == "figure" or any(_contains_figure(child) for child in part.elements())


def _has_id(node: Node, attribute: str) -> bool:
    number = node.attributes.get(attribute, "")
    return number.isascii() and number.isdigit() and int(number) > 0


def _alt_attributes(node: Node) -> dict[str, str]:
    """A decorative image has no alt text."""
    if DECORATIVE in node.attributes:
        return {DECORATIVE: ""}
    alt = " ".join(node.attributes.get(ALT, "").split())
    return {ALT: alt} if alt else {}


def _width_attribute(node: Node) -> dict[str, str]:
    width = node.attributes.get(WIDTH, "normal")
    return {} if width == "normal" else {WIDTH: width}


def _caption(flow: "_Flow", parts: list[Node | str]) -> str:
    """The text of these parts on one line."""
    blocks = flow.within(Node("figcaption", children=parts), (), wrap="figcaption")
    return "".join(block.inner for block in blocks)


def _captioned(attributes: dict[str, str], caption: str) -> Block:
    return Block("figure", f"<figcaption>{caption}</figcaption>", attributes)


CONTAINERS: Final = frozenset(
    {"div", "section", "article", "header", "footer", "main", "center", "address"}
    | {"details", "summary", "dl", "dt", "dd", "figcaption", "caption", "li", "td", "th"}
    | {"tr", "tbody", "thead", "tfoot"}
)
"""Elements that only separate blocks."""

KEPT_ON_BLOCKS: Final = ("id", "dir", "lang")
MAX_BLOCK_DEPTH: Final = 8
GENERATED_ANCHOR: Final = re.compile(
    r"^(_|docs-internal-guid|ftn|edn)|^(notes?|top|comments?|content)(-|$)"
)
"""Anchors generated by editors, and those that our own pages use."""


def normalise(html: str) -> str:
    """The markup as known blocks, one per line."""
    root = read(html)
    flow = _Flow(notes=take_word_notes(root))
    flow.walk(root, ())
    return "\n".join(block.html() for block in flow.finished())


class _Flow:
    """Collects blocks; text outside blocks is collected in a run until the next block."""

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
        """Turns the collected run into blocks."""
        in_parts = self.wrap == "p"
        parts = paragraphs(self.run, bare=self.bare) if in_parts else [one_line(self.run)]
        for part in parts:
            if inner := markup(part):
                self.blocks.append(Block(self.wrap, inner, dict(self.attributes)))
        self.run = []

    def within(self, node: Node, marks: tuple[Mark, ...], **options: object) -> list[Block]:
        """The blocks inside an element."""
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
    if flow.depth >= MAX_BLOCK_DEPTH or not blocks:
        return blocks
    inner = "".join(block.html() for block in blocks)
    return [Block("blockquote", inner, _attributes(node, ("dir", "lang")))]


def _aside(flow: _Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    """Any other aside only separates blocks."""
    kind = kind_of(node)
    if kind is None or flow.depth:
        return flow.within(node, marks)
    return aside(kind, flow.within(_unquoted(node), marks), _attributes(node, ("dir", "lang")))


def _unquoted(node: Node) -> Node:
    """The element without the `blockquote` that WordPress puts into a pull quote."""
    quotes = [child for child in node.elements() if child.tag == "blockquote"]
    return quotes[0] if node.tag == "figure" and len(quotes) == 1 else node


def _figure(flow: _Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    return (_aside if kind_of(node) else figure)(flow, node, marks)


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
    if flow.depth >= MAX_BLOCK_DEPTH:
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
    if flow.depth >= MAX_BLOCK_DEPTH:
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


BLOCKS: Final = {
    "p": _paragraph,
    **dict.fromkeys(HEADINGS, _heading),
    "blockquote": _quote,
    "ul": _list,
    "ol": _list,
    "pre": _preformatted,
    "hr": _rule,
    "figure": _figure,
    "aside": _aside,
    "table": _table,
}
