"""Runs nh3 in time that grows with the length of the text.

Its serialiser looks for the next `<` or `>` of a text or an attribute each time it has written a `&`
or a character of U+0080 to U+00BF (`«`, no-break space), so a text of many of these takes quadratic
time. A marker with a `>` after every 2,000 of them ends these searches; it is removed afterwards.
"""

import re
from secrets import token_hex
from typing import Final, Protocol

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
