"""An empty conference room, and a silicon wafer."""

import math

from PIL import Image, ImageChops

from iria.demo.drawing import palette as ink
from iria.demo.drawing.brush import (
    LANDSCAPE,
    below,
    between,
    blur,
    dice,
    gradient,
    grain,
    lay,
    meet,
    noise,
    ridge,
)
from iria.demo.drawing.shapes import Point, Shape, box, dab, disc, oval, poly, stencil
from iria.demo.drawing.water import WIDTH

_PANES = [(430 + i * 216, 150, 602 + i * 216, 560) for i in range(5)]


def empty_table() -> Image.Image:
    """A conference table laid with paper, nobody at it."""
    canvas = gradient(LANDSCAPE, [(0, (108, 104, 98)), (0.5, (150, 142, 128)), (1, (74, 62, 54))])
    _walls(canvas)
    _windows(canvas)
    dab(canvas, (56, 62, 70), [part for i in range(7) for part in _chair(570 + i * 130, 742, 96)])
    _table(canvas)
    leather = gradient(LANDSCAPE, [(0.8, (48, 54, 62)), (1, (28, 32, 40))])
    dab(canvas, leather, [part for i in range(5) for part in _chair(300 + i * 330, 1330, 250)])
    return grain(canvas, 22)


def _walls(canvas: Image.Image) -> None:
    side = gradient(LANDSCAPE, [(0, (116, 110, 102)), (0.6, (128, 118, 104)), (1, (84, 74, 64))])
    floor: list[Point] = [(0, 900), (360, 640), (1560, 640), (1920, 900), (1920, 1280), (0, 1280)]
    dab(canvas, gradient(LANDSCAPE, [(0.5, (132, 108, 84)), (1, (64, 50, 42))]), [poly(floor)])
    dab(canvas, (172, 164, 148), [box(360, 90, 1560, 640)])
    left: list[Point] = [(0, 0), (360, 90), (360, 640), (0, 900)]
    dab(canvas, side, [poly(left), poly([(WIDTH - x, y) for x, y in left])])
    dab(canvas, (92, 86, 80), [poly([(0, 0), (1920, 0), (1560, 90), (360, 90)])])
    light: list[Shape] = []
    for pane_left, _, pane_right, _ in _PANES:
        a, b = pane_left - 960, pane_right - 960
        light.append(
            poly(
                [
                    (pane_left + a * 0.16, 690),
                    (pane_right + b * 0.16, 690),
                    (pane_right + b * 0.62 - 120, 1120),
                    (pane_left + a * 0.62 - 120, 1120),
                ]
            )
        )
    lit = meet(blur(stencil(LANDSCAPE, light), 14), stencil(LANDSCAPE, [poly(floor)]))
    lay(canvas, (248, 226, 190), lit, 0.42)


def _windows(canvas: Image.Image) -> None:
    view = gradient(
        LANDSCAPE, [(0, (168, 192, 204)), (0.3, (216, 220, 212)), (0.42, (246, 230, 204))]
    )
    lay(view, (150, 164, 170), below(ridge(WIDTH, 470, 60, 211), LANDSCAPE))
    lay(view, (112, 132, 138), below(ridge(WIDTH, 520, 40, 212), LANDSCAPE))
    wood = (92, 84, 74)
    dab(canvas, wood, [box(x - 12, y - 12, x2 + 12, y2 + 12) for x, y, x2, y2 in _PANES])
    dab(canvas, view, [box(*pane) for pane in _PANES])
    bars: list[Shape] = []
    for left, top, right, foot in _PANES:
        middle = (left + right) / 2
        bars += [box(middle - 4, top, middle + 4, foot), box(left, 290, right, 297)]
    dab(canvas, wood, bars)


def _chair(x: float, y: float, size: float) -> list[Shape]:
    a, b, top = size * 0.42, size * 0.36, y - size
    back = [(x - b, top), (x, top - size * 0.08), (x + b, top)]
    return [poly([(x - a, y), (x - b, top), (x + b, top), (x + a, y)]), poly(back)]


