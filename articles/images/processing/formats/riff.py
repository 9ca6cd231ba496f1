"""WebP: chunks of a RIFF file. Source: WebP Container Specification."""

from collections.abc import Iterator
from typing import NamedTuple

from articles.images.processing.formats import Content


class Chunk(NamedTuple):
    name: bytes
    start: int
    """Where its data begin."""
    end: int


def chunks(content: Content) -> Iterator[Chunk]:
    end = min(len(content), 8 + int.from_bytes(content[4:8], "little"))
    at = 12
    while at + 8 <= end:
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        if at + 8 + size > end:
            return
        yield Chunk(content[at : at + 4], at + 8, at + 8 + size)
        at += 8 + size + size % 2


def end_of(content: Content) -> int:
    """Where the last chunk must end for the file to be whole."""
    return 8 + int.from_bytes(content[4:8], "little")
