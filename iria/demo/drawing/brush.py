"""Brushes that work on whole areas at once, so that a picture of 2.6 megapixels takes a fraction of a second."""

import random
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageChops, ImageFilter

from iria.demo.drawing.palette import Colour, mix
from iria.demo.drawing.shapes import Point, poly, stencil

type Stops = Sequence[tuple[float, Colour]]

LANDSCAPE = (1920, 1280)


def dice(seed: int) -> random.Random:
    """Chance that falls the same way every time: a picture must come out the same on every machine."""
    return random.Random(seed)  # noqa: S311 - a picture, not a secret


def colour_at(stops: Stops, place: float) -> Colour:
    """The colour of a gradient at `place` (0 to 1)."""
    before = stops[0]
    for stop in stops:
        if place <= stop[0]:
            span = stop[0] - before[0]
            return mix(before[1], stop[1], (place - before[0]) / span if span else 1.0)
        before = stop
    return stops[-1][1]


def gradient(size: tuple[int, int], stops: Stops) -> Image.Image:
    """From top to bottom through `stops`."""
    strip = Image.new("RGB", (1, 256))
    for row in range(256):
        strip.putpixel((0, row), colour_at(stops, row / 255))
    return strip.resize(size, Image.Resampling.BILINEAR)


def fade(size: tuple[int, int], top: float, bottom: float) -> Image.Image:
    """A grey ramp for use as a mask: opacity `top` (0 to 1) above, `bottom` below."""
    strip = Image.new("L", (1, 256))
    for row in range(256):
        strip.putpixel((0, row), round(255 * (top + (bottom - top) * row / 255)))
    return strip.resize(size, Image.Resampling.BILINEAR)


def noise(size: tuple[int, int], cells: tuple[int, int], seed: int) -> Image.Image:
    """Smooth grey noise with `cells` knots across and down."""
    knots = dice(seed).randbytes(cells[0] * cells[1])
    return Image.frombytes("L", cells, knots).resize(size, Image.Resampling.BICUBIC)


def clouds(
    size: tuple[int, int], cells: tuple[int, int], seed: int, octaves: int = 5
) -> Image.Image:
    """Noise over noise, each twice as fine and half as strong; wide cells make streaks.

    Built from the coarse up, at a size no larger than the octave needs.
    """
    canvas = Image.frombytes("L", cells, dice(seed).randbytes(cells[0] * cells[1]))
    weight = 0.5
    for octave in range(1, octaves):
        finer = (min(size[0], cells[0] * 2**octave), min(size[1], cells[1] * 2**octave))
        grown = canvas.resize(finer, Image.Resampling.BICUBIC)
        knots = dice(seed + octave).randbytes(finer[0] * finer[1])
        canvas = Image.blend(grown, Image.frombytes("L", finer, knots), weight * 0.55)
        weight *= 0.66
    return canvas.resize(size, Image.Resampling.BICUBIC)


def between(grey: Image.Image, low: int, high: int) -> Image.Image:
    """Stretch greys so that `low` and below are black, `high` and above white."""
    return grey.point(
        [max(0, min(255, round((v - low) * 255 / max(1, high - low)))) for v in range(256)]
    )


def lay(
    canvas: Image.Image, paint: Colour | Image.Image, mask: Image.Image, opacity: float = 1.0
) -> None:
    """Put colour (or another picture) on the canvas through a mask."""
    if opacity < 1:
        mask = mask.point([round(v * opacity) for v in range(256)])
    canvas.paste(paint, (0, 0), mask)


def glow(
    canvas: Image.Image, centre: Point, radius: float, colour: Colour, strength: float
) -> None:
    """Soft light around a point."""
    reach = round(radius)
    # Pillow's radial gradient reaches 180 in the middle of each side; beyond that there is no light.
    falloff = [round((max(0, 180 - v) / 180) ** 2 * 255 * min(1.0, strength)) for v in range(256)]
    disc = (
        Image.radial_gradient("L")
        .point(falloff)
        .resize((reach * 2, reach * 2), Image.Resampling.BILINEAR)
    )
    left, top = round(centre[0]) - reach, round(centre[1]) - reach
    canvas.paste(colour, (left, top, left + reach * 2, top + reach * 2), disc)


def blur(picture: Image.Image, radius: float) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(radius))


def grain(canvas: Image.Image, seed: int, amount: int = 9) -> Image.Image:
    """The tooth of paper; it also hides the steps of an 8-bit gradient."""
    width, height = canvas.size
    tooth = Image.frombytes("L", (width, height), dice(seed).randbytes(width * height))
    small = tooth.point([v * amount // 255 for v in range(256)])
    return ImageChops.add(canvas, Image.merge("RGB", (small, small, small)), 1, -amount // 2)


def ridge(width: int, base: float, swing: float, seed: int, rough: float = 0.52) -> list[Point]:
    """A skyline of hills by halving: points from left to right around `base`, at most about `swing` away."""
    chance = dice(seed)
    heights = [chance.uniform(-1, 1), chance.uniform(-1, 1), chance.uniform(-1, 1)]
    reach = 1.0
    while len(heights) < width // 4:
        reach *= rough
        finer: list[float] = []
        for left, right in pairwise(heights):
            finer += [left, (left + right) / 2 + chance.uniform(-reach, reach)]
        heights = [*finer, heights[-1]]
    step = width / (len(heights) - 1)
    return [(i * step, base - h * swing) for i, h in enumerate(heights)]


def below(line: Sequence[Point], size: tuple[int, int]) -> Image.Image:
    """The mask of everything under a skyline."""
    return stencil(size, [poly([*line, (size[0], size[1]), (0, size[1])])])


def shifted(mask: Image.Image, across: int, down: int) -> Image.Image:
    """The mask moved, with nothing coming back in at the other side."""
    moved = Image.new(mask.mode, mask.size)
    moved.paste(mask, (across, down))
    return moved


def meet(*masks: Image.Image) -> Image.Image:
    """What all masks have in common."""
    common = masks[0]
    for mask in masks[1:]:
        common = ImageChops.multiply(common, mask)
    return common


def lower_part(size: tuple[int, int], top: int) -> Image.Image:
    """The mask of everything below a level line."""
    mask = Image.new("L", size)
    mask.paste(255, (0, top, size[0], size[1]))
    return mask


def tinted(grey: Image.Image, stops: Stops) -> Image.Image:
    """A grey picture through a colour scale."""
    scale = [colour_at(stops, value / 255) for value in range(256)]
    bands = [grey.point([colour[band] for colour in scale]) for band in range(3)]
    return Image.merge("RGB", bands)
