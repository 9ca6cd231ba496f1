"""A perceptual hash of 64 bits, similar for similar images of any size, format and quality.

The lowest frequencies of a small grey copy (a discrete cosine transform, as in Zauner 2010,
“Implementation and Benchmarking of Perceptual Image Hash Functions”): a bit is set if a frequency
is stronger than the median. Runs in the child process. Plain Python.
"""

from itertools import product
from math import cos, pi
from statistics import median
from typing import Final

from PIL import Image

_SIDE: Final = 32
_HIGHEST: Final = 9
_FAINT: Final = 2.0
"""Mean strength, in levels of grey, below which an image has no usable features."""

_WAVES: Final = [
    [cos(pi * wave * (2 * at + 1) / (2 * _SIDE)) for at in range(_SIDE)] for wave in range(_HIGHEST)
]
_LOWEST: Final = sorted(
    list(product(range(_HIGHEST), repeat=2))[1:],
    key=lambda pair: (pair[0] ** 2 + pair[1] ** 2, pair),
)[:64]


def hash_of(image: Image.Image) -> int | None:
    """The hash of an upright sRGB image as a signed 64-bit number; None for a blank one."""
    grey = _on_white(image).convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    values = grey.tobytes()
    rows = [values[at : at + _SIDE] for at in range(0, len(values), _SIDE)]
    across = [[_strength(wave, row) for wave in _WAVES] for row in rows]
    columns = list(zip(*across, strict=True))
    strengths = [_strength(_WAVES[down], columns[aside]) for down, aside in _LOWEST]
    if sum(map(abs, strengths)) / len(strengths) < _FAINT * _SIDE:
        return None
    middle = median(strengths)
    bits = sum((strength > middle) << place for place, strength in enumerate(strengths))
    return bits - (1 << 64) if bits >> 63 else bits


def _strength(wave: list[float], values: bytes | tuple[float, ...]) -> float:
    return sum(height * value for height, value in zip(wave, values, strict=True))


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper
