"""PNG: a text chunk. Sources: PNG (Third Edition), section 11.3; XMP Specification Part 3."""

import zlib
from struct import pack
from typing import Final

from articles.images.metadata.writing.rights import CannotEmbed, Rights
from articles.images.metadata.writing.xmp_packet import packet
from articles.images.processing.formats.png import SIGNATURE, XMP_HEAD, chunks

_XMP_HEAD: Final = XMP_HEAD + bytes(4)
"""Not compressed, without language and translated keyword."""
_DROPPED: Final = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"caBX"}


def embedded(content: bytes, rights: Rights) -> bytes:
    """The file with these rights right after its header, without other text."""
    preserved, length = _parted(content)
    text = _chunk(b"iTXt", _XMP_HEAD + packet(rights, length - len(_XMP_HEAD)))
    return SIGNATURE + preserved[0] + text + b"".join(preserved[1:])


def _parted(content: bytes) -> tuple[list[bytes], int]:
    """The chunks to keep, and the length of the current chunk with the packet."""
    preserved: list[bytes] = []
    length = 0
    for chunk in chunks(content):
        inside = content[chunk.inside]
        if chunk.name == b"iTXt" and inside.startswith(_XMP_HEAD):
            length = len(inside)
        elif chunk.name not in _DROPPED:
            preserved.append(content[chunk.start : chunk.end])
        if chunk.name == b"IEND":
            return preserved, length
    message = "The PNG has no end."
    raise CannotEmbed(message)


def _chunk(name: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))
