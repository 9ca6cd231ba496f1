"""JPEG: three segments before the pixels. Source: XMP Specification Part 3, section 1.1.3."""

from struct import pack
from typing import Final

from articles.images.metadata.writing import iptc_and_exif
from articles.images.metadata.writing.rights import CannotEmbed, Rights
from articles.images.metadata.writing.xmp_packet import packet
from articles.images.processing.formats.jpeg import (
    APP0,
    APP1,
    APP13,
    APP15,
    COMMENT,
    SCAN,
    Segment,
    segments,
)

XMP_MARK: Final = b"http://ns.adobe.com/xap/1.0/\x00"

_KEPT: Final = ((APP0, b"JFIF\x00"), (0xE2, b"ICC_PROFILE\x00"), (0xEE, b"Adobe\x00"))
"""Segments that are needed to decode the pixels."""


def embedded(content: bytes, rights: Rights) -> bytes:
    """The file with these rights, without other segments that the pixels do not need."""
    found, rest = _parted(content)
    preserved = [segment for segment in found if _is_preserved(segment)]
    rights_segments = [
        Segment(APP1, 0, iptc_and_exif.exif(rights, _length(found, APP1, iptc_and_exif.EXIF_MARK))),
        Segment(APP1, 0, _xmp(rights, _length(found, APP1, XMP_MARK))),
        Segment(
            APP13,
            0,
            iptc_and_exif.photoshop(rights, _length(found, APP13, iptc_and_exif.PHOTOSHOP_MARK)),
        ),
    ]
    first = 1 if preserved and preserved[0].marker == APP0 else 0
    return (
        content[:2]
        + b"".join(
            _written(each) for each in (*preserved[:first], *rights_segments, *preserved[first:])
        )
        + content[rest:]
    )


def _xmp(rights: Rights, length: int) -> bytes:
    return XMP_MARK + packet(rights, length - len(XMP_MARK))


def _length(found: list[Segment], marker: int, mark: bytes) -> int:
    """The length of the current block; 0 if there is none."""
    return next(
        (len(each.data) for each in found if each.marker == marker and each.data.startswith(mark)),
        0,
    )


def _is_preserved(segment: Segment) -> bool:
    if not (APP0 <= segment.marker <= APP15 or segment.marker == COMMENT):
        return True
    return any(segment.marker == marker and segment.data.startswith(mark) for marker, mark in _KEPT)


def _written(segment: Segment) -> bytes:
    if len(segment.data) > 0xFFFD:
        message = "A segment of the JPEG would be too long."
        raise CannotEmbed(message)
    return pack(">BBH", 0xFF, segment.marker, len(segment.data) + 2) + segment.data


def _parted(content: bytes) -> tuple[list[Segment], int]:
    """The segments before the first scan, and the position of the scan."""
    found = list(segments(content))
    if not found or found[-1].marker != SCAN:
        message = "The JPEG has no scan."
        raise CannotEmbed(message)
    return found[:-1], found[-1].start
