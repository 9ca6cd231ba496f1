"""The limits of a file are checked before its pixels are decoded."""

import struct
from io import BytesIO
from pathlib import Path
from zlib import crc32

import pytest
from PIL import Image

from articles.images.processing import file_types, image_reader
from articles.images.processing.image_reader import gif_frames

KINDS = {kind.plugin.upper(): kind for kind in file_types.KINDS}


def with_header_size(form: str, width: int, height: int) -> bytes:
    """A small file whose header claims a large image."""
    buffer = BytesIO()
    Image.new("RGB", (16, 16), "teal").save(buffer, form)
    content = bytearray(buffer.getvalue())
    match form:
        case "PNG":
            content[16:24] = struct.pack(">2I", width, height)
            content[29:33] = struct.pack(">I", crc32(content[12:29]))
        case "JPEG":
            at = content.index(b"\xff\xc0") + 5
            content[at : at + 4] = struct.pack(">2H", height, width)
        case "GIF":
            content[6:10] = struct.pack("<2H", width, height)
        case "WEBP":
            at = content.index(b"\x9d\x01\x2a") + 3
            content[at : at + 4] = struct.pack("<2H", width, height)
        case "AVIF":
            at = content.index(b"ispe") + 8
            content[at : at + 8] = struct.pack(">2I", width, height)
        case "TIFF":
            for tag, side in ((256, width), (257, height)):
                at = content.index(struct.pack("<HH", tag, 4))
                content[at + 8 : at + 12] = struct.pack("<I", side)
    return bytes(content)


@pytest.mark.parametrize(
    ("form", "width", "height"),
    [
        ("JPEG", 20_000, 6_000),
        ("PNG", 10_000, 6_200),
        ("PNG", 100_000, 100_000),
        ("PNG", 61_000, 1),
        ("TIFF", 100_000, 100_000),
        ("GIF", 6_000, 5_000),
        ("WEBP", 16_383, 16_383),
        ("AVIF", 17_000, 17_000),
    ],
)
def test_too_many_pixels_are_rejected(form: str, width: int, height: int, tmp_path: Path) -> None:
    (tmp_path / "huge").write_bytes(with_header_size(form, width, height))
    with pytest.raises(image_reader.Unfit, match=f"{width:,} × {height:,} pixels"):
        image_reader.open_image(tmp_path / "huge", KINDS[form])


@pytest.mark.parametrize(("lossless", "alpha"), [(True, 255), (False, 9)])
def test_the_size_of_a_webp_is_read_from_each_kind_of_header(
    lossless: bool, alpha: int, tmp_path: Path
) -> None:
    buffer = BytesIO()
    Image.new("RGBA", (310, 27), (9, 9, 9, alpha)).save(buffer, "WEBP", lossless=lossless)
    (tmp_path / "small").write_bytes(buffer.getvalue())
    assert image_reader.stated_size(tmp_path / "small", file_types.WEBP) == (310, 27)


def test_a_progressive_jpeg_that_needs_too_much_memory_is_rejected(tmp_path: Path) -> None:
    buffer = BytesIO()
    image = Image.new("CMYK", (64, 64))
    image.save(buffer, "JPEG", progressive=True)
    content = bytearray(buffer.getvalue())
    at = content.index(b"\xff\xc2") + 5
    content[at : at + 4] = struct.pack(">2H", 7_000, 7_000)
    (tmp_path / "huge").write_bytes(content)
    with pytest.raises(image_reader.Unfit, match="baseline"):
        image_reader.open_image(tmp_path / "huge", file_types.JPEG)


def moving(frames: int) -> bytes:
    buffer = BytesIO()
    stills = [Image.new("L", (2, 2), 20 + shade % 200) for shade in range(frames)]
    stills[0].save(buffer, "GIF", save_all=True, append_images=stills[1:], duration=50)
    return buffer.getvalue()


def test_an_animation_of_ten_thousand_frames_is_rejected_with_a_message(tmp_path: Path) -> None:
    one = moving(2)
    frame = one[one.rindex(b"\x21\xf9") : -1]
    (tmp_path / "long").write_bytes(one[:-1] + frame * 9_998 + b";")
    with pytest.raises(image_reader.Unfit, match="more than 500 frames"):
        image_reader.open_image(tmp_path / "long", file_types.GIF)


def test_an_animation_of_few_but_huge_frames_is_rejected_with_a_message(tmp_path: Path) -> None:
    content = bytearray(moving(60))
    content[6:10] = struct.pack("<2H", 2_500, 2_500)
    (tmp_path / "heavy").write_bytes(content)
    with pytest.raises(image_reader.Unfit, match="60 frames of 2,500 × 2,500 pixels"):
        image_reader.open_image(tmp_path / "heavy", file_types.GIF)


@pytest.mark.parametrize("frames", [1, 2, 7])
def test_frames_are_counted_by_their_blocks(frames: int, tmp_path: Path) -> None:
    path = tmp_path / "moving"
    path.write_bytes(moving(frames))
    assert gif_frames(path, most=500) == frames
    assert gif_frames(path, most=3) == min(frames, 3)
    path.write_bytes(moving(frames)[:-6])
    assert gif_frames(path, most=500) in {frames - 1, frames}
    path.write_bytes(b"GIF89a")
    assert gif_frames(path, most=500) == 0


def test_the_pages_of_a_tiff_are_not_an_animation(tmp_path: Path) -> None:
    pages = [Image.new("L", (4, 4), shade) for shade in range(3)]
    pages[0].save(tmp_path / "pages", "TIFF", save_all=True, append_images=pages[1:])
    image = image_reader.open_image(tmp_path / "pages", file_types.TIFF)
    assert image_reader.frames_of(image, tmp_path / "pages", file_types.TIFF) == 1


def test_a_tiff_of_an_unusual_pixel_format_is_rejected_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "odd"
    buffer = BytesIO()
    Image.new("LAB", (4, 4)).save(buffer, "TIFF")
    eight, sixteen = (struct.pack("<3H", *[bits] * 3) for bits in (8, 16))
    path.write_bytes(buffer.getvalue().replace(eight, sixteen, 1))
    with pytest.raises(image_reader.Unfit, match="8 or 16 bits"):
        image_reader.open_image(path, file_types.TIFF)
