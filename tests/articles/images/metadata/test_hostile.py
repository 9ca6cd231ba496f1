"""Hostile files: reading returns metadata or raises an error with a message."""

import time
import zlib
from io import BytesIO
from struct import pack
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pixels

from articles.images.metadata import ImageMetadata, Unreadable, read
from articles.images.metadata.fields import MAX_BLOCK, MAX_TEXT, MAX_VALUES
from tests.articles.images.metadata.blocks import UTF8, alternatives, iim, jpeg, packet, resource
from tests.proofs.size import sized


def small_files() -> list[bytes]:
    """One file of each format, with every block."""
    tags = Pixels.Exif()
    tags.update({0x010E: "Málaga".encode("mac_roman"), 0x013B: "Ines Faro", 0x0112: 6})
    tags.get_ifd(0x8769)[0x9003] = "2026:03:14 09:30:00"
    xmp = packet(alternatives("dc:description", x_default="A quay"))
    block = iim((1, 90, UTF8), (2, 120, b"A quay"), (2, 80, b"In\xe9s"))
    found = [jpeg(iim_block=block, xmp=xmp, exif=dict(tags), digest=True)]
    for form in ("PNG", "WEBP", "AVIF", "TIFF"):
        buffer = BytesIO()
        options: dict[str, Any] = {"exif": tags.tobytes(), "xmp": xmp}
        if form == "TIFF":
            options["tiffinfo"] = {33723: block, 34377: resource(0x0404, block)}
        Pixels.new("RGB", (8, 8)).save(buffer, form, **options)
        found.append(buffer.getvalue())
    return found


FILES = small_files()


def read_or_reject(content: bytes) -> ImageMetadata | None:
    try:
        metadata = read(content)
    except Unreadable as refused:
        assert str(refused).endswith(".")  # noqa: PT017 - either outcome is right
        return None
    result = str(metadata.as_json())
    assert "\x00" not in result
    result.encode()  # a lone surrogate would fail here
    return metadata


@settings(max_examples=sized(66, 200), deadline=None)
@given(
    content=st.sampled_from(FILES),
    changes=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=40)),
        min_size=1,
        max_size=6,
    ),
)
def test_a_file_with_random_changes_is_read_or_rejected(
    content: bytes, changes: list[tuple[float, int, bytes]]
) -> None:
    changed = bytearray(content)
    for where, dropped, piece in changes:
        at = int(where * len(changed))
        changed[at : at + dropped] = piece
    read_or_reject(bytes(changed))


@settings(max_examples=sized(33, 100), deadline=None)
@given(
    head=st.sampled_from(
        [
            *(b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\xff\xff\x00\x00WEBP", b"GIF89a"),
            *(b"II*\x00", b"MM\x00*", b"\x00\x00\x00\x10ftypavif\x00\x00\x00\x00", b""),
        ]
    ),
    body=st.binary(max_size=400),
)
def test_random_bytes_after_any_header_are_read_or_rejected(head: bytes, body: bytes) -> None:
    read_or_reject(head + body)


@settings(max_examples=sized(20, 60), deadline=None)
@given(
    xmp=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)),
    block=st.binary(max_size=200),
)
def test_random_xmp_and_iim_blocks_are_read(xmp: bytes, block: bytes) -> None:
    whole = packet("").replace(b"</rdf:Description>", xmp + b"</rdf:Description>")
    read_or_reject(jpeg(xmp=whole, iim_block=b"\x1c\x02\x78\x00\x10" + block))


def slowly(content: bytes) -> float:
    began = time.process_time()
    read_or_reject(content)
    return time.process_time() - began


def jpeg_of(*segments: tuple[int, bytes]) -> bytes:
    return b"\xff\xd8" + b"".join(
        pack(">BBH", 0xFF, marker, len(data) + 2) + data for marker, data in segments
    )


def png_of(*chunks: tuple[bytes, bytes]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(data)) + name + data + bytes(4) for name, data in chunks
    )


def tiff_of(tag: int, data: bytes) -> bytes:
    entry = pack("<HHII", tag, 1, len(data), 26)
    return b"II*\x00\x08\x00\x00\x00" + pack("<H", 1) + entry + bytes(4) + data


BIG = MAX_BLOCK - 100
HOSTILE = {
    "a million brackets": tiff_of(700, b"<rdf:RDF " * (BIG // 9)),
    "elements as deep as they go": tiff_of(700, b"<a>" * 99_999),
    "a list of lists": tiff_of(700, packet("<dc:creator>" + "<rdf:Seq><rdf:li>" * 20_000)),
    "a million datasets": tiff_of(33723, b"\x1c\x02\x19\x00\x01\xe9" * (BIG // 6)),
    "a million resources": tiff_of(34377, b"8BIM\x0f\xa0\x00\x00\x00\x00\x00\x00" * (BIG // 12)),
    "a caption of megabytes": tiff_of(270, b"\xe9\x8e " * (BIG // 3)),
    "pieces of a packet": jpeg_of(
        *[
            (
                0xE1,
                b"http://ns.adobe.com/xmp/extension/\x00"
                + b"%032d" % at
                + pack(">II", BIG, 0)
                + b"x",
            )
            for at in range(500)
        ]
    ),
    "thousands of texts": png_of(*[(b"tEXt", b"Author\x00" + b"\xe9" * 40_000)] * 1_000),
    "a packed text of gigabytes": png_of(
        (b"zTXt", b"Author\x00\x00" + zlib.compress(bytes(30_000_000), 1))
    ),
    "a film of boxes": b"\x00\x00\x00\x10ftypavif\x00\x00\x00\x00"
    + b"\x00\x00\x00\x08meta" * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_made_to_be_slow_is_read_quickly(name: str) -> None:
    assert slowly(HOSTILE[name]) < 2


def test_long_values_and_lists_are_truncated() -> None:
    result = iim(*[(2, 25, b"%05d" % at) for at in range(5_000)])
    metadata = read(jpeg(iim_block=result, xmp=b""))
    assert len(metadata.keywords) == MAX_VALUES
    long = read(tiff_of(270, b"x" * 60_000))
    assert long.caption is not None
    assert len(long.caption) == MAX_TEXT
