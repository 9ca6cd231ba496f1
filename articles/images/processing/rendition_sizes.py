"""Widths, shapes and formats of renditions, and crops around the focal point."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Final

WIDTHS: Final = (320, 640, 960, 1280, 1920)
BASE_WIDTH: Final = 1280
"""Maximum width of the first rendition, made during the upload."""

CARD, SQUARE, PREVIEW = "3:2", "1:1", "40:21"


@dataclass(frozen=True, slots=True)
class Cut:
    """The renditions of one shape."""

    widths: tuple[int, ...]
    plain_only: bool = False
    """Only JPEG or PNG."""


ANY: Final = Cut(WIDTHS)
SHAPES: Final = {
    CARD: Cut((320, 640, 960, 1280)),
    SQUARE: Cut((160, 320, 480)),
    PREVIEW: Cut((1200,), plain_only=True),
}
"""Cards, portraits, and link previews on other sites: 1200 by 630, or 1.91 to 1."""

SHAPED_WIDTH: Final = 960
"""Minimum width of a crop, if the image is large enough."""
MOVING_WIDTH: Final = 960
MOVING_PIXELS: Final = 60_000_000
"""The pixels of all frames together; a larger animation gets a smaller size."""
DECODED_PIXELS: Final = 16_000_000

MAX_SIDE: Final = {"webp": 16_383, "avif": 16_383, "jpeg": 65_000, "png": 65_000}


@dataclass(frozen=True, slots=True)
class Size:
    """One rendition that an image should have."""

    format: str
    width: int
    height: int
    shape: str = ""
    """Aspect ratio of the crop, as in `3:2`; empty if uncropped."""
    moving: bool = False
    """Whether it has several frames."""

    @property
    def key(self) -> "Key":
        return (self.shape, self.format, self.width, self.moving)


Key = tuple[str, str, int, bool]
"""Shape, format, width, moving: there is one file of each."""


def widths_for(width: int) -> list[int]:
    """The widths for an image, none wider than itself, the widest last.

    A width only a little below the image's own is left out.
    """
    return _fitting(WIDTHS, width)


def _fitting(widths: tuple[int, ...], width: int) -> list[int]:
    own = min(width, widths[-1])
    return [fitting for fitting in widths if fitting < own * 0.9] + [own]


def formats_for(*, transparent: bool) -> tuple[str, str, str]:
    """From the preferred format to the one that all software supports."""
    return ("avif", "webp", "png" if transparent else "jpeg")


def sizes_for(width: int, height: int, *, transparent: bool) -> list[Size]:
    """Every uncropped rendition, the widest first, in the order in which they are made."""
    widths = widths_for(width)
    in_webp = widths if transparent else _in_between(widths)
    return [
        Size(form, fitting, tall)
        for fitting in reversed(widths)
        for form in formats_for(transparent=transparent)
        if form != "webp" or fitting in in_webp
        if (tall := height_at(fitting, width, height)) <= MAX_SIDE[form]
    ]


def _in_between(widths: list[int]) -> list[int]:
    """Every second width, from `BASE_WIDTH` down.

    A WebP with neutral greys is larger than the JPEG, and few browsers request it.
    """
    return [fitting for fitting in widths if fitting <= BASE_WIDTH][::-2]


def shaped_sizes(width: int, height: int, shape: str, *, transparent: bool) -> list[Size]:
    """The same for a crop; none if the image already has this shape."""
    wide, tall = shaped_size(width, height, shape)
    cut = SHAPES.get(shape, ANY)
    if is_shaped(width, height, shape):
        return []
    return [
        Size(form, fitting, height_at(fitting, wide, tall), shape)
        for fitting in reversed(_fitting(cut.widths, wide))
        for form in _formats_of(cut, transparent=transparent)
    ]


def _formats_of(cut: Cut, *, transparent: bool) -> tuple[str, ...]:
    """Crops are small: without AVIF support browsers get a JPEG; a transparent one is also WebP."""
    first, second, plain = formats_for(transparent=transparent)
    if cut.plain_only:
        return (plain,)
    return (first, second, plain) if transparent else (first, plain)


def moving_size(width: int, height: int, frames: int) -> Size:
    """The one size of an animation: smaller, the more frames it has."""
    fitting = [wide for wide in widths_for(width) if wide <= MOVING_WIDTH] or [width]
    most = MOVING_PIXELS / frames
    small = [wide for wide in fitting if wide * height_at(wide, width, height) <= most]
    chosen = small[-1] if small else fitting[0]
    return Size("webp", chosen, height_at(chosen, width, height), moving=True)


def decoded_size(width: int, height: int, shapes: Iterable[str] = ()) -> tuple[int, int]:
    """The size to decode so that every rendition can be made from it.

    A panorama is decoded larger than it is served, because a square crop of it would be too small.
    """
    widest = min(width, WIDTHS[-1])
    for shape in shapes:
        wide, _ = shaped_size(width, height, shape)
        widest = max(widest, ceil(width * min(1.0, SHAPED_WIDTH / wide)))
    if widest > WIDTHS[-1]:
        widest = max(WIDTHS[-1], min(widest, int((DECODED_PIXELS * width / height) ** 0.5)))
    return widest, height_at(widest, width, height)


def is_shaped(width: int, height: int, shape: str) -> bool:
    """Whether an image already has a shape, within two per cent."""
    wide, tall = ratio_of(shape)
    return abs(width * tall / (height * wide) - 1) <= 0.02


def base_size(width: int, height: int, *, transparent: bool) -> Size:
    """The rendition made during the upload."""
    fitting = max((w for w in widths_for(width) if w <= BASE_WIDTH), default=BASE_WIDTH)
    form = formats_for(transparent=transparent)[-1]
    return Size(form, fitting, height_at(fitting, width, height))


def height_at(fitting: int, width: int, height: int) -> int:
    return max(1, round(height * fitting / width))


_SHAPE: Final = re.compile(r"([1-9]\d{0,2}):([1-9]\d{0,2})", re.ASCII)

Box = tuple[int, int, int, int]
"""Left, upper, right, lower, in pixels."""
Point = tuple[float, float]
"""From the left and the upper edge, each 0 to 1."""

MIDDLE: Final = (0.5, 0.5)


def ratio_of(shape: str) -> tuple[int, int]:
    """Width and height of a shape such as `3:2`.

    Raises:
        ValueError: it is not a shape.
    """
    found = _SHAPE.fullmatch(shape)
    if found is None:
        raise ValueError(f"{shape!r} is not a shape. Write width to height, as in 3:2.")
    return int(found[1]), int(found[2])


def shaped_size(width: int, height: int, shape: str) -> tuple[int, int]:
    """The largest size of this shape that fits into an image, at least one pixel."""
    wide, tall = ratio_of(shape)
    if width * tall > height * wide:
        return max(1, min(width, round(height * wide / tall))), height
    return width, max(1, min(height, round(width * tall / wide)))


def box_around(width: int, height: int, shape: str, focus: Point = MIDDLE) -> Box:
    """The largest box of the shape, centred at the focal point as far as the edges allow."""
    wide, tall = shaped_size(width, height, shape)
    left = _start(width, wide, focus[0])
    upper = _start(height, tall, focus[1])
    return left, upper, left + wide, upper + tall


def _start(length: int, part: int, at: float) -> int:
    start = round(length * min(max(at, 0.0), 1.0) - part / 2)
    return min(max(start, 0), length - part)
