"""Things nobody can photograph: orbits, a seabed in section, who deals with whom."""

import math
from functools import partial
from itertools import pairwise

from PIL import Image, ImageChops

from iria.demo.drawing import palette as ink
from iria.demo.drawing.brush import (
    LANDSCAPE,
    below,
    between,
    blur,
    clouds,
    dice,
    fade,
    glow,
    gradient,
    grain,
    lay,
    meet,
    noise,
    ridge,
)
from iria.demo.drawing.lettering import write
from iria.demo.drawing.shapes import Point, Shape, box, dab, disc, line, oval, poly, stencil
from iria.demo.drawing.water import WIDTH, stars

type Ring = tuple[float, float, float, ink.Colour]
_EARTH: Point = (620.0, 900.0)


def orbits() -> Image.Image:
    """The Earth, five orbits, two objects close together."""
    canvas = gradient(LANDSCAPE, [(0, (10, 16, 28)), (1, (22, 34, 52))])
    stars(canvas, 501, 700, 1279)
    globe = _globe(canvas)
    rings: list[Ring] = [
        (600, 180, -0.42, ink.OCHRE),
        (740, 250, -0.36, ink.SEA),
        (700, 330, 0.34, ink.ROSE),
        (980, 360, -0.2, ink.MIST),
        (1180, 420, 0.1, ink.SAGE),
    ]
    chance = dice(502)
    for ring in rings:
        front = [_on(ring, t / 90 * math.pi) for t in range(91)]
        back = [_on(ring, t / 90 * math.pi) for t in range(90, 181)]
        hidden = ImageChops.subtract(stencil(LANDSCAPE, [line(back, 2)]), globe)
        lay(canvas, ring[3], hidden, 0.55)
        dab(canvas, ring[3], [line(front, 2.6)], 0.9)
        for _ in range(5):
            place = _on(ring, chance.uniform(0, math.pi))
            glow(canvas, place, 15, ring[3], 1)
            glow(canvas, place, 7, (255, 255, 255), 1)
    x, y = _on(rings[1], 5.35)
    for dx, dy in ((0, 0), (34, 20)):
        glow(canvas, (x + dx, y + dy), 34, (255, 236, 190), 1)
    dab(canvas, (255, 236, 190), [oval((x - 52, y - 60, x + 88, y + 80), outline=2.4)])
    return grain(canvas, 51, 6)


def _on(ring: Ring, angle: float) -> Point:
    wide, tall, lean, _ = ring
    x, y = wide * math.cos(angle), tall * math.sin(angle)
    cos, sin = math.cos(lean), math.sin(lean)
    return _EARTH[0] + x * cos - y * sin, _EARTH[1] + x * sin + y * cos


def _globe(canvas: Image.Image) -> Image.Image:
    """Paints the Earth, half in night, and returns its mask."""
    radius = 430.0
    glow(canvas, _EARTH, radius * 1.7, (96, 160, 190), 0.55)
    globe = stencil(LANDSCAPE, [disc(_EARTH, radius)])
    surface = gradient(LANDSCAPE, [(0, (70, 120, 146)), (1, (36, 74, 104))])
    lay(surface, (128, 140, 110), between(clouds(LANDSCAPE, (7, 6), 506, 6), 138, 150), 0.9)
    lay(surface, (240, 242, 240), between(clouds(LANDSCAPE, (9, 12), 509, 5), 160, 225), 0.75)
    canvas.paste(surface, (0, 0), globe)
    night = stencil(LANDSCAPE, [disc((_EARTH[0] - 250, _EARTH[1] + 210), radius * 1.05)])
    lay(canvas, (6, 12, 24), meet(globe, blur(night, 60)), 0.85)
    return globe


def seabed() -> Image.Image:
    """A cable laid from a ship to the bottom and ploughed into it."""
    surface = 330
    canvas = gradient(
        LANDSCAPE,
        [
            (0, (196, 206, 204)),
            (0.2, (240, 230, 210)),
            (0.255, (246, 232, 206)),
            (0.26, (126, 168, 176)),
            (0.45, (66, 116, 134)),
            (0.75, (30, 66, 88)),
            (1, (14, 34, 54)),
        ],
    )
    shafts = [
        poly([(x, surface), (x + 90, surface), (x + 330, 1280), (x + 60, 1280)])
        for x in range(-200, 1900, 330)
    ]
    light = meet(blur(stencil(LANDSCAPE, shafts), 40), fade(LANDSCAPE, 0.5, 0))
    lay(canvas, (176, 214, 212), light, 0.45)
    floor = _floor(canvas)
    for depth, words in ((190, "50 m"), (400, "100 m"), (610, "150 m")):
        y = surface + depth
        dab(
            canvas, ink.MIST, [line([(x, y), (x + 9, y)], 1.6) for x in range(150, WIDTH, 26)], 0.25
        )
        write(canvas, (34, y), words, 30, ink.MIST, anchor="lm")
    _cable(canvas, floor, surface)
    _cable_ship(canvas, 1540, surface + 10)
    ripple = stencil(LANDSCAPE, [box(0, surface, WIDTH, surface + 10)])
    lay(canvas, ink.ICE, meet(ripple, between(noise(LANDSCAPE, (200, 400), 527), 90, 220)), 0.8)
    return grain(canvas, 52, 7)


