"""Animations as WebP, with still renditions beside them."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from articles.images.library import decoder_client
from articles.images.processing import decoder_tasks
from articles.images.processing.rendition_sizes import MOVING_PIXELS, moving_size

COLOURS = ((200, 30, 30), (30, 160, 30), (30, 30, 200), (220, 200, 40))


def animation(path: Path, form: str, size: tuple[int, int] = (120, 80), **said: Any) -> Path:
    frames = [Image.new("RGB", size, colour) for colour in COLOURS]
    options = {"duration": [40, 80, 120, 160], "save_all": True, "append_images": frames[1:]}
    frames[0].save(path, form, **{**options, **said})
    return path


def frames_in(image: Image.Image) -> int:
    return int(getattr(image, "n_frames", 1))


def moving_of(path: Path) -> Path:
    made = [
        each for each in decoder_client.renditions(path, path.parent, [])["made"] if each["moving"]
    ]
    assert len(made) == 1
    assert made[0]["format"] == "webp"
    return path.parent / str(made[0]["file"])


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
    made = decoder_client.renditions(path, tmp_path, [])["made"]
    stills = {each["format"] for each in made if not each["moving"]}
    assert stills == {"avif", "webp", "jpeg"}
    for each in made:
        with Image.open(tmp_path / each["file"]) as served:
            assert (frames_in(served) > 1) is each["moving"]


def test_an_existing_animation_is_not_made_again(tmp_path: Path) -> None:
    path = animation(tmp_path / "moving", "GIF")
    made = decoder_client.renditions(path, tmp_path, [("", "webp", 120, True)])["made"]
    assert made
    assert not any(each["moving"] for each in made)


@pytest.mark.parametrize(("said", "rounds"), [(None, 1), (0, 0), (2, 3)])
def test_a_gif_keeps_its_loop_count(said: dict[str, int], rounds: int, tmp_path: Path) -> None:
    with Image.open(moving_of(animation(tmp_path / "moving", "GIF", loop=said))) as animation_file:
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
    made = decoder_tasks.answer({**order, "have": [], "shapes": []}, seconds=-1_000)["made"]
    assert {each["format"] for each in made} == {"avif", "webp", "jpeg"}
    assert not any(each["moving"] for each in made)


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
