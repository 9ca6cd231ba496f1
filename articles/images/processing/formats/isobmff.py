"""Boxes of an ISO media file, and the table of its items' locations.

Sources: ISO/IEC 14496-12 (boxes), section 8.11 (meta, iloc, iinf, iref).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from struct import pack
from typing import Final, NamedTuple

from articles.images.processing.formats import Content

MOST_ITEMS: Final = 10_000


class Box(NamedTuple):
    """The position of a box: from `start` to `end`, its content from `inside`."""

    kind: bytes
    start: int
    inside: int
    end: int


class Broken(ValueError):
    """A table cannot be read; the message says why."""


def boxes(content: Content, start: int, end: int) -> Iterator[Box]:
    """Successive boxes, up to the first broken one."""
    at = start
    while at + 8 <= end:
        size, inside = int.from_bytes(content[at : at + 4]), at + 8
        if size == 1:
            size, inside = int.from_bytes(content[at + 8 : at + 16]), at + 16
        elif size == 0:  # up to the end of the file
            size = end - at
        if size < inside - at or at + size > end:
            return
        yield Box(content[at + 4 : at + 8], at, inside, at + size)
        at += size


def box(kind: bytes, content: bytes) -> bytes:
    return pack(">I", 8 + len(content)) + kind + content


FULL: Final = 4
"""Bytes of version and flags at the start of many boxes."""


class Info(NamedTuple):
    """One entry of the list of items: its number, type and position."""

    number: int
    kind: bytes
    entry: Box
    content_type: bytes


def infos(content: Content, listing: Box) -> Iterator[Info]:
    """The items in an `iinf` box."""
    version = content[listing.inside] if listing.end > listing.inside else 0
    start = listing.inside + FULL + (4 if version else 2)
    for entry in islice(boxes(content, start, listing.end), MOST_ITEMS):
        data = content[entry.inside : entry.end]
        wide = 4 if data[:1] == b"\x03" else 2
        number = int.from_bytes(data[FULL : FULL + wide])
        kind = data[FULL + wide + 2 : FULL + wide + 6]
        texts = data[FULL + wide + 6 :].split(b"\x00")
        yield Info(number, kind, entry, texts[1] if kind == b"mime" and len(texts) > 1 else b"")


@dataclass(slots=True)
class Item:
    """The location of one item: `base`, and offset and length of each extent."""

    number: int
    method: int
    reference: int
    base: int
    extents: list[tuple[int, int, int]]
    """Index, offset, length."""

    @property
    def in_file(self) -> bool:
        """Whether the offsets count from the beginning of this file."""
        return self.method == 0 and self.reference == 0


@dataclass(slots=True)
class Locations:
    """The table `iloc`, read and written in its own version and widths."""

    version: int
    flags: bytes
    widths: tuple[int, int, int, int]
    """Bytes of an offset, a length, a base offset and an index."""
    items: list[Item]

    def written(self) -> bytes:
        offset, length, base, index = self.widths
        wide = 4 if self.version == 2 else 2
        parts = [
            bytes([self.version]),
            self.flags,
            bytes([offset << 4 | length, base << 4 | index]),
        ]
        parts.append(len(self.items).to_bytes(wide))
        for item in self.items:
            parts.append(item.number.to_bytes(wide))
            parts.append(item.method.to_bytes(2) if self.version else b"")
            parts.append(item.reference.to_bytes(2) + item.base.to_bytes(base))
            parts.append(len(item.extents).to_bytes(2))
            for at, where, long in item.extents:
                parts.append(at.to_bytes(index if self.version else 0))
                parts.append(where.to_bytes(offset) + long.to_bytes(length))
        return box(b"iloc", b"".join(parts))


class _Reader:
    """Reads successive numbers of given widths."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def number(self, width: int) -> int:
        found = self.content[self.at : self.at + width]
        if len(found) < width:
            message = "A table of the file ends too early."
            raise Broken(message)
        self.at += width
        return int.from_bytes(found)


def locations(content: bytes) -> Locations:
    """The content of an `iloc` box.

    Raises:
        Broken: the table is incomplete or of an unknown version.
    """
    reader = _Reader(content)
    version = reader.number(1)
    flags = reader.number(3).to_bytes(3)
    sizes = reader.number(2)
    offset, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    if version > 2 or not {offset, length, base} <= {0, 4, 8}:
        message = "The file has an unsupported table of item locations."
        raise Broken(message)
    wide = 4 if version == 2 else 2
    items = []
    for _ in range(min(reader.number(wide), MOST_ITEMS)):
        number = reader.number(wide)
        method = reader.number(2) & 15 if version else 0
        item = Item(number, method, reader.number(2), reader.number(base), [])
        for _ in range(min(reader.number(2), MOST_ITEMS)):
            at = reader.number(index if version else 0)
            item.extents.append((at, reader.number(offset), reader.number(length)))
        items.append(item)
    return Locations(version, flags, (offset, length, base, index), items)
