"""Blocks of the block editor that have no text of their own: `<!-- wp:name {"attribute": 1} /-->`."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Final

from iria.transfer.records import Remark

ALONE: Final = re.compile(
    r"<!--\s*wp:(?P<name>[a-z][\w/-]*)\s*(?P<attributes>\{(?:(?!-->|<!--).)*?\})?\s*/-->", re.DOTALL
)
WITHOUT_TEXT: Final = frozenset(
    {"footnotes", "spacer", "separator", "more", "nextpage", "post-title", "post-content"}
)
"""Blocks that nothing is lost without."""
REUSABLE: Final = "block"
MOST_REUSED: Final = 50
"""In one text, those within each other included."""
SHOWN: Final = 300
"""Characters of what a remark quotes."""

Find = Callable[[str], str]


def expand(text: str, find: Find) -> tuple[str, list[Remark]]:
    """The text with reusable blocks in place, and a remark for each block that is lost.

    Args:
        find: id of a reusable block → its text; empty if there is none.
    """
    remarks: list[Remark] = []
    reused = 0

    def instead(found: re.Match[str]) -> str:
        nonlocal reused
        name = found["name"].removeprefix("core/")
        given = _attributes(found["attributes"] or "")
        if name in WITHOUT_TEXT:
            return found[0]
        if name == REUSABLE:
            number = str(given.get("ref", ""))
            reused += 1
            if reused <= MOST_REUSED and (inner := find(number)):
                return ALONE.sub(instead, inner)
            name = f"{name} {number}"
        prose = " ".join(_prose(given))
        remarks.append(Remark("block without text", f"{name}: {prose}" if prose else name))
        return found[0]

    return ALONE.sub(instead, text), remarks


def _attributes(text: str) -> dict[str, object]:
    try:
        given = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}


def _prose(given: object) -> Iterator[str]:
    """What people wrote into a block of a plugin, which its attributes hold: strings of several words."""
    waiting, length = [given], 0
    while waiting and length < SHOWN:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += reversed(each.values())
        elif isinstance(each, list):
            waiting += reversed(each)
        elif isinstance(each, str) and " " in (text := " ".join(each.split())):
            yield text[: SHOWN - length]
            length += len(text)
