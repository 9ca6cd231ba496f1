"""Metadata blocks in the rarer places of a file."""

import zlib
from io import BytesIO
from struct import pack

import pytest
from PIL import Image as Pixels

from articles.images.metadata import read
from tests.articles.images.metadata.blocks import alternatives, iim, jpeg, packet, resource

CAPTION = packet(alternatives("dc:description", x_default="A quay"))
MARK = b"http://ns.adobe.com/xap/1.0/\x00"


def segments(*found: tuple[int, bytes]) -> bytes:
    content = jpeg()
    ours = b"".join(pack(">BBH", 0xFF, code, len(data) + 2) + data for code, data in found)
    return content[:2] + ours + content[2:]


def png_with(*chunks: tuple[bytes, bytes]) -> bytes:
    buffer = BytesIO()
    Pixels.new("RGB", (8, 8)).save(buffer, "PNG")
    content = buffer.getvalue()
    ours = b"".join(
        pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return content[:33] + ours + content[33:]


def box(kind: bytes, content: bytes) -> bytes:
    return pack(">I", 8 + len(content)) + kind + content


def profile(name: str, data: bytes) -> tuple[bytes, bytes]:
    text = f"\n{name}\n{len(data):8}\n{data.hex()}\n".encode()
    return b"zTXt", f"Raw profile type {name}".encode() + b"\x00\x00" + zlib.compress(text)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_extended_xmp_in_several_segments_is_read_in_full(order: tuple[int, int]) -> None:
    more = packet("<photoshop:Credit>Meridian</photoshop:Credit>")
    name, half = b"0123456789ABCDEF" * 2, len(more) // 2
    pieces = [
        b"http://ns.adobe.com/xmp/extension/\x00" + name + pack(">II", len(more), at) + part
        for at, part in ((0, more[:half]), (half, more[half:]))
    ]
    extended = [(0xE1, pieces[at]) for at in order]
    metadata = read(segments((0xE1, MARK + CAPTION), *extended))
    assert (metadata.caption, metadata.credit) == ("A quay", "Meridian")


def test_resources_continued_in_the_next_segment_are_read_in_full() -> None:
    whole = resource(0x0404, iim((2, 120, b"A quay")))
    halves = [(0xED, b"Photoshop 3.0\x00" + part) for part in (whole[:15], whole[15:])]
    assert read(segments(*halves)).caption == "A quay"


@pytest.mark.parametrize(
    "chunk",
    [
        (b"iTXt", b"XML:com.adobe.xmp\x00\x01\x00en\x00word\x00" + zlib.compress(CAPTION)),
        (b"tEXt", b"Description\x00A quay"),
        (b"zTXt", b"Description\x00\x00" + zlib.compress(b"A quay")),
        (b"iTXt", b"Description\x00\x00\x00\x00\x00A quay"),
        profile("xmp", CAPTION),
        profile("APP1", MARK + CAPTION),
        profile("iptc", iim((2, 120, b"A quay"))),
        profile("8bim", resource(0x0404, iim((2, 120, b"A quay")))),
    ],
)
def test_png_text_chunks_are_read(chunk: tuple[bytes, bytes]) -> None:
    assert read(png_with(chunk)).caption == "A quay"


def test_exif_that_imagemagick_writes_into_a_png_is_read() -> None:
    tags = Pixels.Exif()
    tags.update({0x010E: "A quay", 0x0112: 6})
    metadata = read(png_with(profile("exif", tags.tobytes())))
    assert (metadata.caption, metadata.orientation) == ("A quay", 6)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Sat, 14 Mar 2026 09:30:00 +0100", "2026-03-14T09:30:00+01:00"),
        ("2026-03-14T09:30:00", "2026-03-14T09:30:00"),
        ("2026:03:14 09:30:00", "2026-03-14T09:30:00"),
        ("in spring", None),
    ],
)
def test_the_creation_time_of_a_png_is_read(written: str, meant: str | None) -> None:
    assert read(png_with((b"tEXt", b"Creation Time\x00" + written.encode()))).taken == meant


def test_xmp_of_a_gif_is_read() -> None:
    buffer = BytesIO()
    Pixels.new("P", (8, 8)).save(buffer, "GIF")
    content = buffer.getvalue()
    trailer = b"\x01" + bytes(range(255, -1, -1)) + b"\x00"
    block = b"\x21\xff\x0bXMP DataXMP" + CAPTION + trailer
    assert read(content[:-1] + block + content[-1:]).caption == "A quay"


def avif(meta: bytes, *behind: bytes) -> bytes:
    return b"".join((box(b"ftyp", b"avif" + bytes(4)), box(b"meta", bytes(4) + meta), *behind))


def test_xmp_of_an_avif_is_read() -> None:
    name = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
    assert read(avif(b"", box(b"uuid", name + CAPTION))).caption == "A quay"


def test_an_item_inside_the_metadata_of_an_avif_is_read() -> None:
    entry = bytes((2, 0, 0, 0)) + pack(">HH", 1, 0) + b"mimeXMP\x00application/rdf+xml\x00"
    items = box(b"iinf", bytes(4) + pack(">H", 1) + box(b"infe", entry))
    # Version 1, offsets and lengths of four bytes; item 1, inside `idat`, in two pieces.
    half = len(CAPTION) // 2
    pieces = pack(">IIII", 0, half, half, len(CAPTION) - half)
    places = bytes((1, 0, 0, 0, 0x44, 0)) + pack(">HHHHH", 1, 1, 1, 0, 2) + pieces
    assert read(avif(items + box(b"iloc", places) + box(b"idat", CAPTION))).caption == "A quay"
