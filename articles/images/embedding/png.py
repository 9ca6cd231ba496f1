"""PNG: chunks. Sources: PNG (Third Edition), section 11.3; XMP Specification Part 3."""

import zlib
from struct import pack
from typing import Final

from articles.images.embedding.errors import CannotEmbed
from articles.images.embedding.packet import packet
from articles.images.embedding.rights import Rights

_SIGNATURE: Final = 8
_XMP_HEAD: Final = b"XML:com.adobe.xmp\x00\x00\x00\x00\x00"
_DROPPED: Final = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"caBX"}


def embedded(content: bytes, rights: Rights) -> bytes:
    """The file with these rights in it, right behind its head, and with no other words."""
    chunks, length = _parted(content)
    words = _chunk(b"iTXt", _XMP_HEAD + packet(rights, length - len(_XMP_HEAD)))
    return content[:_SIGNATURE] + chunks[0] + words + b"".join(chunks[1:])


def _parted(content: bytes) -> tuple[list[bytes], int]:
    """The chunks that stay, as they are, and the length of the packet's chunk that stands there."""
    kept: list[bytes] = []
    length = 0
    at = _SIGNATURE
    while at + 12 <= len(content):
        size = int.from_bytes(content[at : at + 4])
        name = content[at + 4 : at + 8]
        end = at + 12 + size
        if end > len(content):
            break
        if name == b"iTXt" and content.startswith(_XMP_HEAD, at + 8):
            length = size
        elif name not in _DROPPED:
            kept.append(content[at:end])
        at = end
        if name == b"IEND":
            return kept, length
    sentence = "The PNG has no end."
    raise CannotEmbed(sentence)


def _chunk(name: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))
