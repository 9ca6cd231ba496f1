"""Shapes as values, and masks made of them.

A mask is drawn twice as large and then reduced: smooth edges for the price of one grey picture.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

from iria.demo.drawing.palette import Colour

type Point = tuple[float, float]
_FINE = 2


class Pen:
    """Draws in the picture's coordinates on a mask that is larger inside."""

    def __init__(self, mask: Image.Image, origin: tuple[int, int] = (0, 0)) -> None:
        self.draw = ImageDraw.Draw(mask)
        self._left, self._top = origin

    def at(self, point: Point) -> Point:
        return (point[0] - self._left) * _FINE, (point[1] - self._top) * _FINE

    def box(self, left: float, top: float, right: float, foot: float) -> tuple[float, ...]:
        return (*self.at((left, top)), *self.at((right, foot)))


@dataclass(frozen=True, slots=True)
class Shape:
    """Something to draw, and the points it stays close to (within `reach` pixels)."""

    around: Sequence[Point]
    reach: float
    put: Callable[[Pen], None]


def poly(points: Sequence[Point]) -> Shape:
    return Shape(points, 1, lambda pen: pen.draw.polygon([pen.at(p) for p in points], fill=255))


def line(points: Sequence[Point], width: float) -> Shape:
    wide = max(1, round(width * _FINE))
    return Shape(
        points,
        width + 1,
        lambda pen: pen.draw.line([pen.at(p) for p in points], 255, wide, joint="curve"),
    )


def disc(centre: Point, radius: float) -> Shape:
    (x, y), r = centre, radius
    return Shape(
        [centre], r + 1, lambda pen: pen.draw.ellipse(pen.box(x - r, y - r, x + r, y + r), 255)
    )


def oval(box: tuple[float, float, float, float], outline: float = 0) -> Shape:
    """An ellipse in its box; with an outline's width, only its rim."""
    corners = [(box[0], box[1]), (box[2], box[3])]
    rim = max(1, round(outline * _FINE))
    if outline:
        return Shape(
            corners, rim, lambda pen: pen.draw.ellipse(pen.box(*box), outline=255, width=rim)
        )
    return Shape(corners, 1, lambda pen: pen.draw.ellipse(pen.box(*box), fill=255))


def box(left: float, top: float, right: float, foot: float) -> Shape:
    def put(pen: Pen) -> None:
        x, y, x2, y2 = pen.box(left, top, right, foot)
        if x2 > x and y2 > y:
            pen.draw.rectangle((x, y, x2 - 1, y2 - 1), fill=255)

    return Shape([(left, top), (right, foot)], 1, put)


def stencil(size: tuple[int, int], shapes: Iterable[Shape]) -> Image.Image:
    """A mask as large as the picture."""
    large = Image.new("L", (size[0] * _FINE, size[1] * _FINE))
    pen = Pen(large)
    for shape in shapes:
        shape.put(pen)
    return large.reduce(_FINE)


def dab(
    canvas: Image.Image,
    paint: Colour | Image.Image,
    shapes: Sequence[Shape],
    opacity: float = 1.0,
    soft: float = 0,
) -> None:
    """Paint shapes on the canvas, touching only the part where they lie; `soft` blurs their edge."""
    spare = soft * 3 + 1
    left = max(0, int(min(x - s.reach for s in shapes for x, _ in s.around) - spare))
    top = max(0, int(min(y - s.reach for s in shapes for _, y in s.around) - spare))
    right = min(canvas.width, int(max(x + s.reach for s in shapes for x, _ in s.around) + spare))
    foot = min(canvas.height, int(max(y + s.reach for s in shapes for _, y in s.around) + spare))
    if right <= left or foot <= top:
        return
    large = Image.new("L", ((right - left) * _FINE, (foot - top) * _FINE))
    pen = Pen(large, (left, top))
    for shape in shapes:
        shape.put(pen)
    mask = large.reduce(_FINE)
    if soft:
        mask = mask.filter(ImageFilter.GaussianBlur(soft))
    if opacity < 1:
        mask = mask.point([round(v * opacity) for v in range(256)])
    area = (left, top, right, foot)
    canvas.paste(paint.crop(area) if isinstance(paint, Image.Image) else paint, area, mask)
