"""The structure of image files, without pixels. Plain Python, no Django.

Each reader stops silently at the first broken part; what comes before it can still be read. Writers
check that the end was reached.

Sources: ISO 10918-1, annex B (segments of JPEG before the pixels); PNG (Third Edition), section 5;
WebP Container Specification (chunks of a RIFF file); TIFF 6.0, section 2 (directories of tags, in files
of their own and inside EXIF); ISO/IEC 14496-12, section 8.11 (boxes, meta, iloc, iinf, iref).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from mmap import mmap
from struct import pack
from typing import Final, NamedTuple

Content = bytes | mmap
"""A whole file: in memory, or mapped into it."""


APP0: Final = 0xE0
APP1: Final = 0xE1
APP11: Final = 0xEB
APP13: Final = 0xED
APP15: Final = 0xEF
COMMENT: Final = 0xFE
SCAN: Final = 0xDA


class JpegSegment(NamedTuple):
    marker: int
    start: int
    data: bytes


def jpeg_segments(content: Content) -> Iterator[JpegSegment]:
    """The segments up to the first scan, that one included (its data are left empty)."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # a marker may be preceded by any number of these
            at += 1
            continue
        if marker == SCAN:
            yield JpegSegment(marker, at, b"")
            return
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        if end < at + 4 or end > len(content):
            return
        yield JpegSegment(marker, at, content[at + 4 : end])
        at = end


PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
PNG_XMP_HEAD: Final = b"XML:com.adobe.xmp\x00"


class PngChunk(NamedTuple):
    """A chunk from `start` to `end`, its name, length and checksum included."""

    name: bytes
    start: int
    end: int

    @property
    def inside(self) -> slice:
        return slice(self.start + 8, self.end - 4)


def png_chunks(content: Content) -> Iterator[PngChunk]:
    """The chunks up to `IEND`, that one included."""
    at = len(PNG_SIGNATURE)
    while at + 12 <= len(content):
        chunk = PngChunk(
            content[at + 4 : at + 8], at, at + 12 + int.from_bytes(content[at : at + 4])
        )
        if chunk.end > len(content):
            return
        yield chunk
        if chunk.name == b"IEND":
            return
        at = chunk.end


class RiffChunk(NamedTuple):
    name: bytes
    start: int
    """Where its data begin."""
    end: int


def riff_chunks(content: Content) -> Iterator[RiffChunk]:
    end = min(len(content), 8 + int.from_bytes(content[4:8], "little"))
    at = 12
    while at + 8 <= end:
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        if at + 8 + size > end:
            return
        yield RiffChunk(content[at : at + 4], at + 8, at + 8 + size)
        at += 8 + size + size % 2


def riff_end(content: Content) -> int:
    """Where the last chunk must end for the file to be whole."""
    return 8 + int.from_bytes(content[4:8], "little")


UTF8: Final = 129

_WIDTHS: Final = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    UTF8: 1,
}
_MOST_TAGS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Directory:
    """Tag → its type and the position of its bytes."""

    content: Content
    order: str
    """`big` or `little`."""
    entries: dict[int, tuple[int, int, int]]
    """Type, first byte, end."""

    def raw(self, tag: int, most: int = 1 << 22) -> bytes:
        """The bytes of a tag of any type; empty if there are too many."""
        _, start, end = self.entries.get(tag, (0, 0, 0))
        return self.content[start:end] if 0 < end - start <= most else b""

    def number(self, tag: int) -> int | None:
        """The first number of a tag with integers."""
        kind, start, end = self.entries.get(tag, (0, 0, 0))
        width = {1: 1, 3: 2, 4: 4, 13: 4}.get(kind)
        if width is None or end - start < width:
            return None
        return _number(self.content, start, width, self.order)

    def below(self, tag: int) -> "Directory | None":
        """The directory that a tag refers to."""
        at = self.number(tag)
        return None if at is None else _directory(self.content, at, self.order)


def first_directory(content: Content) -> Directory | None:
    """The first directory of a file or an EXIF block; None if it is neither."""
    order = {b"II": "little", b"MM": "big"}.get(content[:2])
    if order is None or len(content) < 8:
        return None
    return _directory(content, _number(content, 4, 4, order), order)


def _directory(content: Content, at: int, order: str) -> Directory | None:
    if not 8 <= at <= len(content) - 2:
        return None
    count = min(_number(content, at, 2, order), _MOST_TAGS)
    return Directory(content, order, dict(_entries(content, at + 2, count, order)))


def _entries(
    content: Content, at: int, count: int, order: str
) -> Iterator[tuple[int, tuple[int, int, int]]]:
    for entry in range(at, at + 12 * count, 12):
        if entry + 12 > len(content):
            return
        kind = _number(content, entry + 2, 2, order)
        length = _WIDTHS.get(kind, 0) * _number(content, entry + 4, 4, order)
        start = entry + 8 if length <= 4 else _number(content, entry + 8, 4, order)
        if length and start < len(content):
            tag = _number(content, entry, 2, order)
            yield tag, (kind, start, min(start + length, len(content)))


def _number(content: Content, at: int, width: int, order: str) -> int:
    return int.from_bytes(content[at : at + width], "little" if order == "little" else "big")


MAX_ITEMS: Final = 10_000


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
    for entry in islice(boxes(content, start, listing.end), MAX_ITEMS):
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
            raise Broken("A table of the file ends too early.")
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
        raise Broken("The file has an unsupported table of item locations.")
    wide = 4 if version == 2 else 2
    items = []
    for _ in range(min(reader.number(wide), MAX_ITEMS)):
        number = reader.number(wide)
        method = reader.number(2) & 15 if version else 0
        item = Item(number, method, reader.number(2), reader.number(base), [])
        for _ in range(min(reader.number(2), MAX_ITEMS)):
            at = reader.number(index if version else 0)
            item.extents.append((at, reader.number(offset), reader.number(length)))
        items.append(item)
    return Locations(version, flags, (offset, length, base, index), items)
