"""Credit, creator and copyright in the older blocks of a JPEG, for programs without XMP support.

Sources: IPTC-NAA Information Interchange Model 4.2; Adobe Photoshop File Formats (image resource
blocks); CIPA DC-008 (Exif 3.0).
"""

import hashlib
from struct import pack
from typing import Final

from articles.images.metadata.writing.rights import Rights

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
