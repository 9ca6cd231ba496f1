"""Tables."""

from html import escape
from typing import Final

from lxml.html import HtmlElement, fragment_fromstring

from articles.body.blocks.text import given, whole_number
from articles.body.inline import Mark
from articles.body.normaliser import MAX_BLOCK_DEPTH, Flow, compact
from articles.body.registry import BlockType, Labels, one_of
from articles.body.tree import Block, Node, replace


def _normalise(flow: Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
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


def _cell(flow: Flow, cell: Node, marks: tuple[Mark, ...]) -> str:
    attributes = {
        name: value
        for name, value in given(cell, ("colspan", "rowspan")).items()
        if value.isascii() and value.isdigit() and 1 < int(value) <= 100
    }
    if cell.tag == "th":
        attributes |= given(cell, ("scope",))
    return Block(cell.tag, compact(flow.within(cell, marks)), attributes).html()


def _in_boxes(tree: HtmlElement, labels: Labels) -> None:
    """Each table in a box that scrolls, so that a wide one never widens the page."""
    tables = list(tree.iter("table"))
    for number, table in enumerate(tables, start=1):
        # Several tables on a page have different names.
        name = labels.table if len(tables) == 1 else f"{labels.table} {number}"
        for cell in table.xpath("./thead/tr/th[not(@scope)]"):
            cell.set("scope", "col")
        box = fragment_fromstring(
            '<div class="table-scroll" role="region" tabindex="0" '
            f'aria-label="{escape(name)}"></div>'
        )
        replace(table, box)
        table.tail = None
        box.append(table)


TABLE: Final = BlockType(
    name="table",
    tags=("table",),
    elements={
        **{key: {} for key in ("table", "thead", "tbody", "tr")},
        "th": {
            "colspan": whole_number,
            "rowspan": whole_number,
            "scope": one_of("col", "row"),
        },
        "td": {"colspan": whole_number, "rowspan": whole_number},
    },
    normalise=_normalise,
    on_page=_in_boxes,
    editor="iria_admin/editor/table.js",
)
