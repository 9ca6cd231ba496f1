"""The blocks of a text, each declared once: what is stored, how it is recognised, shown and edited.

The sanitiser, the normaliser, pages, plain text, comparisons, exports and the editor derive from the declarations.
`articles.body.blocks` has those of the product; an app registers its own in `AppConfig.ready` (docs/extending.md).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from lxml.html import HtmlElement

from articles.body.inline import Mark
from articles.body.tree import Block, Node

if TYPE_CHECKING:
    from articles.body.normaliser import Flow

Check = Callable[[str], str | None]
"""The value of an attribute → the value to store, or None to remove the attribute."""

Attributes = Mapping[str, Check]
"""The attributes that an element may have."""

Normalise = Callable[["Flow", Node, tuple[Mark, ...]], list[Block]]
"""An element as blocks in the form that is stored; the marks are those around it."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Words of a page in the language of the text."""

    notes: str = "Notes"
    """The heading above the footnotes."""
    back: str = "Back to the text"
    """Label of the arrow after a footnote, for screen readers."""
    table: str = "Table"


def _any(node: Node) -> bool:
    return True


def _nothing(use: Any) -> str:
    return ""


# By identity: a block that is declared again is another one.
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlockType:
    """A kind of block."""

    name: str
    tags: tuple[str, ...] = ()
    """The elements that may be one when they are pasted or imported; none within a line."""
    elements: Mapping[str, Attributes] = field(default_factory=dict)
    """The elements of which it is stored."""
    matches: Callable[[Node], bool] = _any
    """Whether such an element is one. The first block that matches is used; without one the content stays."""
    normalise: Normalise | None = None
    read: Callable[[HtmlElement, int], Any] | None = None
    """A stored element and its number among those of the text, from 1 → a value for `write`; None if it is no such
    block. Without this function its elements stay as they are."""
    write: Callable[[Any], str] = _nothing
    """The value → HTML on pages, in feeds and exports, unless these have a writer of their own; empty for nothing."""
    on_page: Callable[[HtmlElement, Labels], None] | None = None
    """Changes the tree of a whole text for readers, after the others are written."""
    compared: Callable[[Any], str] | None = None
    """The value → what a comparison of versions shows below the text."""
    exports: Mapping[str, Callable[[HtmlElement], Any]] = field(default_factory=dict)
    """`ghost` or `wordpress` → a function from the stored element to the node or the text of that export; without it,
    and unless the export has a form of its own for the block, it is HTML there (`iria.transfer.site`)."""
    editor: str = ""
    """The static file of its editor extension."""


BLOCKS: Final[dict[str, BlockType]] = {}
"""Name → block, in the order of the menus."""


def register(*blocks: BlockType) -> None:
    """Adds blocks; one with the name of another replaces it."""
    BLOCKS.update((block.name, block) for block in blocks)


def all_blocks() -> tuple[BlockType, ...]:
    return tuple(BLOCKS.values())


def editor_scripts() -> list[str]:
    """The static files of all extensions, each once, in the order of the menus."""
    return list(dict.fromkeys(block.editor for block in all_blocks() if block.editor))


@lru_cache(maxsize=4)
def by_tag(blocks: tuple[BlockType, ...]) -> dict[str, list[BlockType]]:
    """Element → the blocks that it may be."""
    found: dict[str, list[BlockType]] = {}
    for block in blocks:
        for tag in block.tags:
            found.setdefault(tag, []).append(block)
    return found


@lru_cache(maxsize=4)
def allowed_elements(blocks: tuple[BlockType, ...]) -> dict[str, dict[str, Check]]:
    """Element → its attributes."""
    return merged(block.elements for block in blocks)


def block_of(element: HtmlElement) -> BlockType | None:
    """The block of a stored element: the one whose data attributes it has, or the one without any."""
    found = None
    for block in all_blocks():
        if (attributes := block.elements.get(str(element.tag))) is not None:
            marks = [name for name in attributes if name.startswith("data-")]
            if any(name in element.attrib for name in marks):
                return block
            if not marks:
                found = found or block
    return found


def merged(parts: Iterable[Mapping[str, Attributes]]) -> dict[str, dict[str, Check]]:
    """Several tables of elements as one."""
    elements: dict[str, dict[str, Check]] = {}
    for part in parts:
        for element, attributes in part.items():
            elements.setdefault(element, {}).update(attributes)
    return elements


# Checks of attributes


def flag(value: str) -> str:
    """An attribute without a value."""
    return ""


def one_of(*values: str) -> Check:
    """Only these values."""
    return lambda value: value if value in values else None


def matching(pattern: str) -> Check:
    """Only values of this form."""
    form = re.compile(pattern)
    return lambda value: value if form.fullmatch(value) else None