def _floor(canvas: Image.Image) -> list[Point]:
    floor = [
        (x, y + 70 - x * 0.09 + 34 * math.sin(x / 240)) for x, y in ridge(WIDTH, 1080, 18, 521, 0.6)
    ]
    ground = below(floor, LANDSCAPE)
    lay(canvas, gradient(LANDSCAPE, [(0.6, (150, 132, 104)), (1, (84, 72, 62))]), ground)
    mud = between(clouds(LANDSCAPE, (40, 9), 523, 5), 120, 210)
    lay(canvas, (60, 52, 48), meet(ground, mud), 0.55)
    crust = ImageChops.subtract(ground, below([(x, y + 14) for x, y in floor], LANDSCAPE))
    lay(canvas, (226, 206, 164), crust, 0.5)
    return floor


def _cable(canvas: Image.Image, floor: list[Point], surface: float) -> None:
    def bed(x: float) -> float:
        return min(floor, key=lambda point: abs(point[0] - x))[1]

    landing = bed(1260) - 5
    buried = [(float(x), bed(x) + 44) for x in range(-20, 760, 20)]
    lying = [(float(x), bed(x) - 5) for x in range(760, 1261, 20)]
    hanging = [
        (1260 + t * 4.2, landing - (t / 70) ** 2.6 * (landing - surface + 4)) for t in range(71)
    ]
    dab(canvas, (224, 148, 74), [line([*buried, *lying], 9), line(hanging, 8)])
    x, y = 770.0, bed(770)
    plough = [
        poly([(x - 70, y - 16), (x + 60, y - 16), (x + 40, y - 54), (x - 40, y - 54)]),
        poly([(x - 66, y - 18), (x - 30, y - 18), (x - 46, y + 46)]),
        box(x - 84, y - 20, x + 84, y - 6),
    ]
    dab(canvas, (226, 208, 90), plough)


def _cable_ship(canvas: Image.Image, x: float, y: float) -> None:
    hull: list[Point] = [
        (x - 20, y - 4),
        (x - 34, y - 56),
        (x + 330, y - 56),
        (x + 372, y - 78),
        (x + 330, y + 26),
        (x + 10, y + 26),
    ]
    parts = [
        poly(hull),
        box(x + 210, y - 140, x + 300, y - 54),
        box(x + 226, y - 168, x + 288, y - 138),
        line([(x + 256, y - 168), (x + 256, y - 226)], 5),
        disc((x + 60, y - 76), 40),
        disc((x + 136, y - 76), 34),
        line([(x - 40, y - 50), (x + 14, y - 128), (x + 30, y - 56)], 9),
    ]
    dab(canvas, (52, 64, 76), parts)
    white = [box(x + 214, y - 136, x + 296, y - 60), box(x + 230, y - 164, x + 284, y - 142)]
    dab(canvas, (232, 228, 216), white, 0.9)


def trade_web() -> Image.Image:
    """Firms as dots, dealings as arcs: the listed one in the middle is three steps from everybody."""
    canvas = gradient(LANDSCAPE, [(0, (244, 239, 228)), (1, (230, 222, 206))])
    chance = dice(541)
    rings: list[list[Point]] = [[(960.0, 640.0)]]
    for count, reach in ((7, 190), (21, 370), (58, 560)):
        ring: list[Point] = []
        for index in range(count):
            angle = index / count * 2 * math.pi + chance.uniform(-0.1, 0.1)
            far = reach * chance.uniform(0.86, 1.12)
            ring.append((960 + math.cos(angle) * far * 1.5, 640 + math.sin(angle) * far))
        rings.append(ring)
    for (inner, outer), tone in zip(pairwise(rings), (ink.RUST, ink.OCHRE, ink.SEA), strict=True):
        arcs: list[Shape] = []
        for point in outer:
            by_distance = sorted(inner, key=partial(math.dist, point))
            for near in by_distance[: chance.choice((1, 1, 2))]:
                arcs.append(line(_arc(near, point, chance.uniform(-0.16, 0.16)), 2.6))
        dab(canvas, tone, arcs, 0.75)
    dots = zip(rings, (34, 19, 13, 8), (ink.RUST, ink.OCHRE, ink.SEA, ink.SLATE), strict=True)
    for ring, size, tone in reversed(list(dots)):
        dab(canvas, (246, 240, 228), [disc(point, size + 5) for point in ring])
        dab(canvas, tone, [disc(point, size) for point in ring])
    return grain(canvas, 54, 6)


def _arc(start: Point, end: Point, bend: float) -> list[Point]:
    mid_x = (start[0] + end[0]) / 2 + (end[1] - start[1]) * bend
    mid_y = (start[1] + end[1]) / 2 - (end[0] - start[0]) * bend
    return [
        (
            (1 - t) ** 2 * start[0] + 2 * t * (1 - t) * mid_x + t * t * end[0],
            (1 - t) ** 2 * start[1] + 2 * t * (1 - t) * mid_y + t * t * end[1],
        )
        for t in (i / 14 for i in range(15))
    ]
