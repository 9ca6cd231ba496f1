"""Crop boxes around the focal point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.images.processing import rendition_sizes

SIDES = st.integers(1, 60_000)
SHAPES = st.tuples(st.integers(1, 40), st.integers(1, 40)).map(lambda pair: f"{pair[0]}:{pair[1]}")
PLACES = st.floats(0, 1, allow_nan=False)


@given(SIDES, SIDES, SHAPES, PLACES, PLACES)
def test_the_box_is_inside_the_image_and_as_large_as_possible(
    width: int, height: int, shape: str, x: float, y: float
) -> None:
    left, upper, right, lower = rendition_sizes.box_around(width, height, shape, (x, y))
    assert 0 <= left < right <= width
    assert 0 <= upper < lower <= height
    assert right - left == width or lower - upper == height


@given(SIDES, SIDES, SHAPES)
def test_the_box_has_its_aspect_ratio_within_half_a_pixel(
    width: int, height: int, shape: str
) -> None:
    wide, tall = rendition_sizes.shaped_size(width, height, shape)
    ratio_wide, ratio_tall = rendition_sizes.ratio_of(shape)
    off_width = abs(wide - tall * ratio_wide / ratio_tall)
    off_height = abs(tall - wide * ratio_tall / ratio_wide)
    assert min(off_width, off_height) <= 0.5 or 1 in (wide, tall)


@given(SIDES, SIDES, SHAPES, PLACES, PLACES)
def test_the_focal_point_is_in_the_box_and_centred_where_possible(
    width: int, height: int, shape: str, x: float, y: float
) -> None:
    left, upper, right, lower = rendition_sizes.box_around(width, height, shape, (x, y))
    for start, end, whole, at in ((left, right, width, x), (upper, lower, height, y)):
        assert start - 1 <= whole * at <= end + 1
        off_middle = abs((start + end) / 2 - whole * at)
        assert off_middle <= 1 or start == 0 or end == whole


@given(SIDES, SIDES, SHAPES, PLACES)
def test_a_focal_point_further_right_never_moves_the_box_left(
    width: int, height: int, shape: str, x: float
) -> None:
    near = rendition_sizes.box_around(width, height, shape, (x / 2, 0.5))
    far = rendition_sizes.box_around(width, height, shape, (x, 0.5))
    assert near[0] <= far[0]


def test_a_face_at_the_edge_is_within_a_square_crop() -> None:
    assert rendition_sizes.box_around(6000, 4000, "1:1", (0.9, 0.3)) == (2000, 0, 6000, 4000)
    assert rendition_sizes.box_around(6000, 4000, "1:1", (0.5, 0.3)) == (1000, 0, 5000, 4000)
    assert rendition_sizes.box_around(4000, 6000, "16:9", (0.5, 0.25)) == (0, 375, 4000, 2625)


@pytest.mark.parametrize("shape", ["", "3", "3:", "0:1", "3:2:1", "3.5:2", "1000:1", "٣:٢"])
def test_an_invalid_shape_is_rejected(shape: str) -> None:
    with pytest.raises(ValueError, match="not a shape"):
        rendition_sizes.ratio_of(shape)


@given(SIDES, SIDES, st.lists(SHAPES, max_size=4))
def test_an_image_is_decoded_large_enough_for_its_shapes_and_never_too_large(
    width: int, height: int, shapes: list[str]
) -> None:
    decoded = rendition_sizes.decoded_size(width, height, shapes)
    whole = min(width, rendition_sizes.WIDTHS[-1])
    assert whole <= decoded[0] <= width
    # At most as many pixels as may be decoded, or as the widest rendition has.
    room = decoded[0] * decoded[1] > rendition_sizes.DECODED_PIXELS * 0.9
    for shape in shapes:
        wanted = min(
            rendition_sizes.SHAPED_WIDTH, rendition_sizes.shaped_size(width, height, shape)[0]
        )
        wide, tall = rendition_sizes.ratio_of(shape)
        a_row = max(2, wide / tall)
        assert room or rendition_sizes.shaped_size(*decoded, shape)[0] >= wanted - a_row
    if decoded[0] > rendition_sizes.WIDTHS[-1]:
        assert decoded[0] * decoded[1] <= rendition_sizes.DECODED_PIXELS * 1.1


@given(SIDES, SIDES, SHAPES)
def test_shaped_sizes_are_never_enlarged_or_repeated(width: int, height: int, shape: str) -> None:
    planned = rendition_sizes.shaped_sizes(width, height, shape, transparent=False)
    assert len({size.key for size in planned}) == len(planned)
    assert all(size.shape == shape and size.width <= width for size in planned)
