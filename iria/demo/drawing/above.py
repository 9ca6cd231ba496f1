"""Coasts and ice seen from straight above, as a satellite would."""

import math
import random

from PIL import Image, ImageChops

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
from iria.demo.drawing.shapes import Point, dab, disc, line, poly, stencil
from iria.demo.drawing.water import HEIGHT, WIDTH


def _shore(x: float) -> float:
    """Where the land of the delta ends."""
    return 700 + 40 * math.sin(x / 300) + 300 * math.exp(-(((x - 930) / 430) ** 2))


def delta() -> Image.Image:
    """A river that divides into a fan before it meets the sea."""
    canvas = tinted(
        clouds(LANDSCAPE, (7, 5), 301, 6),
        [(0, (82, 108, 84)), (0.45, (122, 140, 98)), (0.6, (168, 164, 118)), (1, (206, 190, 146))],
    )
    lay(canvas, (64, 92, 70), between(clouds(LANDSCAPE, (16, 11), 303, 5), 140, 220), 0.5)
    coast = [
        (float(x), _shore(x) + 26 * math.sin(x / 47) + 9 * math.sin(x / 19))
        for x in range(0, WIDTH + 12, 12)
    ]
    wet = stencil(LANDSCAPE, [poly([*coast, (WIDTH, HEIGHT), (0, HEIGHT)])])
    sea = tinted(
        clouds(LANDSCAPE, (6, 6), 305, 5),
        [(0, (30, 74, 92)), (0.6, (48, 102, 116)), (1, (82, 136, 142))],
    )
    near = meet(ImageChops.invert(blur(wet, 70)), wet)
    silt = meet(near, between(clouds(LANDSCAPE, (5, 7), 306, 5), 30, 190))
    lay(sea, (176, 168, 128), between(silt, 10, 120), 0.85)
    canvas.paste(sea, (0, 0), wet)
    arms: list[tuple[list[Point], float]] = []
    _grow_river(arms, dice(30), (880, -20), 0.1, 44, 0)
    river = ImageChops.subtract(stencil(LANDSCAPE, [line(*arm) for arm in arms]), wet)
    lay(canvas, (96, 118, 78), ImageChops.subtract(blur(river, 16), wet), 0.7)
    murk = tinted(clouds(LANDSCAPE, (9, 9), 309, 3), [(0, (90, 128, 126)), (1, (160, 164, 134))])
    lay(canvas, murk, river)
    cover = between(clouds(LANDSCAPE, (5, 5), 314, 6), 168, 235)
    lay(canvas, (30, 50, 60), blur(shifted(cover, 26, 30), 8), 0.3)
    lay(canvas, (246, 246, 242), cover, 0.85)
    return grain(canvas, 31)


def _grow_river(
    arms: list[tuple[list[Point], float]],
    chance: random.Random,
    start: Point,
    heading: float,
    width: float,
    age: int,
) -> None:
    """Lets a river wander down to the sea and divide on its way; its arms are added to `arms`."""
    x, y = start
    path: list[Point] = [start]
    for _ in range(400):
        heading += chance.uniform(-0.16, 0.16) - heading * 0.02
        x, y = x + math.sin(heading) * 9, y + math.cos(heading) * 9
        path.append((x, y))
        if y > _shore(x) + 30 or not -60 < x < WIDTH + 60:
            break
        if age < 4 and y > 330 + age * 130 and chance.random() < 0.08:
            spread = chance.uniform(0.45, 0.8)
            _grow_river(arms, chance, (x, y), heading - spread, width * 0.66, age + 1)
            _grow_river(arms, chance, (x, y), heading + spread, width * 0.72, age + 1)
            break
    arms.append((path, width))


def _lead(x: float) -> float:
    """The middle of the channel of open water at `x`."""
    return 1120 - x * 0.52 + 70 * math.sin(x / 210)


def sea_ice() -> Image.Image:
    """A red ship in a channel between floes."""
    canvas = tinted(
        clouds(LANDSCAPE, (5, 5), 321, 4),
        [(0, (18, 46, 62)), (0.6, (30, 66, 82)), (1, (48, 90, 102))],
    )
    chance = dice(32)
    ice = stencil(LANDSCAPE, [poly(floe) for floe in _floes(chance)])
    lay(canvas, (70, 126, 140), blur(ice, 9), 0.75)
    lay(canvas, (8, 26, 38), blur(shifted(ice, 7, 9), 4), 0.55)
    snow = tinted(
        clouds(LANDSCAPE, (16, 12), 327, 5),
        [(0, (178, 204, 212)), (0.45, (222, 234, 236)), (1, (250, 250, 246))],
    )
    canvas.paste(snow, (0, 0), ice)
    crumbs = [
        (chance.uniform(0, WIDTH), chance.uniform(0, HEIGHT), chance.uniform(1.5, 7))
        for _ in range(900)
    ]
    loose = [disc((x, y), r) for x, y, r in crumbs if abs(y - _lead(x)) > 30]
    dab(canvas, (200, 220, 226), loose, 0.8)
    wake = [
        line([(1000 - t, _lead(1000 - t)), (986 - t, _lead(986 - t))], 3 + t * 0.05)
        for t in range(20, 760, 12)
    ]
    foam = between(noise(LANDSCAPE, (210, 150), 329), 90, 220)
    lay(canvas, (196, 220, 224), meet(blur(stencil(LANDSCAPE, wake), 3), foam), 0.7)
    _red_ship(canvas, 1000)
    return grain(canvas, 32)


def _floes(chance: random.Random) -> list[list[Point]]:
    """Angular floes on a loose grid, smaller beside the channel, none in it."""
    floes: list[list[Point]] = []
    for row in range(13):
        for column in range(19):
            x = (column + chance.uniform(-0.32, 0.32) + (row % 2) * 0.5) * 112
            y = (row + 0.5 + chance.uniform(-0.32, 0.32)) * 102
            away = abs(y - _lead(x))
            if away < 74:
                continue
            size = min(66.0, 24 + away * 0.13) * chance.uniform(0.72, 1.06)
            turns = sorted(chance.uniform(0, 2 * math.pi) for _ in range(chance.randint(6, 9)))
            floes.append(
                [
                    (
                        x + math.cos(turn) * size * chance.uniform(0.86, 1.1),
                        y + math.sin(turn) * size * chance.uniform(0.86, 1.1),
                    )
                    for turn in turns
                ]
            )
    return floes


def _red_ship(canvas: Image.Image, x: float) -> None:
    y = _lead(x)
    turn = math.atan2(_lead(x + 60) - y, 60)

    def on_course(points: list[Point]) -> list[Point]:
        cos, sin = math.cos(turn), math.sin(turn)
        return [(x + px * cos - py * sin, y + px * sin + py * cos) for px, py in points]

    shadow = poly(on_course([(-56, -4), (30, -4), (62, 12), (30, 26), (-56, 26)]))
    hull = poly(on_course([(-58, -13), (30, -13), (64, 0), (30, 13), (-58, 13)]))
    house = poly(on_course([(-8, -11), (14, -11), (14, 11), (-8, 11)]))
    hatch = poly(on_course([(-48, -8), (-34, -8), (-34, 8), (-48, 8)]))
    dab(canvas, (10, 24, 34), [shadow], 0.6, soft=4)
    dab(canvas, (150, 62, 44), [hull])
    dab(canvas, (240, 236, 226), [house, hatch])
