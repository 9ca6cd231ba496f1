"""WebP: a chunk at the end, announced at the beginning. Source: WebP Container Specification."""

from struct import pack
from typing import Final

from articles.images.metadata.writing.rights import CannotEmbed, Rights
from articles.images.metadata.writing.xmp_packet import packet
from articles.images.processing.formats import riff

_XMP: Final = b"XMP "
_KNOWN: Final = {b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"}
_HAS_EXIF: Final = 0x08
_HAS_XMP: Final = 0x04
_HAS_ALPHA: Final = 0x10

Chunk = tuple[bytes, bytes]


def embedded(content: bytes, rights: Rights) -> bytes:
    """The file with these rights at its end, in the extended format."""
    chunks = _chunks(content)
    length = next((len(data) for name, data in chunks if name == _XMP), 0)
    preserved = [chunk for chunk in chunks if chunk[0] in _KNOWN]
    if not preserved:
        raise _broken()
    head = preserved.pop(0)[1] if preserved[0][0] == b"VP8X" else _extended(*preserved[0])
    if len(head) < 10:
        raise _broken()
    flags = (head[0] | _HAS_XMP) & ~_HAS_EXIF
    written = [(b"VP8X", bytes([flags]) + head[1:]), *preserved, (_XMP, packet(rights, length))]
    body = b"WEBP" + b"".join(_written(*chunk) for chunk in written)
    return b"RIFF" + pack("<I", len(body)) + body


def _chunks(content: bytes) -> list[Chunk]:
    found = list(riff.chunks(content))
    end = found[-1].end if found else 12
    if end + end % 2 < min(riff.end_of(content), len(content)) or riff.end_of(content) > len(
        content
    ):
        raise _broken()
    return [(each.name, content[each.start : each.end]) for each in found]


def _written(name: bytes, data: bytes) -> bytes:
    return name + pack("<I", len(data)) + data + b"\x00" * (len(data) % 2)


def _extended(name: bytes, data: bytes) -> bytes:
    """The VP8X header for a file in the simple format: flags, width and height minus one."""
    if name == b"VP8 " and len(data) >= 10 and data[3:6] == b"\x9d\x01\x2a":
        width = int.from_bytes(data[6:8], "little") & 0x3FFF
        height = int.from_bytes(data[8:10], "little") & 0x3FFF
        alpha = 0
    elif name == b"VP8L" and len(data) >= 5 and data[0] == 0x2F:
        bits = int.from_bytes(data[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        alpha = _HAS_ALPHA if bits >> 28 & 1 else 0
    else:
        raise _broken()
    if not (width and height):
        raise _broken()
    return bytes([alpha, 0, 0, 0]) + pack("<I", width - 1)[:3] + pack("<I", height - 1)[:3]


def _broken() -> CannotEmbed:
    return CannotEmbed("The WebP is broken.")
