"""JPEG: three segments before the pixels, two of them for programs without XMP support.

Sources: XMP Specification Part 3, section 1.1.3; IPTC-NAA Information Interchange Model 4.2; Adobe Photoshop
File Formats (image resource blocks); CIPA DC-008 (Exif 3.0).
"""

import hashlib
from struct import pack
from typing import Final

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
        Segment(APP1, 0, exif(rights, _length(found, APP1, EXIF_MARK))),
        Segment(APP1, 0, _xmp(rights, _length(found, APP1, XMP_MARK))),
        Segment(
            APP13,
            0,
            photoshop(rights, _length(found, APP13, PHOTOSHOP_MARK)),
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


ROOM: Final = 128
"""Padding of each block, as in the packet."""

EXIF_MARK: Final = b"Exif\x00\x00"
PHOTOSHOP_MARK: Final = b"Photoshop 3.0\x00"

_DIGEST_LENGTH: Final = 28
_RESOURCE_HEAD: Final = 12
_ARTIST: Final = 0x013B
_COPYRIGHT: Final = 0x8298
_POSITIONING: Final = 0x0213
"""YCbCrPositioning, which the standard requires in every EXIF of a JPEG."""
_TEXT, _SHORT = 2, 3


def photoshop(rights: Rights, length: int = 0) -> bytes:
    """The segment with IIM in UTF-8, and the digest that marks it as synchronised with XMP.

    IIM allows 32 bytes for a credit; programs ignore that limit, and a truncated credit would be
    wrong, so values are written in full.
    """
    names = [(80, name) for name in rights.creators]
    texts = [(110, rights.credit), (116, rights.copyright)]
    block = b"\x1c\x01\x5a\x00\x03\x1b%G\x1c\x02\x00\x00\x02\x00\x04" + b"".join(
        pack(">BBBH", 0x1C, 2, dataset, len(value)) + value
        for dataset, text in names + texts
        if (value := text.encode())
    )
    around = len(PHOTOSHOP_MARK) + _RESOURCE_HEAD + _DIGEST_LENGTH
    block = _padded(block, length - around)
    return (
        PHOTOSHOP_MARK
        + _resource(0x0404, block)
        + _resource(0x0425, hashlib.md5(block, usedforsecurity=False).digest())
    )


def _resource(code: int, data: bytes) -> bytes:
    return b"8BIM" + pack(">HxxI", code, len(data)) + data


def exif(rights: Rights, length: int = 0) -> bytes:
    """The segment with EXIF: creator and copyright, in UTF-8 as is common."""
    texts = [(_ARTIST, "; ".join(rights.creators)), (_COPYRIGHT, rights.copyright)]
    values = {tag: (_TEXT, text.encode() + b"\x00") for tag, text in texts if text}
    if values:
        values[_POSITIONING] = (_SHORT, b"\x00\x01")
    at = 8 + 2 + 12 * len(values) + 4
    entries, behind = b"", b""
    for tag, (kind, value) in sorted(values.items()):
        entries += pack(">HHI", tag, kind, len(value) if kind == _TEXT else 1)
        entries += pack(">I", at + len(behind)) if len(value) > 4 else value.ljust(4, b"\x00")
        if len(value) > 4:
            behind += value + b"\x00" * (len(value) % 2)
    block = b"MM\x00*\x00\x00\x00\x08" + pack(">H", len(values)) + entries + bytes(4) + behind
    return EXIF_MARK + _padded(block, length - len(EXIF_MARK))


def _padded(block: bytes, length: int) -> bytes:
    """Padded with NUL to the length if it fits, else with room to grow; always even."""
    if length >= len(block) and length % 2 == 0:
        return block.ljust(length, b"\x00")
    return block + bytes(ROOM + len(block) % 2)
