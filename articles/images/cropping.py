"""Cut to a shape around the point where the eye rests: arithmetic only."""

import re
from typing import Final

_SHAPE: Final = re.compile(r"([1-9]\d{0,2}):([1-9]\d{0,2})", re.ASCII)

Box = tuple[int, int, int, int]
"""Left, upper, right, lower, in pixels."""
Point = tuple[float, float]
"""From the left and the upper edge, each 0 to 1."""

MIDDLE: Final = (0.5, 0.5)


def ratio_of(shape: str) -> tuple[int, int]:
    """Width and height of a shape such as `3:2`.

    Raises:
        ValueError: for what is no shape.
    """
    found = _SHAPE.fullmatch(shape)
    if found is None:
        sentence = f"{shape!r} is no shape; write width to height, as in 3:2."
        raise ValueError(sentence)
    return int(found[1]), int(found[2])


def shaped_size(width: int, height: int, shape: str) -> tuple[int, int]:
    """The largest of the shape that fits into a picture, never without a pixel."""
    wide, tall = ratio_of(shape)
    if width * tall > height * wide:
        return max(1, min(width, round(height * wide / tall))), height
    return width, max(1, min(height, round(width * tall / wide)))


def box_around(width: int, height: int, shape: str, focus: Point = MIDDLE) -> Box:
    """The largest box of the shape, its middle as near to the focus as the edges let it be."""
    wide, tall = shaped_size(width, height, shape)
    left = _start(width, wide, focus[0])
    upper = _start(height, tall, focus[1])
    return left, upper, left + wide, upper + tall


def _start(whole: int, part: int, at: float) -> int:
    wish = round(whole * min(max(at, 0.0), 1.0) - part / 2)
    return min(max(wish, 0), whole - part)
