"""Colour conversion of renditions, measured as CIEDE2000 differences."""

import struct
from collections.abc import Callable, Sequence
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any
from zlib import compress, crc32

import pytest
from PIL import Image, ImageStat

from articles.images.library import decoder_client
from articles.images.processing import colour_conversion, colour_spaces
from articles.images.processing.colour_conversion import Colours
from tests.colour_difference import ciede2000
from tests.littlecms import Colour, converted, lab_of_srgb

SIDE = 24
ACROSS = 8


def chart(patches: Sequence[tuple[int, ...]], mode: str) -> Image.Image:
    """Flat patches side by side, in lines of eight."""
    image = Image.new(mode, (ACROSS * SIDE, -(-len(patches) // ACROSS) * SIDE))
    for number, patch in enumerate(patches):
        colour: Any = patch[0] if len(patch) == 1 else patch
        image.paste(colour, place(number))
    return image


def place(number: int) -> tuple[int, int, int, int]:
    x, y = number % ACROSS * SIDE, number // ACROSS * SIDE
    return x, y, x + SIDE, y + SIDE


def patches_in(path: Path, count: int) -> list[tuple[int, ...]]:
    """The values of the patches in the file, which may be a JPEG."""
    with Image.open(path) as image:
        return [image.crop(place(number)).getpixel((12, 12)) for number in range(count)]  # type: ignore[misc]


def mean_inside(image: Image.Image, place: tuple[float, float, float, float]) -> Colour:
    """The colour (0 to 1) of a patch as instruments read it: the mean of its inner half."""
    left, upper, right, lower = place
    wide, tall = right - left, lower - upper
    box = (left + wide / 4, upper + tall / 4, right - wide / 4, lower - tall / 4)
    inner = image.crop(tuple(round(edge) for edge in box))  # type: ignore[arg-type]
    return tuple(part / 255 for part in ImageStat.Stat(inner).mean)


def worst(
    path: Path, wanted: Sequence[Colour], formats: Sequence[str] = ("avif", "webp", "jpeg", "png")
) -> float:
    """The largest difference of any patch in any rendition; `wanted` is Lab."""
    most = 0.0
    renditions = decoder_client.renditions(path, path.parent, [])["made"]
    assert len(renditions) >= 3
    for each in (each for each in renditions if each["format"] in formats):
        with Image.open(path.parent / each["file"]) as served:
            assert "icc_profile" not in served.info, "what says nothing is sRGB"
            shown = served.convert("RGB")
        labs = lab_of_srgb([mean_inside(shown, place(number)) for number in range(len(wanted))])
        most = max(most, *(ciede2000(one, other) for one, other in zip(labs, wanted, strict=True)))
    return most


GRID = [
    tuple(round(part * 255) for part in each) for each in product((0.0, 0.35, 0.7, 1.0), repeat=3)
]
PROPHOTO = colour_spaces.Space(
    (0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001), (0.3457, 0.3585), 1.8
)
SPACES = {
    "sRGB": colour_spaces.SRGB,
    "Display P3": colour_spaces.DISPLAY_P3,
    "Adobe RGB": colour_spaces.ADOBE_RGB,
    "ProPhoto": PROPHOTO,
    "BT.2020": colour_spaces.BT_2020,
}


def references(
    patches: Sequence[tuple[int, ...]], space: str, profile: bytes, most: float
) -> list[Colour]:
    """What an independent conversion to sRGB gives, and, for colours that sRGB holds, the colour
    itself."""
    meant = [tuple(part * most / 255 for part in patch) for patch in patches]
    shown = converted(meant, space, profile, "RGB")
    labs = lab_of_srgb(shown)
    themselves = converted(meant, space, profile, "Lab")
    inside = [all(0.002 < part < 0.998 for part in colour) for colour in shown]
    assert any(inside)
    return [own if held else lab for own, lab, held in zip(themselves, labs, inside, strict=True)]


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_colour_profile_is_applied(space: str, form: str, tmp_path: Path) -> None:
    profile = colour_spaces.rgb_profile(SPACES[space])
    options = {"quality": 100, "subsampling": 0} if form == "JPEG" else {}
    chart(GRID, "RGB").save(tmp_path / "chart", form, icc_profile=profile, **options)
    decoded = patches_in(tmp_path / "chart", len(GRID))
    assert worst(tmp_path / "chart", references(decoded, "RGB", profile, 1.0)) < 3


NEAR_GREY = [
    tuple(level + off for off in each)
    for level in range(6, 250, 20)
    for each in product((-5, 0, 5), repeat=3)
]


def test_nearly_grey_colours_turn_neither_green_nor_pink(tmp_path: Path) -> None:
    chart(NEAR_GREY, "RGB").save(tmp_path / "chart", "JPEG", quality=100, subsampling=0)
    decoded = patches_in(tmp_path / "chart", len(NEAR_GREY))
    wanted = lab_of_srgb([tuple(part / 255 for part in patch) for patch in decoded])
    assert worst(tmp_path / "chart", wanted, ["avif", "webp", "jpeg"]) < 3


def test_grey_stays_grey_in_avif(tmp_path: Path) -> None:
    """It is written one step off, so that its chroma is not truncated towards green."""
    greys = [(level, level, level) for level in range(0, 256, 5)]
    chart(greys, "RGB").save(tmp_path / "chart", "PNG")
    wanted = lab_of_srgb([tuple(part / 255 for part in patch) for patch in greys])
    assert worst(tmp_path / "chart", wanted, ["avif"]) < 0.5


INKS = [
    tuple(round(part * 255) for part in each)
    for each in [*product((0.0, 0.5, 1.0), repeat=3), (0.2, 0.7, 0.7), (0.6, 0.1, 0.9)]
    for each in [(*each, 0.0), (*each, 0.3)]
]


@pytest.mark.parametrize("form", ["TIFF", "JPEG"])
@pytest.mark.parametrize("declare", [True, False])
def test_cmyk_is_converted_as_it_prints(form: str, declare: bool, tmp_path: Path) -> None:
    profile = colour_conversion.coated_paper()
    options = {"icc_profile": profile} if declare else {}
    if form == "JPEG":
        options |= {"quality": 100, "subsampling": 0}  # type: ignore[dict-item]
    chart(INKS, "CMYK").save(tmp_path / "chart", form, **options)
    decoded = patches_in(tmp_path / "chart", len(INKS))
    assert worst(tmp_path / "chart", references(decoded, "CMYK", profile, 100.0)) < 3


def test_solid_inks_look_as_designers_expect() -> None:
    """Expected colours are those of common coated-paper profiles, as #rrggbb."""
    known = {
        (255, 0, 0, 0): (0, 158, 227),
        (0, 255, 0, 0): (230, 0, 126),
        (0, 0, 255, 0): (255, 237, 0),
        (0, 255, 255, 0): (227, 6, 19),
        (255, 0, 255, 0): (0, 150, 64),
        (255, 255, 0, 0): (49, 39, 131),
        (0, 0, 0, 255): (29, 29, 27),
        (0, 0, 0, 0): (255, 255, 255),
    }
    shown = [
        Colours(None).to_srgb(Image.new("CMYK", (1, 1), solid)).getpixel((0, 0)) for solid in known
    ]
    labs = [lab_of_srgb([tuple(part / 255 for part in each)])[0] for each in shown]  # type: ignore[union-attr]
    wanted = lab_of_srgb([tuple(part / 255 for part in each) for each in known.values()])
    assert max(ciede2000(one, other) for one, other in zip(labs, wanted, strict=True)) < 3


GREYS = [(level,) for level in (0, 8, 20, 55, 90, 128, 180, 220, 250, 255)]


@pytest.mark.parametrize("gamma", [1.0, 1.8, 2.2])
@pytest.mark.parametrize("mode", ["L", "LA", "I;16"])
def test_the_profile_of_a_greyscale_image_is_applied(
    mode: str, gamma: float, tmp_path: Path
) -> None:
    profile = colour_spaces.grey_profile(gamma)
    patches: list[tuple[int, ...]] = [
        (level, 255) if mode == "LA" else (level * 257,) if mode == "I;16" else (level,)
        for (level,) in GREYS
    ]
    chart(patches, mode).save(tmp_path / "chart", "PNG", icc_profile=profile)
    assert worst(tmp_path / "chart", references(GREYS, "GRAY", profile, 1.0)) < 3


def test_sixteen_bits_per_channel_are_converted_too(tmp_path: Path) -> None:
    profile = colour_spaces.rgb_profile(PROPHOTO)
    eight = chart(GRID, "RGB")
    rows = b"".join(
        b"\0" + bytes(part for value in row for part in (value, value))
        for y in range(eight.height)
        for row in [eight.crop((0, y, eight.width, y + 1)).tobytes()]
    )
    (tmp_path / "chart").write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + piece(b"IHDR", struct.pack(">2I5B", *eight.size, 16, 2, 0, 0, 0))
        + piece(b"iCCP", b"x\0\0" + compress(profile))
        + piece(b"IDAT", compress(rows))
        + piece(b"IEND", b"")
    )
    assert worst(tmp_path / "chart", references(GRID, "RGB", profile, 1.0)) < 3


def piece(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    return (
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", crc32(name + content))
    )


def test_lab_images_are_converted(tmp_path: Path) -> None:
    labs = [(60, 20, 30), (40, -30, 20), (70, 5, -25), (50, 0, 0), (30, 35, -20), (90, -5, 10)]
    patches = [(round(light * 2.55), a + 128, b + 128) for light, a, b in labs]
    chart(patches, "LAB").save(tmp_path / "chart", "TIFF")
    assert worst(tmp_path / "chart", labs) < 3


def test_transparent_images_are_converted_too(tmp_path: Path) -> None:
    profile = colour_spaces.rgb_profile(colour_spaces.DISPLAY_P3)
    sheet = chart(GRID, "RGB").convert("RGBA")
    sheet.paste((0, 0, 0, 0), (0, sheet.height - 4, 4, sheet.height))
    sheet.save(tmp_path / "chart", "PNG", icc_profile=profile)
    renditions = decoder_client.renditions(tmp_path / "chart", tmp_path, [])["made"]
    assert {each["format"] for each in renditions} == {"avif", "webp", "png"}
    assert worst(tmp_path / "chart", references(GRID, "RGB", profile, 1.0)) < 3


def p3_by_code_points(path: Path) -> None:
    buffer = BytesIO()
    chart(GRID, "RGB").save(buffer, "AVIF", quality=95, subsampling="4:4:4")
    content = bytearray(buffer.getvalue())
    at = content.index(b"colrnclx") + 8
    content[at : at + 2] = (12).to_bytes(2)
    path.write_bytes(content)


def p3_by_png_chunk(path: Path) -> None:
    buffer = BytesIO()
    chart(GRID, "RGB").save(buffer, "PNG")
    content = buffer.getvalue()
    path.write_bytes(content[:33] + piece(b"cICP", bytes((12, 13, 0, 1))) + content[33:])


def p3_by_places(path: Path) -> None:
    """The chromaticities of white and the primaries, and a gamma."""
    space = colour_spaces.DISPLAY_P3
    places = [part for each in (space.white, *space[:3]) for part in each]
    buffer = BytesIO()
    chart(GRID, "RGB").save(buffer, "PNG")
    content = buffer.getvalue()
    chunks = piece(b"gAMA", struct.pack(">I", 45_455)) + piece(
        b"cHRM", struct.pack(">8I", *(round(part * 100_000) for part in places))
    )
    path.write_bytes(content[:33] + chunks + content[33:])


@pytest.mark.parametrize("declare", [p3_by_code_points, p3_by_png_chunk, p3_by_places])
def test_colour_spaces_declared_without_a_profile_are_recognised(
    declare: Callable[[Path], None], tmp_path: Path
) -> None:
    declare(tmp_path / "chart")
    profile = colour_spaces.rgb_profile(colour_spaces.DISPLAY_P3)
    assert worst(tmp_path / "chart", references(GRID, "RGB", profile, 1.0)) < 3


def test_adobe_rgb_is_recognised_from_camera_metadata(tmp_path: Path) -> None:
    tags = Image.Exif()
    tags.get_ifd(0x8769)[0xA001] = 65_535
    tags.get_ifd(0x8769)[0xA005] = {1: "R03"}
    chart(GRID, "RGB").save(
        tmp_path / "chart", "JPEG", quality=100, subsampling=0, exif=tags.tobytes()
    )
    profile = colour_spaces.rgb_profile(colour_spaces.ADOBE_RGB)
    assert worst(tmp_path / "chart", references(GRID, "RGB", profile, 1.0)) < 3


def test_high_dynamic_range_is_rejected_with_a_message(tmp_path: Path) -> None:
    buffer = BytesIO()
    chart(GRID, "RGB").save(buffer, "PNG")
    content = buffer.getvalue()
    path = tmp_path / "chart"
    path.write_bytes(content[:33] + piece(b"cICP", bytes((9, 16, 0, 1))) + content[33:])
    with pytest.raises(decoder_client.Undecodable, match="HDR"):
        decoder_client.ingest(path, tmp_path)


@pytest.mark.parametrize(
    "profile",
    [
        b"rubbish",
        b"",
        colour_spaces.grey_profile(1.0),
        colour_conversion.coated_paper(),
        bytes(200),
    ],
)
def test_a_broken_or_unsuitable_profile_is_ignored(profile: bytes, tmp_path: Path) -> None:
    chart(GRID, "RGB").save(tmp_path / "chart", "PNG", icc_profile=profile)
    wanted = lab_of_srgb([tuple(part / 255 for part in patch) for patch in GRID])
    assert worst(tmp_path / "chart", wanted) < 3


def test_places_of_colours_that_no_profile_can_hold_are_ignored(tmp_path: Path) -> None:
    places = (0.329, 0.13251, 0.98236, 0.14761, 0.3127, 0.7796, 0.00001, 0.97819)
    buffer = BytesIO()
    chart(GRID, "RGB").save(buffer, "PNG")
    content = buffer.getvalue()
    chunks = piece(b"gAMA", struct.pack(">I", 45_455)) + piece(
        b"cHRM", struct.pack(">8I", *(round(part * 100_000) for part in places))
    )
    path = tmp_path / "chart"
    path.write_bytes(content[:33] + chunks + content[33:])
    assert decoder_client.ingest(path, tmp_path)["width"] == ACROSS * SIDE
