"""PNG: chunks. Source: PNG (Third Edition), section 5."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from articles.images.processing.formats import Content

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
XMP_HEAD: Final = b"XML:com.adobe.xmp\x00"


class Chunk(NamedTuple):
    """From `start` to `end`, its name, length and checksum included."""

    name: bytes
    start: int
    end: int

    @property
    def inside(self) -> slice:
        return slice(self.start + 8, self.end - 4)


def chunks(content: Content) -> Iterator[Chunk]:
    """The chunks up to `IEND`, that one included."""
    at = len(SIGNATURE)
    while at + 12 <= len(content):
        chunk = Chunk(content[at + 4 : at + 8], at, at + 12 + int.from_bytes(content[at : at + 4]))
        if chunk.end > len(content):
            return
        yield chunk
        if chunk.name == b"IEND":
            return
        at = chunk.end
