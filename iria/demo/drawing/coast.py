"""Open water at night, a headland, a wind farm."""

import math

from PIL import Image

from iria.demo.drawing import palette as ink
from iria.demo.drawing.brush import (
    LANDSCAPE,
    between,
    blur,
    clouds,
    dice,
    fade,
    glow,
    grain,
    lay,
    meet,
    noise,
    ridge,
)
from iria.demo.drawing.shapes import Point, Shape, box, dab, disc, line, poly, stencil
from iria.demo.drawing.water import WIDTH, light_path, sky, stars, water


def fishing_lights() -> Image.Image:
    """A line of boats with lamps over the side."""
    horizon = 640
    night = [(0, (10, 20, 36)), (0.35, (22, 44, 64)), (0.5, (58, 96, 108))]
    canvas = sky(night, 51, (38, 62, 82), 0.5)
    stars(canvas, 9, 420, 560)
    sizes = (12, 9, 16, 10, 24, 13, 9, 20, 11)
    places = (180, 420, 610, 900, 1010, 1290, 1480, 1640, 1810)
    boats = list(zip(places, sizes, strict=True))
    for x, size in boats:
        glow(canvas, (x, horizon - 8), size * 17, (150, 232, 190), 0.55)
        glow(canvas, (x, horizon - 8), size * 3, (236, 255, 236), 1)
    water(canvas, horizon, [(0, (54, 92, 102)), (0.3, (20, 44, 60)), (1, (8, 16, 30))], 53, 0.4)
    for x, size in boats:
        light_path(canvas, horizon, x, (172, 236, 200), 54 + size, size)
        dab(canvas, (6, 12, 22), _boat(x, horizon, size))
    return grain(canvas, 3, 7)


def _boat(x: float, horizon: float, size: float) -> list[Shape]:
    hull = [
        (x - size * 2.4, horizon - size * 0.5),
        (x + size * 2.8, horizon - size * 0.9),
        (x + size * 2, horizon + size * 0.5),
        (x - size * 2, horizon + size * 0.5),
    ]
    mast = [(x + size * 0.6, horizon), (x + size * 0.6, horizon - size * 2.4)]
    cabin = box(x - size * 1.4, horizon - size * 1.5, x - size * 0.3, horizon)
    return [poly(hull), cabin, line(mast, 2)]


def lighthouse() -> Image.Image:
    """A light on a headland, its beam over the sea."""
    evening = [(0, (48, 72, 98)), (0.3, (104, 130, 146)), (0.59, (232, 214, 190))]
    canvas = sky(evening, 61, (196, 200, 200), 0.7)
    sea = [(0, (196, 196, 186)), (0.25, (104, 136, 148)), (1, (32, 58, 76))]
    water(canvas, 760, sea, 63, 0.4)
    _headland(canvas)
    beam = blur(stencil(LANDSCAPE, [poly([(1440, 330), (0, 190), (0, 400)])]), 12)
    ramp = Image.linear_gradient("L").rotate(90).resize(LANDSCAPE)
    lay(canvas, (255, 240, 206), meet(beam, ramp), 0.75)
    _tower(canvas)
    glow(canvas, (1440, 334), 150, (255, 240, 200), 0.9)
    return grain(canvas, 4)


def _headland(canvas: Image.Image) -> None:
    waterline = [(x, y + 30 * math.sin(x / 260)) for x, y in ridge(WIDTH, 1085, 16, 68, 0.7)]
    head: list[Point] = []
    for (x, y), (_, low) in zip(ridge(WIDTH, 752, 46, 66, 0.6), waterline, strict=True):
        shelf = 120 * (1010 - x) / 310 if 700 < x < 1010 else 0.0
        head.append((x, min(low + 8, y + max(0.0, 1120 - x) * 1.15 - shelf)))
    rock = stencil(LANDSCAPE, [poly([p for p in [*head, *reversed(waterline)] if p[0] > 700])])
    lay(canvas, (42, 52, 58), rock)
    strata = between(clouds(LANDSCAPE, (34, 8), 69, 6), 110, 190)
    lay(canvas, (112, 112, 100), meet(rock, strata, fade(LANDSCAPE, 1, 0.15)), 0.55)
    turf = [*head, *[(x, y + 26) for x, y in reversed(head)]]
    dab(canvas, (98, 116, 92), [poly([p for p in turf if p[0] > 1090])], 0.8, soft=3)
    shore = [(x, y + 4) for x, y in waterline if x > 700]
    surf = blur(stencil(LANDSCAPE, [line(shore, 18)]), 6)
    lay(canvas, ink.ICE, meet(surf, between(noise(LANDSCAPE, (90, 60), 70), 40, 170)), 0.85)


