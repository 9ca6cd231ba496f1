"""The lines of a letter in plain text."""

import textwrap
from typing import Final

LINE_WIDTH: Final = 72
"""What a reader of plain text sees without a line breaking where it should not."""

RULE: Final = "–" * 24


def wrapped(text: str, *, first: str = "", rest: str = "") -> str:
    """A paragraph in lines of a letter; an address is never broken."""
    return textwrap.fill(
        " ".join(text.split()),
        LINE_WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
