"""A reservoir behind its wall, a river at low water."""

from PIL import Image, ImageChops

from iria.demo.drawing import palette as ink
from iria.demo.drawing.brush import (
    LANDSCAPE,
    below,
    between,
    blur,
    clouds,
    gradient,
    grain,
    lay,
    meet,
    noise,
    ridge,
    shifted,
)
from iria.demo.drawing.hills import hill_line
from iria.demo.drawing.shapes import Point, box, dab, line, poly, stencil
from iria.demo.drawing.water import WIDTH, sky, water


def reservoir() -> Image.Image:
    """A dam with water running from three of its gates."""
    morning = [(0, (126, 158, 178)), (0.3, (206, 214, 208)), (0.42, (244, 232, 208))]
    canvas = sky(morning, 121, (244, 242, 236), 0.7)
    hill_line(canvas, 430, 150, 123, (150, 170, 180), (196, 206, 204))
    hill_line(canvas, 540, 120, 124, (104, 132, 136), (164, 182, 174))
    lake = [(0, (196, 206, 200)), (0.4, (112, 152, 158)), (1, (52, 96, 108))]
    water(canvas, 690, lake, 126, 0.6)
    _bank(canvas, (74, 102, 92), 127, left=True)
    _bank(canvas, (84, 110, 96), 128, left=False)
    _dam(canvas)
    return grain(canvas, 14)


def _bank(canvas: Image.Image, tone: ink.Colour, seed: int, *, left: bool) -> None:
    """A wooded slope down to the water, with the pale ring that a falling lake leaves."""
    slope = [(x, y + (x if left else WIDTH - x) * 0.52) for x, y in ridge(WIDTH, 470, 70, seed)]
    side: list[Point] = (
        [(0, 0), (1060, 0), (760, 1020), (0, 1020)]
        if left
        else [(WIDTH, 0), (900, 0), (1180, 1020), (WIDTH, 1020)]
    )
    flank = meet(below(slope, LANDSCAPE), stencil(LANDSCAPE, [poly(side)]))
    lay(canvas, tone, flank)
    wood = between(clouds(LANDSCAPE, (40, 30), seed + 6, 4), 110, 190)
    lay(canvas, ink.mix(tone, ink.INK, 0.5), meet(flank, wood), 0.6)
    dry = ImageChops.subtract(flank, below([(x, y + 44) for x, y in slope], LANDSCAPE))
    lay(canvas, (206, 186, 150), meet(dry, stencil(LANDSCAPE, [box(0, 700, WIDTH, 1020)])))


def _dam(canvas: Image.Image) -> None:
    crest: list[Point] = [(0, 1010), (420, 902), (960, 872), (1500, 902), (1920, 1010)]
    wall = stencil(LANDSCAPE, [poly([*crest, (1920, 1280), (0, 1280)])])
    concrete = gradient(
        LANDSCAPE, [(0, (224, 216, 200)), (0.7, (214, 206, 190)), (1, (120, 122, 122))]
    )
    lay(canvas, concrete, wall)
    streak = between(noise(LANDSCAPE, (160, 4), 139), 140, 240)
    lay(canvas, (98, 104, 106), meet(wall, streak), 0.45)
    gates = ((560, 930), (760, 914), (960, 908), (1160, 914), (1360, 930))
    iron = [line(crest, 14), *[box(x - 30, y, x + 30, y + 78) for x, y in gates]]
    dab(canvas, (82, 92, 98), iron)
    jets = [
        poly([(x - 28, y + 78), (x + 28, y + 78), (x + 46, 1290), (x - 46, 1290)])
        for x, y in gates[1:4]
    ]
    spill = blur(stencil(LANDSCAPE, jets), 5)
    lay(
        canvas,
        (240, 246, 244),
        meet(spill, between(noise(LANDSCAPE, (240, 10), 141), 40, 180)),
        0.9,
    )


def low_river() -> Image.Image:
    """Sandbanks, a barge that waits, a gauge that stands dry."""
    pale = [(0, (150, 168, 176)), (0.3, (208, 210, 200)), (0.42, (240, 228, 206))]
    canvas = sky(pale, 161, (240, 238, 232), 0.7)
    hill_line(canvas, 510, 60, 163, (148, 160, 150), (190, 190, 170))
    hill_line(canvas, 560, 40, 164, (112, 130, 112), (150, 158, 130))
    stream = [(0, (206, 206, 194)), (0.4, (138, 158, 154)), (1, (70, 98, 100))]
    water(canvas, 600, stream, 165, 0.45)
    banks: list[list[Point]] = [
        [(0, 640), (700, 622), (1080, 640), (820, 690), (460, 720), (240, 790), (0, 820)],
        [(1920, 650), (1500, 660), (1180, 742), (1320, 830), (1920, 900)],
        [(0, 960), (420, 930), (860, 1000), (1180, 1110), (1080, 1280), (0, 1280)],
        [(1300, 960), (1600, 940), (1800, 970), (1560, 1020)],
    ]
    for index, bank in enumerate(banks):
        _sandbank(canvas, bank, 171 + index)
    _barge(canvas)
    dab(canvas, (240, 236, 226), [box(300, 700, 330, 1120)])
    marks = [
        box(300 if i % 5 else 292, 708 + i * 20, 318 if i % 2 else 330, 718 + i * 20)
        for i in range(20)
    ]
    dab(canvas, ink.INK, marks)
    return grain(canvas, 16)


def _sandbank(canvas: Image.Image, corners: list[Point], seed: int) -> None:
    shore = corners
    for _ in range(3):
        pairs = zip(shore, [*shore[1:], shore[0]], strict=True)
        shore = [
            (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
            for a, b in pairs
            for share in (0.25, 0.75)
        ]
    mask = stencil(LANDSCAPE, [poly(shore)])
    lay(canvas, (92, 100, 88), blur(shifted(mask, 0, 10), 6), 0.6)
    lay(canvas, gradient(LANDSCAPE, [(0.55, (214, 200, 170)), (1, (160, 138, 108))]), mask)
    wet = between(clouds(LANDSCAPE, (9, 26), seed, 5), 120, 200)
    lay(canvas, (128, 112, 90), meet(mask, wet), 0.5)


def _barge(canvas: Image.Image) -> None:
    hull = [
        poly([(1120, 806), (1140, 846), (1740, 846), (1776, 800), (1700, 812)]),
        box(1150, 742, 1250, 812),
        box(1166, 716, 1230, 744),
        box(1290, 792, 1680, 814),
    ]
    dab(canvas, (58, 66, 72), [box(1130, 846, 1760, 872)], 0.5, soft=9)
    dab(canvas, (70, 60, 58), hull)
    dab(canvas, (226, 222, 210), [box(1154, 746, 1246, 790), box(1170, 720, 1226, 742)])
    dab(canvas, ink.RUST, [box(1130, 828, 1756, 836)], 0.85)
