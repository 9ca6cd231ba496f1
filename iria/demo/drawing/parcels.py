"""Land divided and used, seen from above: brine ponds, paddies, a forest's edge."""

import math
import random

from PIL import Image, ImageChops, ImageDraw

from iria.demo.drawing import palette as ink
from iria.demo.drawing.brush import (
    LANDSCAPE,
    between,
    blur,
    clouds,
    dice,
    grain,
    lay,
    meet,
    noise,
    shifted,
    tinted,
)
from iria.demo.drawing.shapes import Point, Shape, dab, disc, line, oval, poly, stencil
from iria.demo.drawing.water import WIDTH

_BRINE: list[ink.Colour] = [
    (86, 150, 158),
    (124, 178, 172),
    (164, 196, 172),
    (196, 200, 150),
    (222, 190, 116),
    (206, 150, 96),
    (64, 122, 146),
    (232, 224, 196),
]
_GREENS: list[ink.Colour] = [
    (96, 128, 82),
    (118, 146, 88),
    (146, 162, 96),
    (172, 174, 108),
    (190, 180, 122),
    (84, 112, 84),
]
_FLOODED: list[ink.Colour] = [(150, 182, 188), (178, 202, 202), (124, 158, 164), (206, 216, 208)]


def _turned(x: float, y: float, turn: float) -> Point:
    """A point around the middle of the picture, turned about it."""
    cos, sin = math.cos(turn), math.sin(turn)
    return 960 + x * cos - y * sin, 640 + x * sin + y * cos


def _plot(x: float, y: float, wide: float, deep: float, turn: float) -> list[Point]:
    corners = ((x, y), (x + wide, y), (x + wide, y + deep), (x, y + deep))
    return [_turned(*corner, turn) for corner in corners]


def brine_ponds() -> Image.Image:
    """Evaporation ponds on a salt flat, from blue to amber as the brine thickens."""
    turn = -0.13
    canvas = tinted(
        clouds(LANDSCAPE, (6, 4), 341, 6),
        [(0, (206, 192, 170)), (0.5, (228, 218, 200)), (1, (244, 240, 230))],
    )
    ponds = _ponds(dice(34), turn)
    water = stencil(LANDSCAPE, [poly(pond) for pond, _ in ponds])
    banks = stencil(LANDSCAPE, [line([*pond, pond[0]], 15) for pond, _ in ponds])
    lay(canvas, (120, 106, 90), blur(shifted(banks, 4, 5), 4), 0.5)
    lay(canvas, (238, 230, 212), banks)
    flat = Image.new("RGB", LANDSCAPE)
    for pond, tint in ponds:
        # Single resolution will do: these edges lie under the banks.
        ImageDraw.Draw(flat).polygon(pond, fill=tint)
    depth = tinted(
        clouds(LANDSCAPE, (12, 9), 347, 4),
        [(0, (40, 70, 80)), (0.5, (128, 128, 128)), (1, (236, 232, 214))],
    )
    canvas.paste(Image.blend(flat, depth, 0.16), (0, 0), water)
    lay(canvas, (250, 248, 240), ImageChops.subtract(water, blur(water, 7)), 0.8)
    roads = [
        line([_turned(-1200, 408, turn), _turned(1200, 408, turn)], 9),
        line([_turned(830, -900, turn), _turned(830, 900, turn)], 9),
    ]
    dab(canvas, (176, 160, 138), roads, 0.9)
    return grain(canvas, 34)


def _ponds(chance: random.Random, turn: float) -> list[tuple[list[Point], ink.Colour]]:
    ponds: list[tuple[list[Point], ink.Colour]] = []
    y = -430.0
    for rank, deep in enumerate((150, 190, 170, 140, 160)):
        x = -760.0
        while x < 700:
            wide = chance.choice((150, 210, 290))
            if x + wide > 800:
                break
            thick = round(rank * 1.1 + (x + 760) / 900 + chance.uniform(-0.8, 0.8))
            tint = _BRINE[min(len(_BRINE) - 1, max(0, thick))]
            ponds.append((_plot(x, y, wide - 12, deep - 12, turn), tint))
            x += wide
        y += deep
    return ponds


