"""Renditions are upright, in sRGB, of fitting sizes and without private metadata."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from articles.images.processing import (
    colour_spaces,
    file_types,
    image_reader,
    rendition_sizes,
    resizing,
)
from articles.images.processing.colour_conversion import Colours
from tests.shared import shared_data

KINDS = {kind.plugin.upper(): kind for kind in file_types.KINDS}


def save(image: Image.Image, form: str, folder: Path, **options: Any) -> Path:
    path = folder / f"picture.{form.lower()}"
    image.save(path, form, **options)
    return path


def decoded(path: Path, form: str, widest: int = 1920) -> Image.Image:
    kind = KINDS[form]
    image = image_reader.open_whole(path, kind)
    return resizing.decode(image, Colours(colour_spaces.profile_of(image, path, kind)), widest)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of a channel, 0 to 255."""
    means: list[float] = ImageStat.Stat(ImageChops.difference(one, other)).mean
    return sum(means) / len(means)


@pytest.mark.parametrize("shape", ["landscape", "portrait"])
def test_a_photograph_is_upright_in_every_orientation(shape: str) -> None:
    files = sorted(shared_data("photo-metadata", "orientation").glob(f"{shape}_*.jpg"))
    upright = [decoded(file, "JPEG", 300) for file in files]
    assert len({image.size for image in upright}) == 1
    mirrored = upright[0].transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    for image in upright:
        assert difference(image, upright[0]) < 8 < 30 < difference(mirrored, upright[0])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_orientation_of_every_format_is_applied_once(
    orientation: int, form: str, tmp_path: Path
) -> None:
    scene = Image.new("RGB", (80, 40), "white")
    scene.paste((200, 0, 0), (0, 0, 40, 20))  # red is top left
    undo = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    lying = scene if undo is None else scene.transpose(Image.Transpose(undo))
    tags = Image.Exif()
    tags[0x0112] = orientation
    path = save(lying, form, tmp_path, exif=tags.tobytes())
    assert image_reader.upright_size(image_reader.open_whole(path, KINDS[form])) == (80, 40)
    assert difference(decoded(path, form), scene) < 6


def test_the_same_image_as_avif_and_as_jpeg_looks_the_same() -> None:
    folder = shared_data("photo-metadata", "imagemeta")
    avif = decoded(folder / "sunrise.avif", "AVIF", 320)
    jpeg = decoded(folder / "sunrise.jpg", "JPEG", 320)
    assert avif.size == jpeg.size == (320, 200)
    assert difference(avif, jpeg) < 6


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 90, (90, 90, 90)),
        ("LA", (90, 255), (90, 90, 90)),
        ("P", 3, None),
        ("I;16", 257 * 90, (90, 90, 90)),
        ("CMYK", (0, 0, 0, 0), (255, 255, 255)),
    ],
)
def test_every_pixel_mode_is_converted_to_rgb(
    mode: str, colour: Any, expected: tuple[int, int, int] | None, tmp_path: Path
) -> None:
    form = "TIFF" if mode == "CMYK" else "PNG"
    image = decoded(save(Image.new(mode, (20, 20), colour), form, tmp_path), form)
    assert image.mode in {"RGB", "RGBA"}
    if expected is not None:
        assert difference(image.convert("RGB"), Image.new("RGB", (20, 20), expected)) <= 1


def test_transparency_is_kept_and_is_white_in_jpeg(tmp_path: Path) -> None:
    half = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    image = decoded(save(half, "PNG", tmp_path), "PNG")
    assert resizing.is_transparent(image)
    resizing.write(
        image, rendition_sizes.Size("jpeg", 20, 20), tmp_path / "x.jpeg", kind=file_types.PNG
    )
    assert Image.open(tmp_path / "x.jpeg").getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("form", ["avif", "webp", "jpeg", "png"])
def test_renditions_contain_no_metadata_of_the_file(form: str, tmp_path: Path) -> None:
    tags = Image.Exif()
    tags[0x010F] = "A camera with a serial number"
    tags.get_ifd(0x8825)[1] = "N"
    loud = BytesIO()
    Image.new("RGB", (20, 20)).save(
        loud, "JPEG", exif=tags.tobytes(), comment=b"secret", xmp=b"<x:xmpmeta/>", dpi=(300, 300)
    )
    (tmp_path / "loud.jpg").write_bytes(loud.getvalue())
    image = decoded(tmp_path / "loud.jpg", "JPEG")
    resizing.write(image, rendition_sizes.Size(form, 20, 20), tmp_path / form, kind=file_types.JPEG)
    served = (tmp_path / form).read_bytes()
    for word in (b"serial", b"secret", b"xmpmeta", b"Exif"):
        assert word not in served
    assert not Image.open(tmp_path / form).getexif()


@given(st.integers(1, 60_000), st.integers(1, 60_000), st.booleans())
def test_sizes_are_never_enlarged_or_repeated_and_keep_the_aspect_ratio(
    width: int, height: int, transparent: bool
) -> None:
    planned = rendition_sizes.sizes_for(width, height, transparent=transparent)
    assert len({(size.format, size.width) for size in planned}) == len(planned)
    for size in planned:
        assert 1 <= size.width <= width
        assert size.height >= 1
        assert abs(size.height - height * size.width / width) <= 1
    base = rendition_sizes.base_size(width, height, transparent=transparent)
    assert base.width <= rendition_sizes.BASE_WIDTH
