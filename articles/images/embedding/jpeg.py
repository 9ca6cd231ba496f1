"""JPEG: segments before the pixels. Sources: ISO 10918-1, annex B; XMP Specification Part 3."""

from struct import pack
from typing import Final, NamedTuple

from articles.images.embedding import copies
from articles.images.embedding.errors import CannotEmbed
from articles.images.embedding.packet import packet
from articles.images.embedding.rights import Rights

XMP_MARK: Final = b"http://ns.adobe.com/xap/1.0/\x00"

_APP0: Final = 0xE0
_APP1: Final = 0xE1
_APP13: Final = 0xED
_COMMENT: Final = 0xFE
_SCAN: Final = 0xDA
_KEPT: Final = ((_APP0, b"JFIF\x00"), (0xE2, b"ICC_PROFILE\x00"), (0xEE, b"Adobe\x00"))
"""Of all that programs put before the pixels, what the pixels cannot be understood without."""


class _Segment(NamedTuple):
    marker: int
    data: bytes


def embedded(content: bytes, rights: Rights) -> bytes:
    """The file with these rights in it, and with nothing else that is not needed for its pixels."""
    segments, rest = _parted(content)
    kept = [segment for segment in segments if _is_kept(segment)]
    ours = [
        _Segment(_APP1, copies.exif(rights, _length(segments, _APP1, copies.EXIF_MARK))),
        _Segment(_APP1, _xmp(rights, _length(segments, _APP1, XMP_MARK))),
        _Segment(
            _APP13, copies.photoshop(rights, _length(segments, _APP13, copies.PHOTOSHOP_MARK))
        ),
    ]
    first = 1 if kept and kept[0].marker == _APP0 else 0
    return (
        content[:2]
        + b"".join(_written(each) for each in (*kept[:first], *ours, *kept[first:]))
        + content[rest:]
    )


def _xmp(rights: Rights, length: int) -> bytes:
    return XMP_MARK + packet(rights, length - len(XMP_MARK))


def _length(segments: list[_Segment], marker: int, mark: bytes) -> int:
    """How long the block is that stands there now; 0 where there is none."""
    return next(
        (
            len(each.data)
            for each in segments
            if each.marker == marker and each.data.startswith(mark)
        ),
        0,
    )


def _is_kept(segment: _Segment) -> bool:
    if not (_APP0 <= segment.marker <= 0xEF or segment.marker == _COMMENT):
        return True
    return any(segment.marker == marker and segment.data.startswith(mark) for marker, mark in _KEPT)


def _written(segment: _Segment) -> bytes:
    if len(segment.data) > 0xFFFD:
        sentence = "A segment of the JPEG would be too long."
        raise CannotEmbed(sentence)
    return pack(">BBH", 0xFF, segment.marker, len(segment.data) + 2) + segment.data


def _parted(content: bytes) -> tuple[list[_Segment], int]:
    """The segments before the first scan, and where that one begins."""
    segments: list[_Segment] = []
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # a marker may be preceded by any number of these
            at += 1
            continue
        if marker == _SCAN:
            return segments, at
        length = int.from_bytes(content[at + 2 : at + 4])
        if length < 2 or at + 2 + length > len(content):
            break
        segments.append(_Segment(marker, content[at + 4 : at + 2 + length]))
        at += 2 + length
    sentence = "The JPEG has no scan."
    raise CannotEmbed(sentence)
