"""Ports and straits."""

from collections.abc import Sequence

from PIL import Image

from iria.demo.drawing import palette as ink
from iria.demo.drawing.brush import LANDSCAPE, below, dice, glow, grain, lay, ridge
from iria.demo.drawing.shapes import Point, Shape, box, dab, line, poly
from iria.demo.drawing.water import HEIGHT, WIDTH, light_path, sky, water


def _crane(x: float, foot: float, tall: float, *, raised: bool) -> list[Shape]:
    """A ship-to-shore crane."""

    def at(dx: float, dy: float) -> Point:
        return (x + dx * tall, foot - dy * tall)

    tip = at(0.46, 1.22) if raised else at(0.86, 0.62)
    legs = [line([at(dx, 0), at(dx, 0.62)], tall * 0.030) for dx in (-0.16, 0.16)]
    frame = [
        line([at(-0.16, 0.24), at(0.16, 0.24)], tall * 0.022),
        line([at(-0.16, 0.24), at(0.16, 0.62)], tall * 0.012),
        line([at(-0.42, 0.62), at(0.20, 0.62)], tall * 0.040),
        line([at(0.16, 0.62), at(0.05, 0.98), at(-0.16, 0.62)], tall * 0.020),
        line([at(0.18, 0.62), tip], tall * 0.030),
        line([at(0.05, 0.98), tip], tall * 0.008),
        line([at(0.05, 0.98), at(-0.42, 0.62)], tall * 0.008),
    ]
    if raised:
        return legs + frame
    load = [
        line([at(0.05, 0.98), at(0.5, 0.63)], tall * 0.006),
        line([at(0.52, 0.62), at(0.52, 0.34)], tall * 0.005),
        box(x + 0.47 * tall, foot - 0.34 * tall, x + 0.57 * tall, foot - 0.30 * tall),
    ]
    return legs + frame + load


def _ship(
    x: float, waterline: float, long: float, stacks: Sequence[int], way: int = 1
) -> list[Shape]:
    """A container ship; `stacks` are the heights of its boxes from bow to stern, `way` 1 to the right."""

    def at(dx: float, dy: float) -> Point:
        return (x + dx * long * way, waterline - dy * long)

    def block(start: float, end: float, top: float) -> Shape:
        left, right = sorted((at(start, 0)[0], at(end, 0)[0]))
        return box(left, waterline - top * long, right, waterline - 0.05 * long)

    unit = 0.8 / max(1, len(stacks))
    hull = [at(-0.5, 0.055), at(-0.47, 0), at(0.475, 0), at(0.52, 0.075), at(0.44, 0.058)]
    boxes = [
        block(0.404 - (index + 1) * unit, 0.396 - index * unit, 0.055 + 0.021 * tiers)
        for index, tiers in enumerate(stacks)
    ]
    bridge = [
        block(-0.475, -0.425, 0.21),
        line([at(-0.45, 0.20), at(-0.45, 0.25)], long * 0.006),
    ]
    return [poly(hull), *boxes, *bridge]


def harbour_at_dusk() -> Image.Image:
    """Cranes and a loaded ship against an evening sky."""
    horizon = 860
    evening = [
        (0, (58, 78, 104)),
        (0.35, (136, 132, 146)),
        (0.58, ink.ROSE),
        (0.68, (240, 205, 160)),
    ]
    canvas = sky(evening, 4, (92, 88, 112), 0.6)
    glow(canvas, (1320, horizon - 60), 620, (255, 226, 176), 0.75)
    for base, swing, seed, tone in ((800, 70, 21, 0.35), (832, 45, 22, 0.55)):
        hills = below(ridge(WIDTH, base, swing, seed), LANDSCAPE)
        lay(canvas, ink.mix(ink.ROSE, ink.SLATE, tone), hills)
    quay = [box(0, horizon - 14, 1180, horizon + 4)]
    for x, tall, raised in (
        (250, 420, True),
        (480, 440, False),
        (720, 430, False),
        (980, 400, True),
    ):
        quay += _crane(x, horizon, tall, raised=raised)
    chance = dice(7)
    quay += [
        box(x, horizon - 12 - 17 * chance.randint(1, 5), x + 43, horizon)
        for x in range(0, 1120, 46)
    ]
    dab(canvas, (38, 48, 66), quay)
    dusk = [(0, (214, 172, 150)), (0.4, (118, 116, 136)), (1, (34, 48, 68))]
    water(canvas, horizon, dusk, 5, 0.55)
    light_path(canvas, horizon, 1320, (255, 222, 170), 8)
    dab(canvas, (30, 40, 58), _ship(1430, horizon + 34, 620, [3, 5, 5, 6, 6, 5, 6, 4]))
    for x, y in ((250, 590), (480, 600), (720, 600), (980, 610), (1150, 690)):
        glow(canvas, (x, y), 26, (255, 236, 190), 0.9)
    return grain(canvas, 1)


def strait_at_dawn() -> Image.Image:
    """Four ships in file between two shores."""
    horizon = 600
    morning = [(0, (126, 158, 176)), (0.3, (196, 208, 206)), (0.47, (246, 228, 200))]
    canvas = sky(morning, 31, (236, 232, 222), 0.55)
    glow(canvas, (620, horizon - 30), 520, (255, 240, 210), 0.8)
    for depth, tone in enumerate((0.35, 0.5, 0.66)):
        skyline = ridge(WIDTH, 560 + depth * 14, 110 - depth * 26, 41 + depth)
        shore = [(x, y if x > 1000 - depth * 90 else HEIGHT) for x, y in skyline]
        lay(canvas, ink.mix((216, 216, 208), ink.SLATE, tone), below(shore, LANDSCAPE))
    west = [(x, y + max(0.0, x - 330) * 0.9) for x, y in ridge(WIDTH, 520, 90, 47)]
    lay(canvas, (112, 134, 142), below(west, LANDSCAPE))
    sea = [(0, (230, 220, 200)), (0.3, (150, 176, 182)), (1, (46, 82, 98))]
    water(canvas, horizon, sea, 33, 0.45)
    light_path(canvas, horizon, 620, (255, 242, 216), 36, 190)
    for x, waterline, long, stacks in (
        (1180, 622, 130, [2, 3, 3, 2]),
        (840, 634, 170, [3, 4, 4, 4, 3]),
        (1500, 672, 260, [2, 4, 5, 5, 4, 3]),
        (420, 740, 420, [3, 5, 6, 6, 5, 6, 4]),
    ):
        dark = ink.mix((116, 134, 142), ink.INK, min(1.0, (waterline - 610) / 130))
        left, right, deep = x - long / 2, x + long / 2, waterline + long * 0.16
        mirrored = poly([(left, waterline), (right, waterline), (right, deep), (left, deep)])
        dab(canvas, dark, [mirrored], 0.3, soft=6)
        dab(canvas, dark, _ship(x, waterline, long, stacks, -1))
    return grain(canvas, 2)
