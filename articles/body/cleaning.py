"""What the sanitisers of bodies and captions share: limits, cleaners, and nh3 in time that grows with the text.

nh3's serialiser looks for the next `<` or `>` of a text or an attribute each time it has written a `&`
or a character of U+0080 to U+00BF (`«`, no-break space), so a text of many of these takes quadratic
time. A marker with a `>` after every 2,000 of them ends these searches; it is removed afterwards.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape, unescape
from secrets import token_hex
from typing import Final, Protocol

import nh3

from articles.body.references import SCHEME

AttributeFilter = Callable[[str, str, str], str | None]
"""Element, attribute and value → the value to keep, or None to remove the attribute."""

_SECRET: Final = f"\ufdd0{token_hex(8)}"
"""In no text, so that a text cannot contain a marker that would be removed after it was checked."""

_MARKER: Final = f"{_SECRET}&gt;"
_WRITTEN_MARKER: Final = re.compile(f"{_SECRET}&(?:amp;)?gt;")
_OTHERS: Final = "[^<>&\u0080-\u00bf]*+"
_SLOW: Final = "[&\u0080-\u00bf]"
_MANY: Final = re.compile(f"{_SLOW}(?:{_OTHERS}{_SLOW}){{0,1999}}+(?P<more>{_OTHERS}(?={_SLOW}))?")


class Cleaner(Protocol):
    """`nh3.Cleaner`."""

    def clean(self, html: str, /) -> str: ...


def linear(cleaner: Cleaner, html: str) -> str:
    """The HTML as this cleaner returns it."""
    marked = _MANY.sub(_marked, html)
    result = cleaner.clean(marked)
    return result if marked == html else _WRITTEN_MARKER.sub("", result)


def _marked(many: re.Match[str]) -> str:
    return many[0] if many["more"] is None else many[0] + _MARKER


SWALLOWED: Final = frozenset(
    {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "select"}
    | {"textarea", "title", "xml", "canvas", "audio", "video", "applet", "noframes", "noembed"}
)
"""Removed together with their content, which is not meant to be read."""
SCHEMES: Final = frozenset({"http", "https", "mailto", "tel", SCHEME})
UNSTORABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
"""What neither PostgreSQL nor a page can contain: NUL, control characters, surrogates."""

TAG: Final = re.compile(r"<(?P<closing>/?)(?P<name>[a-zA-Z][^\s/>]*)[^>]*>?")
SELF_CLOSING: Final = frozenset(
    {"p", "li", "dt", "dd", "tr", "td", "th", "option", "br", "hr", "img", "input", "wbr", "col"}
    | {"meta", "link", "area", "source", "track", "embed", "o:p"}
)
MAX_SOURCE_DEPTH: Final = 2000
ROUNDS: Final = 6


def cleaner(
    tags: Iterable[str],
    attributes: Mapping[str, Iterable[str]],
    attribute_filter: AttributeFilter | None = None,
) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(tags),
        clean_content_tags=set(SWALLOWED),
        attributes={tag: set(names) for tag, names in attributes.items()},
        attribute_filter=attribute_filter,
        url_schemes=set(SCHEMES),
        link_rel=None,
        strip_comments=True,
    )


_text = nh3.Cleaner(tags=set())


def stable(html: str, clean_once: Callable[[str], str], otherwise: Callable[[str], str]) -> str:
    """The HTML cleaned until nothing changes, since a browser must parse the result exactly as it was cleaned.

    Args:
        otherwise: what becomes of markup that is never stable.
    """
    for _ in range(ROUNDS):
        cleaned = UNSTORABLE.sub("", clean_once(html))
        if cleaned == html:
            return cleaned
        html = cleaned
    return otherwise(html)


def storable(html: str) -> str:
    """The HTML without what cannot be stored; only its text if it is nested unreasonably deep."""
    text = UNSTORABLE.sub("", html)
    return TAG.sub(" ", text) if is_too_deep(text) else text


def is_too_deep(html: str) -> bool:
    """Whether elements are nested unreasonably deep.

    An HTML5 parser checks all open elements at each new block, so a megabyte of unclosed `<div>`
    would take minutes. Elements with optional end tags do not count.
    """
    depth = 0
    for tag in TAG.finditer(html):
        if tag["name"].lower() not in SELF_CLOSING:
            depth = max(depth - 1, 0) if tag["closing"] else depth + 1
            if depth > MAX_SOURCE_DEPTH:
                return True
    return False


def plain(html: str) -> str:
    """Only the text, on one line, as HTML."""
    return escape(" ".join(unescape(linear(_text, html)).split()), quote=False)
