"""A map's paper: degrees to pixels, land, water that deepens away from the coast."""

import math
import tomllib
from collections.abc import Sequence
from functools import cache
from itertools import batched, pairwise
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

from iria.demo.drawing import palette as ink
from iria.demo.drawing.brush import between, blur, clouds, gradient, lay
from iria.demo.drawing.shapes import Point, dab, line, poly, stencil

SIZE = (1920, 1280)
_SEA: ink.Colour = (150, 182, 188)
_DEEP: ink.Colour = (112, 152, 164)
_LAND: ink.Colour = (240, 232, 214)
_COAST: ink.Colour = (96, 104, 100)
_ISLAND = [(0, 1), (0.7, 0.7), (1, 0), (0.6, -0.8), (0, -1), (-0.7, -0.6), (-1, 0.1), (-0.6, 0.8)]


@cache
def written_down(name: str) -> dict[str, Any]:
    """A TOML file beside this one."""
    return tomllib.loads((Path(__file__).parent / name).read_text("utf-8"))


def pairs(flat: Sequence[float]) -> list[Point]:
    """1, 2, 3, 4 → (1, 2), (3, 4)."""
    return [(float(x), float(y)) for x, y in batched(flat, 2)]


def toward(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


class Sheet:
    """The paper of one map: from `west` to `east`, its middle at the latitude `middle`."""

    def __init__(self, west: float, east: float, middle: float) -> None:
        self._west, self._east, self._middle = west, east, middle
        self._scale = SIZE[0] / (east - west)
        self._stretch = 1 / math.cos(math.radians(middle))
        self.canvas = gradient(SIZE, [(0, _DEEP), (1, ink.mix(_DEEP, ink.SLATE, 0.15))])

    def at(self, east: float, north: float) -> Point:
        across = (east - self._west) * self._scale
        return across, SIZE[1] / 2 - (north - self._middle) * self._scale * self._stretch

    def path(
        self, places: Sequence[Point], rounds: int = 2, *, closed: bool = False
    ) -> list[Point]:
        """Degrees to pixels, corners cut `rounds` times."""
        points = [self.at(*place) for place in places]
        for _ in range(rounds):
            steps = pairwise([*points, points[0]] if closed else points)
            cut = [toward(a, b, share) for a, b in steps for share in (0.25, 0.75)]
            points = cut if closed else [points[0], *cut, points[-1]]
        return points

    def draw_land(self, coast: str, seed: int) -> None:
        land = self._land(written_down("coasts.toml")[coast])
        small = land.resize((SIZE[0] // 4, SIZE[1] // 4))
        for reach, tint, share in (
            (26, _SEA, 0.35),
            (15, _SEA, 0.35),
            (7, ink.mix(_SEA, ink.ICE, 0.5), 0.45),
        ):
            shelf = between(blur(small, reach), 6, 34).resize(SIZE, Image.Resampling.BICUBIC)
            lay(self.canvas, tint, shelf, share)
        self._graticule()
        relief = clouds(SIZE, (9, 6), seed, 6)
        ground = Image.new("RGB", SIZE, _LAND)
        lay(ground, (206, 198, 168), between(relief, 128, 230), 0.7)
        lay(ground, (160, 150, 128), ImageChops.invert(blur(land, 9)), 0.6)
        self.canvas.paste(ground, (0, 0), land)
        inner = between(blur(land, 1.6), 170, 255)
        lay(self.canvas, _COAST, ImageChops.subtract(land, inner), 0.9)

    def _land(self, coast: dict[str, Any]) -> Image.Image:
        shores = [pairs(shore) for shore in coast["land"]]
        for east, north, across, up, lean in coast.get("islands", []):
            shores.append([(east + x * across + y * lean, north + y * up) for x, y in _ISLAND])
        land = stencil(SIZE, [poly(self.path(shore, closed=True)) for shore in shores])
        lakes = [poly(self.path(pairs(lake), closed=True)) for lake in coast.get("lakes", [])]
        return ImageChops.subtract(land, stencil(SIZE, lakes)) if lakes else land

    def _graticule(self) -> None:
        step = 5 if self._east - self._west > 20 else 2
        lines = []
        for degree in range(-90, 181, step):
            x, y = self.at(degree, degree)
            if 0 < x < SIZE[0]:
                lines.append(line([(x, 0), (x, SIZE[1])], 1))
            if 0 < y < SIZE[1]:
                lines.append(line([(0, y), (SIZE[0], y)], 1))
        dab(self.canvas, ink.PAPER, lines, 0.35)


def dashes(points: Sequence[Point], on: float, off: float) -> list[list[Point]]:
    """Cuts a line into pieces of `on` pixels with gaps of `off`."""
    pieces: list[list[Point]] = []
    current: list[Point] = []
    drawn, left = True, on
    for start, end in pairwise(points):
        length, done = math.dist(start, end), 0.0
        while done < length:
            step = min(left, length - done)
            if drawn:
                current = current or [toward(start, end, done / length)]
                current.append(toward(start, end, (done + step) / length))
            done, left = done + step, left - step
            if left > 0:
                continue
            if drawn:
                pieces.append(current)
            current, drawn = [], not drawn
            left = on if drawn else off
    return [*pieces, current] if current else pieces
