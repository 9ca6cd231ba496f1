"""Sanitising bodies.

There are two passes. The first allows what people paste (`PASTED`), so that the normaliser between
them can interpret it; the second allows only what is stored.
"""

from functools import lru_cache
from typing import Final, NamedTuple

import nh3

from articles.body import blocks as blocks  # It registers them.
from articles.body.captions import link_or_none
from articles.body.cleaning import cleaner, is_too_deep, linear, plain, stable, storable
from articles.body.normaliser import normalise
from articles.body.registry import (
    Attributes,
    BlockType,
    Check,
    all_blocks,
    allowed_elements,
    merged,
)

INLINE: Final[dict[str, Attributes]] = {
    **{key: {} for key in ("br", "strong", "em", "u", "s", "sub", "sup", "code", "cite")},
    "a": {"href": link_or_none},
    "span": blocks.text.LANGUAGE,
}
"""The elements within a block, beside those of footnotes."""
PASTED: Final = frozenset(
    {"h1", "h5", "h6", "div", "section", "article", "header", "footer", "main", "center"}
    | {"address", "details", "summary", "dl", "dt", "dd", "tfoot", "caption", "b", "i", "del"}
    | {"strike", "font", "ins", "mark", "small", "big", "tt", "kbd", "samp", "dfn", "var", "q"}
)
STYLED: Final = frozenset({"class", "style", "id"})
"""They tell what pasted text is."""


class _Cleaners(NamedTuple):
    first: nh3.Cleaner
    last: nh3.Cleaner


def stored_elements() -> dict[str, dict[str, Check]]:
    """Every element that a stored body may have → its attributes."""
    return merged([INLINE, allowed_elements(all_blocks())])


@lru_cache(maxsize=4)
def _cleaners(registered: tuple[BlockType, ...]) -> _Cleaners:
    elements = stored_elements()

    def check(tag: str, attribute: str, value: str) -> str | None:
        # nh3 also passes `lang` and `title` of every element.
        allowed = elements[tag].get(attribute)
        return allowed(value) if allowed else None

    styled = {tag: {*names, *STYLED} for tag, names in elements.items() if names}
    styled |= {key: {*STYLED} for key in ("b", "i", "div", "font", "h1", "li")}
    return _Cleaners(cleaner(elements.keys() | PASTED, styled), cleaner(elements, elements, check))


def clean(html: str) -> str:
    """The sanitised body, one block per line; sanitising it again changes nothing.

    Never fails; markup that never becomes stable is reduced to plain text.
    """
    first, last = _cleaners(all_blocks())
    return stable(
        storable(html),
        lambda each: linear(last, normalise(linear(first, each))),
        lambda each: f"<p>{words}</p>" if (words := plain(each)) else "",
    )


@lru_cache(maxsize=256)
def safe_body(stored: str) -> str:
    """A stored body that is safe to show, however it was written to the database.

    A body that passes the second pass unchanged is returned as it is; anything else is sanitised now.
    The last bodies are cached.
    """
    if is_too_deep(stored):
        return clean(stored)
    return stored if linear(_cleaners(all_blocks()).last, stored) == stored else clean(stored)
