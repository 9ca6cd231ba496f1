"""Renditions are upright, in sRGB, of fitting sizes and without private metadata."""

import random
from collections.abc import Callable
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageStat

from articles.images.library import decoder_client
from articles.images.processing import (
    colour_spaces,
    decoder_tasks,
    file_types,
    image_reader,
    rendition_sizes,
    resizing,
)
from articles.images.processing.colour_conversion import Colours
from articles.images.processing.rendition_sizes import MOVING_PIXELS, moving_size
from articles.images.processing.resizing import hash_of
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


COLOURS = ((200, 30, 30), (30, 160, 30), (30, 30, 200), (220, 200, 40))


def animation(path: Path, form: str, size: tuple[int, int] = (120, 80), **said: Any) -> Path:
    frames = [Image.new("RGB", size, colour) for colour in COLOURS]
    options = {"duration": [40, 80, 120, 160], "save_all": True, "append_images": frames[1:]}
    frames[0].save(path, form, **{**options, **said})
    return path


def frames_in(image: Image.Image) -> int:
    return int(getattr(image, "n_frames", 1))


def moving_of(path: Path) -> Path:
    animations = [
        each for each in decoder_client.renditions(path, path.parent, [])["made"] if each["moving"]
    ]
    assert len(animations) == 1
    assert animations[0]["format"] == "webp"
    return path.parent / str(animations[0]["file"])


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "AVIF"])
def test_every_frame_is_kept_with_its_duration(form: str, tmp_path: Path) -> None:
    path = animation(tmp_path / "moving", form)
    assert decoder_client.ingest(path, tmp_path)["moving"] is True
    with Image.open(moving_of(path)) as animation_file:
        assert frames_in(animation_file) == len(COLOURS)
        for number, (colour, duration) in enumerate(zip(COLOURS, (40, 80, 120, 160), strict=True)):
            animation_file.seek(number)
            animation_file.load()
            assert animation_file.info["duration"] == duration
            seen = animation_file.convert("RGB").getpixel((60, 40))
            assert isinstance(seen, tuple)
            assert max(abs(a - b) for a, b in zip(seen, colour, strict=True)) < 16


def test_still_renditions_are_made_too(tmp_path: Path) -> None:
    path = animation(tmp_path / "moving", "GIF")
    renditions = decoder_client.renditions(path, tmp_path, [])["made"]
    stills = {each["format"] for each in renditions if not each["moving"]}
    assert stills == {"avif", "webp", "jpeg"}
    for each in renditions:
        with Image.open(tmp_path / each["file"]) as served:
            assert (frames_in(served) > 1) is each["moving"]


def test_an_existing_animation_is_not_made_again(tmp_path: Path) -> None:
    path = animation(tmp_path / "moving", "GIF")
    renditions = decoder_client.renditions(path, tmp_path, [("", "webp", 120, True)])["made"]
    assert renditions
    assert not any(each["moving"] for each in renditions)


@pytest.mark.parametrize(("loop", "rounds"), [(None, 1), (0, 0), (2, 3)])
def test_a_gif_keeps_its_loop_count(loop: dict[str, int], rounds: int, tmp_path: Path) -> None:
    with Image.open(moving_of(animation(tmp_path / "moving", "GIF", loop=loop))) as animation_file:
        assert animation_file.info["loop"] == rounds


def test_the_default_image_of_an_animated_png_is_not_a_frame(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (60, 40), colour) for colour in COLOURS]
    path = tmp_path / "moving"
    frames[0].save(path, "PNG", save_all=True, append_images=frames[1:], default_image=True)
    with Image.open(moving_of(path)) as animation_file:
        assert frames_in(animation_file) == len(COLOURS) - 1