def paddies() -> Image.Image:
    """Long plots on both sides of straight canals; some under water hold the sky."""
    turn = 0.17
    canvas = Image.new("RGB", LANDSCAPE, (86, 104, 78))
    chance = dice(36)
    banks = _sow(canvas, chance, turn)
    dab(canvas, (70, 92, 72), [line(bank, 18) for bank in banks])
    dab(canvas, (146, 168, 160), [line(bank, 9) for bank in banks])
    trees: list[Shape] = []
    for (x, y), (x2, y2) in banks:
        for step in range(90):
            if chance.random() < 0.55:
                place = x + (x2 - x) * step / 90, y + (y2 - y) * step / 90 + 11
                trees.append(disc(place, chance.uniform(4, 10)))
    crowns = stencil(LANDSCAPE, trees)
    lay(canvas, (24, 40, 34), blur(shifted(crowns, 5, 6), 3), 0.6)
    lay(canvas, (48, 78, 58), crowns)
    course = [
        _turned(t, 150 + 150 * math.sin(t / 420) + 40 * math.sin(t / 170), turn)
        for t in range(-1300, 1320, 20)
    ]
    dab(canvas, (46, 70, 56), [line(course, 172)], soft=4)
    brown = tinted(clouds(LANDSCAPE, (12, 8), 371, 4), [(0, (128, 124, 98)), (1, (178, 166, 130))])
    dab(canvas, brown, [line(course, 136)])
    lay(canvas, (40, 56, 44), between(noise(LANDSCAPE, (520, 350), 368), 120, 240), 0.14)
    lay(canvas, (34, 52, 58), between(clouds(LANDSCAPE, (4, 3), 373, 4), 120, 220), 0.35)
    return grain(canvas, 36)


def _sow(canvas: Image.Image, chance: random.Random, turn: float) -> list[list[Point]]:
    """Fills the picture with plots, and says where the canals between their rows run."""
    draw = ImageDraw.Draw(canvas)
    canals: list[list[Point]] = []
    y = -1000.0
    while y < 1000:
        deep = chance.choice((150, 190, 230))
        x, wet = -1300.0, chance.random()
        while x < 1300:
            wide = chance.choice((26, 34, 34, 48, 70))
            wet = min(1.0, max(0.0, wet + chance.uniform(-0.3, 0.3)))
            tint = chance.choice(_FLOODED) if wet > 0.62 else _GREENS[min(5, int(wet * 9))]
            draw.polygon(_plot(x, y, wide - 3, deep, turn), fill=tint)
            x += wide
        canals.append([_turned(-1400, y + deep + 9, turn), _turned(1400, y + deep + 9, turn)])
        y += deep + 18
    return canals


def forest_edge() -> Image.Image:
    """Clearings in a row along a new road through forest; smoke from three of them."""
    crowns = ImageChops.lighter(
        noise(LANDSCAPE, (170, 112), 381), noise(LANDSCAPE, (260, 170), 382)
    )
    canvas = tinted(
        crowns, [(0, (14, 34, 30)), (0.45, (24, 52, 44)), (0.75, (46, 80, 60)), (1, (92, 122, 84))]
    )
    lay(canvas, (20, 44, 44), between(clouds(LANDSCAPE, (5, 4), 383, 4), 110, 230), 0.5)
    cleared = stencil(LANDSCAPE, _clearings(dice(38)))
    soil = tinted(
        clouds(LANDSCAPE, (14, 10), 385, 5),
        [(0, (134, 96, 66)), (0.5, (178, 142, 98)), (1, (206, 184, 130))],
    )
    lay(canvas, (8, 20, 18), blur(shifted(cleared, 6, 7), 5), 0.4)
    canvas.paste(soil, (0, 0), cleared)
    dab(canvas, (226, 196, 152), [line([(-20, 692), (WIDTH + 20, 496)], 11)])
    stream = [
        (float(x), 1040 + 90 * math.sin(x / 150) + 46 * math.sin(x / 61 + 1))
        for x in range(-20, WIDTH + 40, 14)
    ]
    dab(canvas, (28, 56, 48), [line(stream, 60)], 0.6, soft=9)
    dab(canvas, (128, 132, 104), [line(stream, 34)])
    for x, y, long in ((560, 470, 620), (1190, 380, 720), (1560, 700, 500)):
        drift = [
            (x, y),
            (x + long * 0.95, y - long * 0.52),
            (x + long * 1.05, y - long * 0.16),
            (x + 8, y + 9),
        ]
        smoke = blur(stencil(LANDSCAPE, [poly(drift)]), 26)
        torn = between(clouds(LANDSCAPE, (10, 9), 389 + x, 5), 60, 200)
        lay(canvas, (232, 226, 214), meet(smoke, torn), 0.85)
        dab(canvas, (238, 120, 60), [oval((x - 16, y - 7, x + 16, y + 11))], 0.9, soft=5)
    return grain(canvas, 38)


def _clearings(chance: random.Random) -> list[Shape]:
    plots: list[Shape] = []
    for rib in range(12):
        x = 40 + rib * 168
        for side in (-1, 1):
            long, wide = chance.uniform(90, 330), chance.uniform(70, 140)
            y = 690 - x * 0.10
            far, rise = long + chance.uniform(-30, 30), wide * 0.1
            plots.append(
                poly(
                    [
                        (x, y + side * 12),
                        (x + wide, y - rise + side * 12),
                        (x + wide + side * 10, y - rise + side * long),
                        (x + side * 10, y + side * far),
                    ]
                )
            )
    return plots
