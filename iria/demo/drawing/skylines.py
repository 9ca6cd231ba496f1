"""A city at night, a ridge of radar domes, a chemical works."""

import math
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw

from iria.demo.drawing import palette as ink
from iria.demo.drawing.brush import (
    LANDSCAPE,
    below,
    between,
    blur,
    clouds,
    dice,
    glow,
    grain,
    lay,
    meet,
    ridge,
)
from iria.demo.drawing.shapes import Point, Shape, box, dab, disc, line, oval, poly, stencil
from iria.demo.drawing.water import HEIGHT, WIDTH, sky, water

type Block = tuple[float, float, float, float]


def city_at_night() -> Image.Image:
    """Three ranks of towers across a bay."""
    horizon = 850
    night = [
        (0, (16, 26, 46)),
        (0.35, (44, 56, 84)),
        (0.55, (96, 88, 108)),
        (0.67, (190, 140, 120)),
    ]
    canvas = sky(night, 201, (48, 58, 84), 0.7)
    for rank, (tone, low, high, step) in enumerate(
        [((70, 74, 98), 120, 330, 44), ((46, 54, 78), 90, 430, 58), ((24, 34, 54), 60, 300, 74)]
    ):
        blocks = _blocks(horizon, low, high, step, 20 + rank)
        towers = [box(*block) for block in blocks]
        for left, top, right, _ in blocks:
            if right - left > step and top < 560:
                middle = (left + right) / 2
                towers += [
                    box(left + 8, top - 16, right - 8, top),
                    line([(middle, top), (middle, top - 46)], 2),
                ]
        dab(canvas, tone, towers)
        _light_windows(canvas, blocks, 30 + rank)
    bay = [(0, (70, 68, 92)), (0.4, (32, 42, 64)), (1, (12, 20, 36))]
    water(canvas, horizon, bay, 203, 0.6)
    dab(canvas, (20, 28, 44), [box(0, horizon - 8, WIDTH, horizon + 3)])
    for x in range(40, WIDTH, 120):
        glow(canvas, (x, horizon - 10), 24, (255, 220, 160), 0.9)
    return grain(canvas, 21, 8)


def _blocks(horizon: float, low: int, high: int, step: int, seed: int) -> list[Block]:
    """One rank of towers, tallest in two places."""
    chance = dice(seed)
    blocks: list[Block] = []
    x = -20.0
    while x < WIDTH:
        wide = chance.uniform(0.7, 1.5) * step
        hump = math.exp(-(((x - 1180) / 420) ** 2)) + 0.55 * math.exp(-(((x - 360) / 240) ** 2))
        tall = low + (high - low) * hump * chance.uniform(0.55, 1.15)
        blocks.append((x, horizon - tall, x + wide, horizon))
        x += wide + chance.choice((0, 0, 6, 16))
    return blocks


def _light_windows(canvas: Image.Image, blocks: Sequence[Block], seed: int) -> None:
    chance = dice(seed)
    lit = Image.new("L", LANDSCAPE)
    pane = ImageDraw.Draw(lit)
    for left, top, right, foot in blocks:
        for x in range(round(left) + 7, round(right) - 7, 11):
            for y in range(round(top) + 10, round(foot) - 6, 14):
                if chance.random() < 0.26:
                    pane.rectangle((x, y, x + 4, y + 6), fill=chance.choice((90, 140, 200, 255)))
    lay(canvas, (255, 218, 158), ImageChops.lighter(lit, blur(lit, 5)), 0.85)


def radar_ridge() -> Image.Image:
    """White domes and masts on a dark ridge."""
    dusk = [
        (0, (60, 74, 104)),
        (0.35, (128, 122, 144)),
        (0.62, (226, 176, 152)),
        (0.75, (244, 214, 176)),
    ]
    canvas = sky(dusk, 221, (92, 90, 118), 0.7)
    for base, swing, seed, tone in (
        (860, 80, 222, 0.25),
        (930, 70, 223, 0.45),
        (1000, 60, 224, 0.62),
    ):
        colour = ink.mix((232, 184, 158), (64, 66, 92), tone)
        lay(canvas, colour, below(ridge(WIDTH, base, swing, seed), LANDSCAPE))
    crest = [
        (x, y - 190 * math.exp(-(((x - 1220) / 460) ** 2)))
        for x, y in ridge(WIDTH, 1090, 34, 229, 0.55)
    ]
    lay(canvas, (34, 42, 56), below(crest, LANDSCAPE))

    def ground(x: float) -> float:
        return min(crest, key=lambda point: abs(point[0] - x))[1]

    for x, radius in ((920, 74), (1120, 118), (1380, 92), (1560, 56)):
        _dome(canvas, x, ground(x), radius)
    for x, tall in ((1250, 330), (1700, 210), (800, 150)):
        dab(canvas, (34, 42, 56), _mast(x, ground(x) + 10, tall))
    for x, tall in ((1250, 330), (1700, 210)):
        glow(canvas, (x, ground(x) + 10 - tall), 22, (236, 96, 72), 1)
    return grain(canvas, 23)