def test_a_truncated_animation_keeps_its_complete_frames(tmp_path: Path) -> None:
    path = animation(tmp_path / "moving", "GIF", size=(300, 200))
    content = path.read_bytes()
    path.write_bytes(content[: -len(content) // 3])
    with Image.open(moving_of(path)) as animation_file:
        assert 2 <= frames_in(animation_file) <= len(COLOURS)


def test_an_animation_that_takes_too_long_has_only_still_renditions(tmp_path: Path) -> None:
    path = animation(tmp_path / "moving", "GIF")
    order = {"task": "renditions", "path": str(path), "folder": str(tmp_path)}
    renditions = decoder_tasks.answer({**order, "have": [], "shapes": []}, seconds=-1_000)["made"]
    assert {each["format"] for each in renditions} == {"avif", "webp", "jpeg"}
    assert not any(each["moving"] for each in renditions)


def test_transparency_is_kept(tmp_path: Path) -> None:
    frames = [Image.new("RGBA", (60, 40), (*colour, 255)) for colour in COLOURS]
    for frame in frames:
        frame.paste((0, 0, 0, 0), (20, 10, 40, 30))
    path = tmp_path / "moving"
    frames[0].save(path, "GIF", save_all=True, append_images=frames[1:], disposal=2)
    with Image.open(moving_of(path)) as animation_file:
        animation_file.seek(2)
        hole, rim = (animation_file.convert("RGBA").getpixel(place) for place in ((30, 20), (5, 5)))
    assert isinstance(hole, tuple)
    assert isinstance(rim, tuple)
    assert (hole[3], rim[3]) == (0, 255)


@pytest.mark.parametrize(
    ("width", "height", "frames", "animation_file"),
    [(1600, 900, 20, 960), (1600, 900, 200, 640), (1600, 900, 500, 320), (200, 100, 9, 200)],
)
def test_a_long_animation_is_made_smaller(
    width: int, height: int, frames: int, animation_file: int
) -> None:
    size = moving_size(width, height, frames)
    assert size.width == animation_file
    assert size.width * size.height * frames <= MOVING_PIXELS


ALIKE = 8
APART = 14


def scene(number: int) -> Image.Image:
    """A generated image with a few large and many small shapes."""
    chance = random.Random(number)
    image = Image.new("RGB", (900, 600), tuple(chance.randrange(256) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for place in range(40):
        size = 300 if place < 6 else 60
        x, y = chance.randrange(-50, 850), chance.randrange(-50, 550)
        corner = (x + chance.randrange(20, size), y + chance.randrange(20, size))
        colour = tuple(chance.randrange(256) for _ in range(3))
        (draw.ellipse if place % 2 else draw.rectangle)((x, y, *corner), fill=colour)
    return image


SCENES = [scene(number) for number in range(12)]


def recompressed(image: Image.Image, form: str, quality: int) -> Image.Image:
    buffer = BytesIO()
    image.save(buffer, form, quality=quality)
    return Image.open(buffer).convert("RGB")


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "smaller": lambda image: image.resize((310, 207)),
    "much smaller": lambda image: image.resize((90, 60)),
    "poorly compressed": lambda image: recompressed(image, "JPEG", 20),
    "another format": lambda image: recompressed(image, "WEBP", 40),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.15),
    "flatter": lambda image: ImageEnhance.Contrast(image).enhance(0.8),
    "without colours": lambda image: image.convert("L").convert("RGB"),
    "with clipped colours": lambda image: image.point(lambda value: min(240, max(15, value))),
}


def differing_bits(one: int, other: int) -> int:
    return ((one ^ other) & (1 << 64) - 1).bit_count()


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_has_a_similar_hash(change: str) -> None:
    for image in SCENES:
        one, other = hash_of(image), hash_of(CHANGES[change](image))
        assert one is not None
        assert other is not None
        assert differing_bits(one, other) <= ALIKE


def test_different_images_have_different_hashes() -> None:
    known = [looks for image in SCENES if (looks := hash_of(image)) is not None]
    assert len(known) == len(SCENES)
    assert min(differing_bits(one, other) for one, other in combinations(known, 2)) >= APART


def test_hashes_fit_into_a_signed_64_bit_integer() -> None:
    known = [hash_of(image) or 0 for image in SCENES]
    assert all(-(2**63) <= looks < 2**63 for looks in known)
    assert min(known) < 0 < max(known)


def test_an_empty_image_has_no_hash() -> None:
    assert hash_of(Image.new("RGB", (300, 200), "teal")) is None
    assert hash_of(Image.new("RGBA", (300, 200), (200, 0, 0, 0))) is None


def test_transparency_counts_as_white() -> None:
    sheet = Image.new("RGBA", SCENES[0].size, (255, 0, 0, 0))
    sheet.paste(SCENES[0].resize((500, 400)), (100, 50))
    paper = Image.new("RGB", SCENES[0].size, "white")
    paper.paste(SCENES[0].resize((500, 400)), (100, 50))
    assert hash_of(sheet) == hash_of(paper)
