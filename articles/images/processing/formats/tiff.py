"""TIFF: directories of tags, in files of their own and inside EXIF. Source: TIFF 6.0, section 2."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from articles.images.processing.formats import Content

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
