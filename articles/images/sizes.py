"""Which widths and formats of a picture are served."""

from dataclasses import dataclass
from typing import Final

WIDTHS: Final = (320, 640, 960, 1280, 1920)
BASE_WIDTH: Final = 1280
"""The first rendition, made while the picture is taken in, is at most this wide."""

LARGEST_SIDE: Final = {"webp": 16_383, "avif": 16_383, "jpeg": 65_000, "png": 65_000}


@dataclass(frozen=True, slots=True)
class Size:
    """One rendition that a picture should have."""

    format: str
    width: int
    height: int


def widths_for(width: int) -> list[int]:
    """The widths that fit a picture, none wider than itself, the widest last.

    A width only a little below the picture's own is left out; two such files would be one too many.
    """
    own = min(width, WIDTHS[-1])
    return [fitting for fitting in WIDTHS if fitting < own * 0.9] + [own]


def formats_for(*, transparent: bool) -> tuple[str, str, str]:
    """From the one tried first to the one every reader understands."""
    return ("avif", "webp", "png" if transparent else "jpeg")


def sizes_for(width: int, height: int, *, transparent: bool) -> list[Size]:
    """Every rendition of a picture, the widest first, as they are made from one another."""
    return [
        Size(form, fitting, tall)
        for fitting in reversed(widths_for(width))
        for form in formats_for(transparent=transparent)
        if (tall := height_at(fitting, width, height)) <= LARGEST_SIDE[form]
    ]


def base_size(width: int, height: int, *, transparent: bool) -> Size:
    """The one rendition that is made at once."""
    fitting = max((w for w in widths_for(width) if w <= BASE_WIDTH), default=BASE_WIDTH)
    form = formats_for(transparent=transparent)[-1]
    return Size(form, fitting, height_at(fitting, width, height))


def height_at(fitting: int, width: int, height: int) -> int:
    return max(1, round(height * fitting / width))
