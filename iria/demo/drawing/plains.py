"""Wheat under a wide sky, and a railway across a plateau."""

from PIL import Image

from iria.demo.drawing import palette as ink
from iria.demo.drawing.brush import (
    LANDSCAPE,
    below,
    between,
    blur,
    clouds,
    fade,
    glow,
    gradient,
    grain,
    lay,
    lower_part,
    meet,
    noise,
    ridge,
)
from iria.demo.drawing.hills import hill_line
from iria.demo.drawing.shapes import Point, Shape, box, dab, disc, line, poly, stencil
from iria.demo.drawing.water import HEIGHT, WIDTH, sky


def wheat_field() -> Image.Image:
    """Ripe wheat, silos on the horizon."""
    summer = [(0, (84, 118, 146)), (0.35, (160, 184, 190)), (0.55, (238, 222, 186))]
    canvas = sky(summer, 151, (238, 232, 218), 0.85)
    glow(canvas, (420, 660), 600, (255, 236, 190), 0.7)
    hill_line(canvas, 690, 26, 153, (140, 152, 140), (180, 176, 140), 0.45)
    gold = gradient(
        LANDSCAPE, [(0.56, (222, 190, 118)), (0.72, (208, 164, 84)), (1, (136, 94, 44))]
    )
    field = lower_part(LANDSCAPE, 714)
    lay(canvas, gold, field)
    fan = [
        poly([(x, 716), (x + 0.9, 716), (1094 + i * 92, 1280), (1050 + i * 92, 1280)])
        for i in range(-60, 40)
        for x in [1050 + i * 1.6]
    ]
    lay(canvas, (112, 78, 40), blur(stencil(LANDSCAPE, fan), 3), 0.35)
    ears = between(noise(LANDSCAPE, (640, 90), 157), 120, 240)
    lay(canvas, (250, 226, 160), meet(ears, field), 0.35)
    wind = between(clouds(LANDSCAPE, (5, 16), 159, 4), 120, 210)
    lay(canvas, (120, 84, 42), meet(wind, field), 0.35)
    _silos(canvas)
    return grain(canvas, 15)


def _silos(canvas: Image.Image) -> None:
    shapes = [
        box(1652, 430, 1700, 722),
        line([(1676, 446), (1368, 480)], 9),
        poly([(1710, 722), (1710, 650), (1790, 612), (1870, 650), (1870, 722)]),
    ]
    for index, x in enumerate((1330, 1410, 1490, 1570)):
        top = 520 - 14 * (index % 2)
        shapes += [
            box(x, top, x + 74, 722),
            poly([(x, top + 2), (x + 37, top - 34), (x + 74, top + 2)]),
        ]
    tower = stencil(LANDSCAPE, shapes)
    lay(canvas, (206, 202, 192), tower)
    rounding = Image.linear_gradient("L").rotate(90).resize((80, HEIGHT))
    shade = Image.new("L", LANDSCAPE)
    for x in range(1330, 1900, 80):
        shade.paste(rounding, (x, 0))
    lay(canvas, (70, 84, 96), meet(tower, shade), 0.72)


def railhead() -> Image.Image:
    """A single line runs to the horizon; ore wagons wait beside it."""
    morning = [(0, (112, 146, 166)), (0.32, (190, 204, 198)), (0.5, (246, 228, 194))]
    canvas = sky(morning, 251, (240, 236, 226), 0.7)
    glow(canvas, (960, 600), 520, (255, 238, 200), 0.75)
    for base, swing, seed, tone in ((580, 50, 252, 0.3), (622, 30, 253, 0.5)):
        colour = ink.mix((232, 220, 196), (92, 116, 108), tone)
        lay(canvas, colour, below(ridge(WIDTH, base, swing, seed), LANDSCAPE))
    grass = gradient(LANDSCAPE, [(0.5, (196, 176, 124)), (0.72, (164, 134, 84)), (1, (96, 72, 50))])
    lay(canvas, grass, below(ridge(WIDTH, 650, 8, 254, 0.4), LANDSCAPE))
    scrub = between(noise(LANDSCAPE, (420, 300), 255), 190, 255)
    lay(canvas, (74, 78, 52), meet(scrub, lower_part(LANDSCAPE, 660)), 0.5)
    _track(canvas, (960, 640))
    dab(canvas, (66, 58, 52), _telegraph(960, 640))
    wagons: list[Shape] = []
    for x in range(180, 824, 92):
        wagons += [
            poly([(x, 640), (x + 84, 640), (x + 78, 676), (x + 6, 676)]),
            disc((x + 18, 680), 6),
            disc((x + 66, 680), 6),
        ]
    dab(canvas, (112, 74, 58), wagons)
    haze = meet(between(clouds(LANDSCAPE, (4, 10), 259), 110, 230), fade(LANDSCAPE, 0.6, 0))
    lay(canvas, (246, 230, 200), haze, 0.25)
    return grain(canvas, 25)


def _track(canvas: Image.Image, eye: Point) -> None:
    """Ballast, sleepers and rails that meet at `eye`."""

    def strip(offset: float, width: float) -> Shape:
        foot = eye[0] + offset
        top = (eye[0] + offset * 0.002, eye[1] + 4)
        return poly([top, (foot - width, HEIGHT), (foot + width, HEIGHT)])

    ballast = stencil(LANDSCAPE, [strip(0, 560)])
    lay(canvas, (150, 132, 112), blur(ballast, 3))
    pebbles = between(noise(LANDSCAPE, (700, 460), 257), 120, 255)
    lay(canvas, (88, 78, 70), meet(pebbles, ballast), 0.5)
    sleepers: list[Shape] = []
    depth = 0.012
    while depth < 1.05:
        y, half = eye[1] + 640 * depth, 400 * depth
        lower = [(eye[0] + half * 1.03, y + 26 * depth), (eye[0] - half * 1.03, y + 26 * depth)]
        sleepers.append(poly([(eye[0] - half, y), (eye[0] + half, y), *lower]))
        depth *= 1.105
    dab(canvas, (84, 66, 54), sleepers)
    steel = gradient(
        LANDSCAPE, [(0.55, (246, 232, 206)), (0.75, (168, 164, 158)), (1, (92, 98, 106))]
    )
    dab(canvas, steel, [strip(-262, 15), strip(262, 15)])


def _telegraph(x: float, y: float) -> list[Shape]:
    """Poles beside the line, with their wires."""
    steps = (0.03, 0.07, 0.11, 0.18, 0.3, 0.52, 0.95, 1.3)
    parts: list[Shape] = [
        line([(x + 840 * d + side, y - 250 * d) for d in steps], 1.2) for side in (0, 4)
    ]
    for depth in steps[1:-1]:
        px, py = x + 900 * depth, y + 320 * depth
        arm = py - 570 * depth
        parts += [
            line([(px, py), (px, py - 620 * depth)], max(1.2, 15 * depth)),
            line([(px - 60 * depth, arm), (px + 60 * depth, arm)], max(1, 9 * depth)),
        ]
    return parts
