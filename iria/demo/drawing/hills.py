"""A mountain pass, a desert with panels, a dusty road."""

import math
from itertools import pairwise

from PIL import Image

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
    lower_part,
    meet,
    noise,
    ridge,
    shifted,
)
from iria.demo.drawing.shapes import Shape, box, dab, disc, line, oval, poly, stencil
from iria.demo.drawing.water import HEIGHT, WIDTH, sky


def hill_line(
    canvas: Image.Image,
    base: int,
    swing: int,
    seed: int,
    top: ink.Colour,
    foot: ink.Colour,
    rough: float = 0.5,
) -> None:
    """One line of hills, paler towards its foot, as haze makes them."""
    start, end = max(0.0, (base - swing) / HEIGHT), min(1.0, (base + 240) / HEIGHT)
    tall = gradient(LANDSCAPE, [(0, top), (start, top), (end, foot), (1, foot)])
    lay(canvas, tall, below(ridge(WIDTH, base, swing, seed, rough), LANDSCAPE))


def mountain_pass() -> Image.Image:
    """A road that climbs towards snow."""
    morning = [(0, (118, 150, 176)), (0.35, (196, 208, 212)), (0.55, (244, 230, 208))]
    canvas = sky(morning, 81, (240, 238, 232), 0.7)
    glow(canvas, (1180, 470), 560, (255, 240, 212), 0.7)
    peaks = below(ridge(WIDTH, 470, 230, 3, 0.55), LANDSCAPE)
    lay(canvas, (168, 186, 200), peaks)
    facets = between(clouds(LANDSCAPE, (30, 14), 84, 5), 120, 150)
    lay(canvas, (236, 238, 236), meet(peaks, facets, fade(LANDSCAPE, 1, 0)), 0.9)
    for base, swing, seed, top, foot in (
        (640, 130, 86, (132, 154, 170), (186, 198, 202)),
        (770, 130, 87, (92, 118, 132), (160, 176, 178)),
        (930, 150, 90, (62, 90, 98), (122, 142, 138)),
        (1120, 110, 91, (40, 62, 66), (60, 80, 74)),
    ):
        hill_line(canvas, base, swing, seed, top, foot)
    road = [
        (960 + math.sin(t / 5.2) * (30 + t * 7.2) + t * 3, 990 + t * t * 0.32) for t in range(31)
    ]
    pieces = [line([a, b], 3 + i * 0.9) for i, (a, b) in enumerate(pairwise(road))]
    dab(canvas, (196, 184, 160), pieces, 0.9)
    mist = between(clouds(LANDSCAPE, (4, 9), 95), 120, 230)
    band = stencil(LANDSCAPE, [box(0, 600, WIDTH, 900)])
    lay(canvas, (232, 234, 230), blur(meet(mist, band), 30), 0.7)
    return grain(canvas, 11)


def desert_panels() -> Image.Image:
    """Rows of solar panels that end where the dunes begin."""
    noon = [(0, (96, 140, 170)), (0.3, (190, 206, 204)), (0.47, (246, 226, 188))]
    canvas = sky(noon, 101, (244, 236, 220), 0.35)
    glow(canvas, (1500, 520), 600, (255, 240, 200), 0.8)
    hill_line(canvas, 560, 60, 103, (196, 164, 140), (224, 192, 152))
    hill_line(canvas, 610, 40, 104, (206, 160, 116), (228, 188, 138))
    sand: list[tuple[float, ink.Colour]] = [
        (0.5, (226, 184, 132)),
        (0.7, (210, 160, 104)),
        (1, (150, 104, 70)),
    ]
    lay(canvas, gradient(LANDSCAPE, sand), lower_part(LANDSCAPE, 640))
    ripple = between(noise(LANDSCAPE, (14, 110), 105), 130, 230)
    lay(canvas, (120, 80, 56), meet(ripple, fade(LANDSCAPE, 0, 0.9)), 0.3)
    panels = stencil(LANDSCAPE, _panel_rows(1180, 600))
    lay(canvas, (96, 66, 52), blur(shifted(panels, 0, 12), 4), 0.55)
    glass: list[tuple[float, ink.Colour]] = [
        (0, (176, 196, 206)),
        (0.52, (150, 178, 194)),
        (0.66, (70, 104, 132)),
        (1, (28, 48, 74)),
    ]
    lay(canvas, gradient(LANDSCAPE, glass), panels)
    shine = between(noise(LANDSCAPE, (5, 3), 109), 110, 240)
    lay(canvas, (236, 232, 214), meet(panels, shine), 0.3)
    return grain(canvas, 12)


