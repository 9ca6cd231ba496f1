"""Flat patches stay what they are in every format, in the smallest size and in the largest.

Random ones, most of them where lossy files of eight bits are weakest: dark, and near grey. A patch
is measured as instruments do it, by the mean of its inner half.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image

from articles.images.library import decoder_client
from articles.images.processing.rendition_sizes import sizes_for
from tests.articles.images.processing.test_colour_conversion import mean_inside
from tests.colour_difference import ciede2000
from tests.littlecms import lab_of_srgb
from tests.proofs.size import sized

ACROSS, DOWN = 12, 8
WIDE, TALL = 1920, 1280
"""A patch has 160 pixels in the largest size, 27 in the smallest, 20 in a square one."""

Patch = tuple[int, int, int]
ALL = st.integers(0, 255)
NEAR_GREY = st.builds(
    lambda grey, *off: tuple(min(255, max(0, grey + each)) for each in off),
    ALL,
    *[st.integers(-10, 10)] * 3,
)
DARK = st.tuples(*[st.integers(0, 70)] * 3)
PATCHES = st.lists(
    st.one_of(NEAR_GREY, DARK, st.tuples(ALL, ALL, ALL)),
    min_size=ACROSS * DOWN,
    max_size=ACROSS * DOWN,
)


def sheet(patches: Sequence[Patch]) -> Image.Image:
    small = Image.new("RGB", (ACROSS, DOWN))
    small.putdata(patches)
    return small.resize((WIDE, TALL), Image.Resampling.NEAREST)


def read(path: Path) -> list[tuple[float, ...]]:
    """The patches of a sheet in Lab."""
    with Image.open(path) as image:
        shown = image.convert("RGB")
    wide, tall = shown.width / ACROSS, shown.height / DOWN
    places = [
        (x * wide, y * tall, x * wide + wide, y * tall + tall)
        for y in range(DOWN)
        for x in range(ACROSS)
    ]
    return lab_of_srgb([mean_inside(shown, place) for place in places])


PLANNED = [size.key for size in sizes_for(WIDE, TALL, transparent=False)]
ENDS = {
    end([key for key in PLANNED if key[1] == form], key=lambda key: key[2])
    for form in ("avif", "webp", "jpeg")
    for end in (min, max)
}
BETWEEN = [key for key in PLANNED if key not in ENDS]

SENT = {
    "photograph": ("JPEG", {"quality": 100, "subsampling": 0}),
    "drawing": ("PNG", {"compress_level": 1}),
}


@pytest.mark.parametrize("sent", SENT)
@settings(
    max_examples=sized(4, 200),
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(patches=PATCHES)
def test_no_patch_differs_by_three_or_more_in_any_format(
    sent: str, tmp_path: Path, patches: list[Patch]
) -> None:
    form, options = SENT[sent]
    sheet(patches).save(tmp_path / "sheet", form, **options)
    wanted = read(tmp_path / "sheet")
    renditions = decoder_client.renditions(tmp_path / "sheet", tmp_path, BETWEEN)["made"]
    assert len(renditions) == len(ENDS) == 6
    for each in renditions:
        found = read(tmp_path / each["file"])
        most, patch = max(
            (ciede2000(one, other), patch)
            for one, other, patch in zip(found, wanted, patches, strict=True)
        )
        assert most < 3, f"{patch} is off by {most:.2f} in {each['file']}"


def test_a_slow_gradient_near_grey_keeps_its_colours(tmp_path: Path) -> None:
    """As in skies and walls: no part may turn green or pink."""
    ramp = Image.linear_gradient("L").transpose(Image.Transpose.ROTATE_90).resize((WIDE, TALL))
    bands = [ramp.point([min(255, max(0, grey + off)) for grey in range(256)]) for off in (3, 0, 6)]
    Image.merge("RGB", bands).save(tmp_path / "sheet", "PNG", compress_level=1)
    with Image.open(tmp_path / "sheet") as image:
        image.convert("RGB").save(tmp_path / "photograph", "JPEG", quality=100, subsampling=0)
    for sent in ("sheet", "photograph"):
        wanted = read(tmp_path / sent)
        for each in decoder_client.renditions(tmp_path / sent, tmp_path, [])["made"]:
            found = read(tmp_path / each["file"])
            assert max(map(ciede2000, found, wanted)) < 3, each["file"]
