"""Files to download or to listen to: `<figure data-file="ID"><figcaption>description</figcaption></figure>`."""

import re
from dataclasses import dataclass
from typing import Final

from lxml.html import HtmlElement

from articles.body.blocks.figures import NUMBER, caption_of, captioned, has_id, id_or_none, is_id
from articles.body.inline import Mark
from articles.body.normaliser import Flow
from articles.body.registry import BlockType
from articles.body.tree import Block, Node, parse

FILE: Final = "data-file"
STORED: Final = re.compile(rf'{FILE}="({NUMBER})"', re.ASCII)
"""Bodies are sanitised, so the attribute always has this form."""


@dataclass(frozen=True, slots=True)
class FileUse:
    """One file in a body, with the description of this use (sanitised HTML)."""

    file_id: int
    caption: str


def file_use_of(figure: HtmlElement, number: int = 1) -> FileUse | None:
    """The use of a `figure` element; None if it has no file."""
    file_id = figure.get(FILE, "")
    if not is_id(file_id) or figure.get("data-image"):
        return None
    return FileUse(int(file_id), caption_of(figure))


def files_in(body: str) -> list[FileUse]:
    """Every file, in the order of the text."""
    if FILE not in body:
        return []
    return [use for figure in parse(body).iter("figure") if (use := file_use_of(figure))]


def file_ids_in(body: str) -> set[int]:
    """The ids of the files, without parsing the body."""
    return {int(number) for number in STORED.findall(body)}


def _normalise(flow: Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    attributes = {FILE: str(int(node.attributes[FILE]))}
    return [captioned(attributes, flow.caption(node.children))]


FILE_BLOCK: Final = BlockType(
    name="file",
    tags=("figure",),
    elements={"figure": {FILE: id_or_none}, "figcaption": {}},
    matches=lambda node: has_id(node, FILE),
    normalise=_normalise,
    read=file_use_of,
    compared=lambda use: f"File {use.file_id}",
    editor="iria_admin/editor/file.js",
)