def _dome(canvas: Image.Image, x: float, foot: float, r: float) -> None:
    middle = foot - r * 0.72
    shape = stencil(
        LANDSCAPE,
        [disc((x, middle), r), box(x - r * 0.74, foot - r * 0.5, x + r * 0.74, foot + 16)],
    )
    lay(canvas, (224, 214, 206), shape)
    dark = blur(stencil(LANDSCAPE, [disc((x + r * 0.34, foot - r * 0.60), r * 0.98)]), 16)
    lay(canvas, (92, 92, 116), meet(shape, dark), 0.75)
    seams: list[Shape] = []
    for share in (-0.62, -0.2, 0.24, 0.62):
        half, y = r * math.sqrt(1 - share * share), middle + r * share
        seams.append(line([(x - half, y), (x, y + r * 0.06), (x + half, y)], 1.2))
    for turn in (-0.66, -0.25, 0.25, 0.66):
        arc = [(math.sin(t / 8 * math.pi), math.cos(t / 8 * math.pi)) for t in range(9)]
        seams.append(line([(x + r * turn * dx, middle - r * dy) for dx, dy in arc], 1.2))
    lay(canvas, (96, 94, 112), meet(stencil(LANDSCAPE, seams), shape), 0.55)


def _mast(x: float, foot: float, tall: float) -> list[Shape]:
    parts = [line([(x + side * tall * 0.07, foot), (x, foot - tall)], 3) for side in (-1, 1)]
    for rung in range(1, 9):
        y, half = foot - tall * rung / 9, tall * 0.07 * (1 - rung / 9)
        parts.append(line([(x - half, y), (x + half, y - 12)], 1.5))
    return parts


def chemical_works() -> Image.Image:
    """Columns, spheres and pipes against the evening, doubled in still water."""
    horizon = 930
    evening = [
        (0, (70, 84, 108)),
        (0.4, (140, 138, 148)),
        (0.66, (232, 190, 152)),
        (0.75, (244, 214, 170)),
    ]
    canvas = sky(evening, 261, (104, 102, 120), 0.75)
    glow(canvas, (520, 900), 620, (255, 224, 172), 0.6)
    lay(canvas, (176, 150, 140), below(ridge(WIDTH, 880, 34, 262), LANDSCAPE))
    stacks = (
        (120, 46, 300),
        (210, 30, 420),
        (1480, 40, 360),
        (1570, 60, 230),
        (1690, 34, 480),
        (1800, 70, 260),
    )
    dab(canvas, (132, 118, 122), [box(x, horizon - t, x + w, horizon) for x, w, t in stacks])
    dab(canvas, (52, 54, 68), _works(horizon))
    dab(canvas, (74, 74, 86), [box(0, horizon - 6, WIDTH, HEIGHT)])
    canal = [(0, (176, 150, 138)), (0.5, (104, 98, 112)), (1, (46, 48, 64))]
    water(canvas, 985, canal, 265, 0.5)
    for x, y, long in ((1350, 220, 560), (591, 270, 420)):
        corners: list[Point] = [
            (x - 8, y),
            (x + long, y - 120),
            (x + long, y - 10),
            (x + 10, y + 12),
        ]
        plume = blur(stencil(LANDSCAPE, [poly(corners)]), 22)
        puffs = between(clouds(LANDSCAPE, (9, 12), 267, 5), 50, 200)
        lay(canvas, (236, 222, 208), meet(plume, puffs), 0.75)
    chance = dice(26)
    for _ in range(46):
        lamp = chance.uniform(320, 1420), horizon - chance.choice((60, 110, 170, 230, 350, 470))
        glow(canvas, lamp, chance.choice((12, 16, 22)), (255, 222, 160), 0.95)
    return grain(canvas, 27)


def _works(foot: float) -> list[Shape]:
    shed = [(1430, foot), (1430, foot - 130), (1560, foot - 180), (1690, foot - 130), (1690, foot)]
    parts = [box(0, foot - 60, 330, foot), poly(shed), box(1690, foot - 90, 1920, foot)]
    for x, wide, tall in (
        (360, 62, 560),
        (470, 44, 470),
        (560, 74, 640),
        (1010, 52, 520),
        (1330, 40, 700),
    ):
        top = foot - tall
        parts += [
            box(x, top, x + wide, foot),
            oval((x, top - wide / 2, x + wide, top + wide / 2)),
            *[box(x - 12, foot - y, x + wide + 12, foot - y + 7) for y in range(110, tall, 120)],
        ]
    for x in (770, 1200):
        parts.append(disc((x, foot - 138), 92))
        parts += [line([(x + leg, foot - 83), (x + leg, foot)], 9) for leg in (-64, -23, 23, 64)]
    parts += [box(300, foot - y, 1420, foot - y + 8) for y in (170, 196, 214)]
    parts += [box(x, foot - 214, x + 8, foot) for x in range(320, 1420, 110)]
    return parts