def _tower(canvas: Image.Image) -> None:
    white = [
        poly([(1395, 772), (1414, 362), (1466, 362), (1485, 772)]),
        box(1400, 350, 1480, 362),
        box(1418, 312, 1462, 352),
        poly([(1412, 314), (1440, 276), (1468, 314)]),
        poly([(1500, 776), (1500, 700), (1556, 668), (1612, 700), (1612, 776)]),
    ]
    shade = [
        poly([(1444, 772), (1446, 362), (1466, 362), (1485, 772)]),
        poly([(1556, 668), (1612, 700), (1612, 776), (1556, 776)]),
        poly([(1440, 276), (1468, 314), (1440, 314)]),
    ]
    bands = [
        poly([(1440 - w, y), (1440 + w, y), (1442.4 + w, y + 70), (1437.6 - w, y + 70)])
        for y, w in ((450, 30.2), (590, 37))
    ]
    iron = [
        box(1418, 312, 1462, 316),
        box(1400, 350, 1480, 356),
        poly([(1408, 314), (1440, 272), (1472, 314)]),
    ]
    dab(canvas, (238, 232, 220), white)
    dab(canvas, (120, 124, 128), shade, 0.6)
    dab(canvas, ink.RUST, bands, 0.9)
    dab(canvas, (40, 50, 56), iron)


def wind_farm() -> Image.Image:
    """Three rows of turbines in a pale morning."""
    horizon = 900
    morning = [(0, (110, 140, 160)), (0.4, (178, 196, 200)), (0.7, (240, 224, 204))]
    canvas = sky(morning, 71, (226, 228, 224), 0.7)
    glow(canvas, (300, horizon - 40), 700, (255, 236, 206), 0.6)
    sea = [(0, (220, 212, 198)), (0.35, (140, 166, 174)), (1, (58, 90, 104))]
    water(canvas, horizon, sea, 73, 0.4)
    chance = dice(12)
    for foot, scale, count, gap, tone in (
        (horizon + 4, 0.34, 9, 150, 0.25),
        (horizon + 10, 0.52, 7, 230, 0.45),
        (horizon + 26, 0.92, 3, 600, 0.75),
    ):
        row: list[Shape] = []
        for index in range(count):
            x = 210 + index * gap + scale * 60
            row += _turbine(x, foot, 640 * scale, chance.uniform(0, 2))
        dab(canvas, ink.mix((214, 214, 208), ink.SLATE, tone), row)
    return grain(canvas, 5)


def _turbine(x: float, foot: float, tall: float, turn: float) -> list[Shape]:
    hub = (x, foot - tall)
    mast = [
        (x - tall * 0.012, foot),
        (x - tall * 0.006, hub[1]),
        (x + tall * 0.006, hub[1]),
        (x + tall * 0.012, foot),
    ]
    parts = [
        poly(mast),
        box(x - tall * 0.02, foot - tall * 0.07, x + tall * 0.02, foot),
        disc(hub, tall * 0.016),
    ]
    for blade in range(3):
        angle = turn + blade * 2 * math.pi / 3
        dx, dy = math.cos(angle) * tall, math.sin(angle) * tall
        root = (hub[0] + dx * 0.05 - dy * 0.016, hub[1] + dy * 0.05 + dx * 0.016)
        edge = (hub[0] + dx * 0.02 + dy * 0.006, hub[1] + dy * 0.02 - dx * 0.006)
        parts.append(poly([hub, root, (hub[0] + dx * 0.56, hub[1] + dy * 0.56), edge]))
    return parts