def _table(canvas: Image.Image) -> None:
    dab(canvas, (40, 34, 32), [oval((260, 860, 1660, 1130))], 0.6, soft=26)
    dab(canvas, (70, 46, 36), [oval((300, 716, 1620, 1030)), box(700, 960, 1220, 1060)])
    top = stencil(LANDSCAPE, [oval((300, 690, 1620, 1000))])
    wood = gradient(
        LANDSCAPE, [(0.5, (172, 120, 84)), (0.62, (156, 104, 72)), (0.8, (112, 72, 52))]
    )
    lay(canvas, wood, top)
    sheen = [
        poly(
            [
                (left + 10, 700),
                (right - 10, 700),
                (right + (right - 960) * 0.12, 830),
                (left + (left - 960) * 0.12, 830),
            ]
        )
        for left, _, right, _ in _PANES
    ]
    lay(canvas, (252, 232, 200), meet(blur(stencil(LANDSCAPE, sheen), 10), top), 0.5)
    places = ((560, 776), (760, 752), (960, 744), (1160, 752), (1360, 776), (500, 856), (1420, 856))
    sheets = [
        poly([(x - 36, y), (x + 30, y), (x + 40, y + 26), (x - 42, y + 26)]) for x, y in places
    ]
    dab(canvas, ink.PAPER, sheets, 0.92)
    glasses: list[Shape] = []
    for x, y in ((630, 790), (1040, 760), (1290, 800)):
        glasses += [
            poly([(x - 11, y - 34), (x + 11, y - 34), (x + 8, y), (x - 8, y)]),
            oval((x - 11, y - 38, x + 11, y - 30)),
        ]
    dab(canvas, (226, 232, 232), glasses, 0.55)


def wafer() -> Image.Image:
    """A silicon wafer with its dies; seven of them marked."""
    canvas = gradient(LANDSCAPE, [(0, (26, 36, 50)), (1, (14, 20, 32))])
    centre, radius = (1010.0, 690.0), 560.0
    dab(canvas, (6, 10, 18), [disc((1030, 726), radius)], 0.8, soft=34)
    plate = stencil(LANDSCAPE, [disc(centre, radius)])
    metal = gradient(LANDSCAPE, [(0, (150, 166, 176)), (0.5, (92, 112, 128)), (1, (54, 66, 86))])
    lay(canvas, metal, plate)
    film = between(noise(LANDSCAPE, (3, 3), 241), 60, 210)
    turned = film.transpose(Image.Transpose.ROTATE_180)
    for tint, veil in (((206, 160, 120), film), ((120, 168, 158), turned)):
        lay(canvas, tint, meet(plate, veil), 0.35)
    lay(canvas, (150, 128, 172), meet(plate, ImageChops.invert(film)), 0.25)
    wide, tall = 86.0, 62.0
    cells: list[Point] = []
    for row in range(-9, 9):
        for column in range(-7, 7):
            x, y = centre[0] + column * wide, centre[1] + row * tall
            corners = [(x, y), (x + wide, y), (x, y + tall), (x + wide, y + tall)]
            if all(math.dist(corner, centre) < radius - 14 for corner in corners):
                cells.append((x, y))
    dab(canvas, (28, 40, 60), [box(x + 3, y + 3, x + 83, y + 59) for x, y in cells], 0.3)
    dab(canvas, (28, 40, 60), [part for cell in cells for part in _circuit(*cell)], 0.5)
    marked = dice(24).sample(cells, 7)
    dab(canvas, (236, 158, 92), [box(x + 3, y + 3, x + 83, y + 59) for x, y in marked], 0.75)
    band = [(380, 0), (620, 0), (1500, 1280), (1140, 1280)]
    shine = blur(stencil(LANDSCAPE, [poly(band)]), 70)
    lay(canvas, (240, 244, 240), meet(plate, shine), 0.38)
    rim = (centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)
    dab(canvas, (222, 230, 230), [oval(rim, outline=2.4)], 0.7)
    return grain(canvas, 24)


def _circuit(x: float, y: float) -> list[Shape]:
    return [
        box(x + 8, y + 8, x + 44, y + 34),
        box(x + 48, y + 8, x + 78, y + 20),
        box(x + 48, y + 23, x + 78, y + 34),
        *[box(x + 8 + bar * 12, y + 39, x + 16 + bar * 12, y + 54) for bar in range(6)],
    ]
