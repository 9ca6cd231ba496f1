"""JPEG: segments before the pixels. Source: ISO 10918-1, annex B."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from articles.images.processing.formats import Content

APP0: Final = 0xE0
APP1: Final = 0xE1
APP11: Final = 0xEB
APP13: Final = 0xED
APP15: Final = 0xEF
COMMENT: Final = 0xFE
SCAN: Final = 0xDA


class Segment(NamedTuple):
    marker: int
    start: int
    data: bytes


def segments(content: Content) -> Iterator[Segment]:
    """The segments up to the first scan, that one included (its data are left empty)."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # a marker may be preceded by any number of these
            at += 1
            continue
        if marker == SCAN:
            yield Segment(marker, at, b"")
            return
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        if end < at + 4 or end > len(content):
            return
        yield Segment(marker, at, content[at + 4 : end])
        at = end
