"""Small files that are expensive to decode."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Final
from zlib import compress, crc32

from PIL import Image

from tests.proofs.size import sized


def scans_without_end() -> bytes:
    """A large progressive JPEG that repeats its last scan thousands of times."""
    buffer = BytesIO()
    Image.new("RGB", (sized(1_000, 5_000),) * 2, "teal").save(
        buffer, "JPEG", progressive=True, quality=30
    )
    content = buffer.getvalue()
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * sized(30, 4_000) + content[-2:]


def words_of_a_gigabyte() -> bytes:
    """A PNG whose compressed texts are a gigabyte long."""
    compressor = zlib.compressobj(9)
    text = (
        b"".join(compressor.compress(bytes(1 << 20)) for _ in range(sized(20, 100)))
        + compressor.flush()
    )
    return _png(
        b"IHDR" + struct.pack(">2I5B", 4, 4, 8, 0, 0, 0, 0), *[b"zTXtWords\0\0" + text] * 10
    )


def profile_of_a_gigabyte() -> bytes:
    compressor = zlib.compressobj(9)
    data = (
        b"".join(compressor.compress(bytes(1 << 20)) for _ in range(sized(60, 1_000)))
        + compressor.flush()
    )
    return _png(b"IHDR" + struct.pack(">2I5B", 4, 4, 8, 0, 0, 0, 0), b"iCCPx\0\0" + data)


def pixels_without_end() -> bytes:
    """A PNG with a thousand times as many pixels as in its header."""
    rows = compress(bytes(sized(20_000_000, 100_000_000)), 9)
    return _png(b"IHDR" + struct.pack(">2I5B", 300, 300, 8, 0, 0, 0, 0), data=rows)


def comments_without_end() -> bytes:
    """A GIF with millions of comments before its second frame."""
    buffer = BytesIO()
    frames = [Image.new("L", (8, 8), shade) for shade in (9, 200)]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    content = buffer.getvalue()
    at = content.rindex(b"\x21\xf9")
    return content[:at] + b"\x21\xfe\x01x\x00" * sized(1_500_000, 8_000_000) + content[at:]


def one_strip() -> bytes:
    """A TIFF whose single strip claims four gigabytes."""
    buffer = BytesIO()
    Image.new("RGB", (64, 64)).save(buffer, "TIFF", compression="tiff_lzw")
    content = bytearray(buffer.getvalue())
    at = content.index(struct.pack("<HH", 279, 4)) + 8
    content[at : at + 4] = b"\xf0\xff\xff\xff"
    return bytes(content)


def directories_in_a_ring() -> bytes:
    """A TIFF whose directory refers to itself."""
    buffer = BytesIO()
    Image.new("L", (8, 8)).save(buffer, "TIFF")
    content = bytearray(buffer.getvalue())
    first = int.from_bytes(content[4:8], "little")
    tags = int.from_bytes(content[first : first + 2], "little")
    content[first + 2 + 12 * tags : first + 6 + 12 * tags] = struct.pack("<I", first)
    return bytes(content)


def _png(*pieces: bytes, data: bytes | None = None) -> bytes:
    rows = compress(bytes(5 * 4)) if data is None else data
    content = b"\x89PNG\r\n\x1a\n"
    for piece in (*pieces, b"IDAT" + rows, b"IEND"):
        content += struct.pack(">I", len(piece) - 4) + piece + struct.pack(">I", crc32(piece))
    return content


BOMBS: Final[dict[str, Callable[[], bytes]]] = {
    each.__name__: each
    for each in (
        scans_without_end,
        words_of_a_gigabyte,
        profile_of_a_gigabyte,
        pixels_without_end,
        comments_without_end,
        one_strip,
        directories_in_a_ring,
    )
}