def _panel_rows(x: float, y: float) -> list[Shape]:
    """Panels in rows that run together towards (x, y)."""
    panels: list[Shape] = []
    depth = 0.095
    while depth < 1.25:
        near, lean, tall = y + 680 * depth, 34 * depth, 74 * depth
        for column in range(-8, 6):
            left, right = x + (column * 290 + 14) * depth, x + (column * 290 + 268) * depth
            upper = [(right + lean, near - tall), (left + lean, near - tall)]
            panels.append(poly([(left, near), (right, near), *upper]))
        depth *= 1.19
    return panels


def dust_road() -> Image.Image:
    """A track, a hand pump and acacias under a sky full of dust."""
    haze = [(0, (190, 176, 156)), (0.3, (216, 192, 156)), (0.5, (236, 208, 164))]
    canvas = sky(haze, 111, (240, 222, 190), 0.6)
    glow(canvas, (520, 420), 420, (255, 242, 214), 0.9)
    dab(canvas, (255, 246, 226), [disc((520, 420), 52)], 0.9, soft=3)
    hill_line(canvas, 650, 50, 113, (206, 172, 132), (222, 186, 140))
    earth = gradient(
        LANDSCAPE, [(0.54, (214, 172, 122)), (0.75, (182, 128, 84)), (1, (124, 80, 54))]
    )
    lay(canvas, earth, below(ridge(WIDTH, 700, 14, 115, 0.4), LANDSCAPE))
    speck = between(noise(LANDSCAPE, (520, 420), 116), 205, 255)
    ground = meet(speck, fade(LANDSCAPE, 0, 0.8), lower_part(LANDSCAPE, 716))
    lay(canvas, (92, 62, 44), ground, 0.5)
    ruts = [
        poly([(1040, 704), (1046, 704), (900, 940), (560, 1280), (440, 1280), (830, 940)]),
        poly([(1052, 704), (1058, 704), (1010, 940), (860, 1280), (740, 1280), (960, 940)]),
    ]
    dab(canvas, (232, 198, 150), ruts, 0.8, soft=4)
    for x, y, tall in (
        (1430, 800, 230),
        (1660, 742, 120),
        (1240, 716, 52),
        (240, 740, 96),
        (360, 724, 56),
        (1840, 716, 60),
    ):
        dab(canvas, (70, 56, 42), _acacia(x, y, tall), 0.92)
    dust = meet(between(clouds(LANDSCAPE, (3, 7), 119), 90, 220), fade(LANDSCAPE, 0.5, 0.1))
    lay(canvas, (234, 206, 164), dust, 0.75)
    _hand_pump(canvas)
    return grain(canvas, 13)


def _acacia(x: float, y: float, tall: float) -> list[Shape]:
    chance = dice(round(x))
    stem = [(x, y), (x + tall * 0.03, y - tall * 0.5), (x - tall * 0.02, y - tall * 0.8)]
    parts = [
        line(stem, tall * 0.045),
        line([stem[1], (x + tall * 0.3, y - tall * 0.85)], tall * 0.03),
        line([(x + tall * 0.02, y - tall * 0.42), (x - tall * 0.33, y - tall * 0.82)], tall * 0.03),
    ]
    for _ in range(26):
        across = chance.uniform(-0.55, 0.55)
        flat = tall * (0.055 + 0.05 * (1 - abs(across)))
        cx = x + across * tall
        cy = y - tall * (0.86 + 0.12 * (1 - across * across * 2.6)) + chance.uniform(-4, 4)
        parts.append(oval((cx - tall * 0.15, cy - flat, cx + tall * 0.15, cy + flat * 0.7)))
    return parts


def _hand_pump(canvas: Image.Image) -> None:
    slab = poly([(1190, 1096), (1222, 1072), (1400, 1072), (1432, 1096)])
    pump = [
        line([(1310, 1080), (1310, 890)], 24),
        box(1284, 862, 1340, 908),
        line([(1290, 926), (1226, 934), (1220, 968)], 15),
        line([(1330, 876), (1470, 830), (1496, 836)], 10),
    ]
    dab(canvas, (96, 62, 44), [poly([(1240, 1110), (1470, 1110), (1430, 1084)])], 0.5, soft=8)
    dab(canvas, (150, 140, 122), [slab])
    dab(canvas, (62, 74, 76), pump)
