"""Pixels come out upright, in sRGB, in the sizes that fit, with nothing private on them."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, ImageStat

from articles.images import kinds, pixels, sizes
from tests.shared import shared_data

KINDS = {kind.plugin.upper(): kind for kind in kinds.KINDS}


def opened(picture: Image.Image, form: str, folder: Path, **options: Any) -> Image.Image:
    path = folder / f"picture.{form.lower()}"
    picture.save(path, form, **options)
    return pixels.open_picture(path, KINDS[form])


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of a channel, 0 to 255."""
    means: list[float] = ImageStat.Stat(ImageChops.difference(one, other)).mean
    return sum(means) / len(means)


@pytest.mark.parametrize("shape", ["landscape", "portrait"])
def test_a_scene_stands_upright_however_the_camera_was_held(shape: str) -> None:
    files = sorted(shared_data("photo-metadata", "orientation").glob(f"{shape}_*.jpg"))
    upright = [pixels.decode(pixels.open_picture(file, kinds.JPEG), 300) for file in files]
    assert len({picture.size for picture in upright}) == 1
    mirrored = upright[0].transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    for picture in upright:
        assert difference(picture, upright[0]) < 8 < 30 < difference(mirrored, upright[0])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_orientation_of_every_format_is_applied_once(
    orientation: int, form: str, tmp_path: Path
) -> None:
    scene = Image.new("RGB", (80, 40), "white")
    scene.paste((200, 0, 0), (0, 0, 40, 20))  # red stands top left
    undo = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    lying = scene if undo is None else scene.transpose(Image.Transpose(undo))
    tags = Image.Exif()
    tags[0x0112] = orientation
    picture = opened(lying, form, tmp_path, exif=tags.tobytes())
    assert pixels.upright_size(picture) == (80, 40)
    assert difference(pixels.decode(picture), scene) < 6


def test_the_sunrise_in_avif_looks_like_the_one_in_jpeg() -> None:
    folder = shared_data("photo-metadata", "imagemeta")
    avif = pixels.decode(pixels.open_picture(folder / "sunrise.avif", kinds.AVIF), 320)
    jpeg = pixels.decode(pixels.open_picture(folder / "sunrise.jpg", kinds.JPEG), 320)
    assert avif.size == jpeg.size == (320, 200)
    assert difference(avif, jpeg) < 6


def test_colours_of_another_profile_are_converted(tmp_path: Path) -> None:
    lab = ImageCms.createProfile("LAB")
    orange = ImageCms.profileToProfile(
        Image.new("RGB", (20, 20), (220, 120, 40)),
        ImageCms.createProfile("sRGB"),
        lab,
        outputMode="LAB",
    )
    assert orange is not None
    picture = pixels.decode(opened(orange, "TIFF", tmp_path))
    assert picture.mode == "RGB"
    assert difference(picture, Image.new("RGB", (20, 20), (220, 120, 40))) < 4


def test_a_broken_profile_is_passed_over(tmp_path: Path) -> None:
    picture = opened(Image.new("RGB", (20, 20), "teal"), "PNG", tmp_path, icc_profile=b"rubbish")
    assert difference(pixels.decode(picture), Image.new("RGB", (20, 20), "teal")) < 2


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 90, (90, 90, 90)),
        ("LA", (90, 255), (90, 90, 90)),
        ("P", 3, None),
        ("I;16", 257 * 90, (90, 90, 90)),
        ("CMYK", (0, 0, 0, 255), (0, 0, 0)),
    ],
)
def test_every_kind_of_pixels_becomes_rgb(
    mode: str, colour: Any, expected: tuple[int, int, int] | None, tmp_path: Path
) -> None:
    form = "TIFF" if mode == "CMYK" else "PNG"
    picture = pixels.decode(opened(Image.new(mode, (20, 20), colour), form, tmp_path))
    assert picture.mode in {"RGB", "RGBA"}
    if expected is not None:
        assert difference(picture.convert("RGB"), Image.new("RGB", (20, 20), expected)) <= 1


def test_what_shines_through_stays_so_and_is_white_in_jpeg(tmp_path: Path) -> None:
    half = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    picture = pixels.decode(opened(half, "PNG", tmp_path))
    assert pixels.is_transparent(picture)
    pixels.write(picture, sizes.Size("jpeg", 20, 20), tmp_path / "x.jpeg", kind=kinds.PNG)
    assert Image.open(tmp_path / "x.jpeg").getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("form", ["avif", "webp", "jpeg", "png"])
def test_nothing_the_file_said_is_left_on_what_is_served(form: str, tmp_path: Path) -> None:
    tags = Image.Exif()
    tags[0x010F] = "A camera with a serial number"
    tags.get_ifd(0x8825)[1] = "N"
    loud = BytesIO()
    Image.new("RGB", (20, 20)).save(
        loud, "JPEG", exif=tags.tobytes(), comment=b"secret", xmp=b"<x:xmpmeta/>", dpi=(300, 300)
    )
    (tmp_path / "loud.jpg").write_bytes(loud.getvalue())
    picture = pixels.decode(pixels.open_picture(tmp_path / "loud.jpg", kinds.JPEG))
    pixels.write(picture, sizes.Size(form, 20, 20), tmp_path / form, kind=kinds.JPEG)
    served = (tmp_path / form).read_bytes()
    for word in (b"serial", b"secret", b"xmpmeta", b"Exif"):
        assert word not in served
    assert not Image.open(tmp_path / form).getexif()


@pytest.mark.parametrize(
    ("form", "width", "height"),
    [("PNG", 10_000, 6_000), ("PNG", 61_000, 1), ("JPEG", 20_000, 6_000)],
)
def test_too_many_pixels_are_refused_before_they_are_decoded(
    form: str, width: int, height: int, tmp_path: Path
) -> None:
    path = tmp_path / "huge"
    path.write_bytes(_claiming(form, width, height))
    with pytest.raises(pixels.Unfit, match=f"{width:,} × {height:,} pixels"):
        pixels.open_picture(path, KINDS[form])


def _claiming(form: str, width: int, height: int) -> bytes:
    """A small file whose head claims a large picture."""
    buffer = BytesIO()
    Image.new("RGB", (16, 16)).save(buffer, form)
    content = bytearray(buffer.getvalue())
    if form == "PNG":
        from zlib import crc32

        content[16:24] = width.to_bytes(4) + height.to_bytes(4)
        content[29:33] = crc32(content[12:29]).to_bytes(4)
    else:
        at = content.index(b"\xff\xc0") + 5
        content[at : at + 4] = height.to_bytes(2) + width.to_bytes(2)
    return bytes(content)


def test_an_animation_without_end_is_refused(tmp_path: Path) -> None:
    frames = [Image.new("L", (2, 2), shade % 256) for shade in range(pixels.MAX_FRAMES + 2)]
    with pytest.raises(pixels.Unfit, match="frames"):
        opened(frames[0], "GIF", tmp_path, save_all=True, append_images=frames[1:])


@given(st.integers(1, 60_000), st.integers(1, 60_000), st.booleans())
def test_sizes_never_grow_never_repeat_and_keep_the_shape(
    width: int, height: int, transparent: bool
) -> None:
    planned = sizes.sizes_for(width, height, transparent=transparent)
    assert len({(size.format, size.width) for size in planned}) == len(planned)
    for size in planned:
        assert 1 <= size.width <= width
        assert size.height >= 1
        assert abs(size.height - height * size.width / width) <= 1
    base = sizes.base_size(width, height, transparent=transparent)
    assert base.width <= sizes.BASE_WIDTH
