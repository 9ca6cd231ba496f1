"""The people who write here, cut out of paper: nobody's face, and everybody told from the others."""

from dataclasses import dataclass
from typing import Final

from PIL import Image

from iria.demo.drawing import palette as ink
from iria.demo.drawing.brush import glow, gradient, grain
from iria.demo.drawing.palette import Colour, mix
from iria.demo.drawing.shapes import Point, Shape, box, dab, disc, line, oval, poly

SIZE: Final = (1200, 1200)
_FACE: Final = (438, 268, 762, 716)
_BEHIND: Final = {
    "long": [oval((372, 196, 828, 860)), box(372, 520, 828, 900)],
    "bob": [oval((386, 206, 814, 740)), box(386, 470, 814, 690)],
    "knot": [disc((600, 196), 86), oval((410, 212, 790, 640))],
    "curls": [
        disc((600 + across, 400 + down), size)
        for across, down, size in (
            *((-196, 60, 92), (-190, -60, 104), (-120, -150, 112), (0, -186, 120)),
            *((120, -150, 112), (190, -60, 104), (196, 60, 92)),
        )
    ],
    "short": [oval((418, 226, 782, 620))],
    "bald": [],
}
"""Hair that falls behind the head."""


@dataclass(frozen=True, slots=True)
class Sitter:
    """Somebody as they sit before a wall."""

    wall: Colour
    coat: Colour
    shirt: Colour
    skin: Colour
    hair: Colour
    cut: str
    parting: float = 0.5
    """Where the hair above the brow falls apart, from the left."""
    glasses: bool = False
    beard: bool = False
    open_collar: bool = False
    seed: int = 300


def portrait(sitter: Sitter) -> Image.Image:
    """Head and shoulders, light from the left above."""
    canvas = gradient(SIZE, [(0, mix(sitter.wall, ink.PAPER, 0.25)), (1, sitter.wall)])
    glow(canvas, (330, 260), 700, mix(sitter.wall, ink.PAPER, 0.7), 0.6)
    shadow = mix(sitter.wall, ink.NIGHT, 0.4)
    dab(canvas, shadow, [oval((470, 290, 830, 800))], 0.5, soft=40)
    if _BEHIND[sitter.cut]:
        dab(canvas, mix(sitter.hair, ink.NIGHT, 0.2), _BEHIND[sitter.cut])
    _body(canvas, sitter)
    _head(canvas, sitter)
    return grain(canvas, sitter.seed, 10)


def _body(canvas: Image.Image, sitter: Sitter) -> None:
    coat = gradient(SIZE, [(0.6, sitter.coat), (1, mix(sitter.coat, ink.NIGHT, 0.45))])
    shoulders: list[Point] = [(150, 1200), (176, 1030), (262, 930), (470, 850), (600, 900)]
    other: list[Point] = [(1200 - x, y) for x, y in reversed(shoulders)]
    dab(canvas, coat, [poly([*shoulders, *other])])
    dab(
        canvas,
        mix(sitter.skin, ink.NIGHT, 0.28),
        [poly([(520, 640), (680, 640), (700, 900), (600, 960), (500, 900)])],
    )
    depth = 1080 if sitter.open_collar else 1010
    dab(
        canvas,
        sitter.shirt,
        [poly([(486, 850), (600, depth), (714, 850), (700, 920), (600, 1200), (500, 920)])],
    )
    if sitter.open_collar:
        dab(
            canvas, mix(sitter.skin, ink.NIGHT, 0.18), [poly([(520, 880), (680, 880), (600, 1060)])]
        )
    dark = mix(sitter.coat, ink.NIGHT, 0.35)
    dab(canvas, dark, [poly([(440, 862), (484, 846), (600, 1200), (540, 1200)])])
    dab(canvas, dark, [poly([(760, 862), (716, 846), (600, 1200), (660, 1200)])])


def _head(canvas: Image.Image, sitter: Sitter) -> None:
    left, _, right, _ = _FACE
    ears: list[Shape] = [
        oval((left - 26, 458, left + 34, 566)),
        oval((right - 34, 458, right + 26, 566)),
    ]
    dab(canvas, mix(sitter.skin, ink.NIGHT, 0.16), ears)
    dab(canvas, sitter.skin, [oval(_FACE)])
    # The side that is turned from the light.
    dab(canvas, mix(sitter.skin, ink.NIGHT, 0.22), [_crescent(0.36)], 0.55, soft=14)
    dab(
        canvas,
        mix(sitter.skin, ink.NIGHT, 0.2),
        [line([(598, 470), (586, 566), (612, 576)], 8)],
        0.6,
        soft=2,
    )
    if sitter.beard:
        dab(canvas, mix(sitter.hair, sitter.skin, 0.15), _beard())
    if sitter.cut != "bald":
        dab(canvas, sitter.hair, _fringe(sitter.parting))
    if sitter.glasses:
        rims: list[Shape] = [oval((486, 446, 582, 530), 9), oval((618, 446, 714, 530), 9)]
        dab(canvas, ink.INK, [*rims, line([(582, 480), (618, 480)], 8)])
        dab(canvas, ink.INK, [line([(486, 480), (440, 470)], 7), line([(714, 480), (760, 470)], 7)])


def _crescent(width: float) -> Shape:
    left, top, right, foot = _FACE
    middle = (top + foot) / 2
    wide, tall = (right - left) / 2, (foot - top) / 2
    steps = [step / 12 * 2 - 1 for step in range(13)]
    outer = [(600 + wide * (1 - y * y) ** 0.5, middle + tall * y) for y in steps]
    inner = [(600 + wide * (1 - width) * (1 - y * y) ** 0.5, middle + tall * y) for y in steps]
    return poly([*outer, *reversed(inner)])


def _fringe(parting: float) -> list[Shape]:
    """Hair above the brow, in two falls that meet at the parting."""
    left, _, right, _ = _FACE
    at = left + (right - left) * parting
    return [
        poly(
            [
                (at, 262),
                (at + 6, 330),
                (left + 60, 400),
                (left - 10, 500),
                (left - 22, 420),
                (left + 10, 320),
                (left + 90, 250),
            ]
        ),
        poly(
            [
                (at, 262),
                (at - 6, 330),
                (right - 60, 400),
                (right + 10, 500),
                (right + 22, 420),
                (right - 10, 320),
                (right - 90, 250),
            ]
        ),
        oval((left + 34, 226, right - 34, 336)),
    ]


def _beard() -> list[Shape]:
    left, _, right, foot = _FACE
    jaw: list[Point] = [(left + 4, 540), (left + 44, 590), (540, 606), (600, 596), (660, 606)]
    jaw += [
        (right - 44, 590),
        (right - 4, 540),
        (right - 26, 640),
        (660, foot + 18),
        (600, foot + 30),
    ]
    return [poly([*jaw, (540, foot + 18), (left + 26, 640)])]


SITTERS: Final = {
    "ilse-brandvold": Sitter(
        ink.SEA,
        ink.NIGHT,
        ink.PAPER,
        (232, 190, 166),
        (206, 196, 178),
        "bob",
        parting=0.3,
        seed=301,
    ),
    "hana-morishige": Sitter(
        ink.SAND, ink.PLUM, ink.MIST, (226, 184, 150), (44, 38, 42), "knot", glasses=True, seed=302
    ),
    "tomas-quintela": Sitter(
        ink.SAGE,
        ink.EARTH,
        ink.PAPER,
        (206, 158, 124),
        (70, 56, 48),
        "short",
        parting=0.7,
        beard=True,
        open_collar=True,
        seed=303,
    ),
    "kwabena-asiedu-larbi": Sitter(
        ink.OCHRE,
        ink.SLATE,
        ink.ICE,
        (108, 72, 54),
        (34, 28, 28),
        "short",
        parting=0.5,
        glasses=True,
        seed=304,
    ),
    "leila-benhaddou": Sitter(
        ink.ROSE,
        ink.PINE,
        ink.SAND,
        (204, 152, 116),
        (52, 36, 34),
        "curls",
        parting=0.62,
        open_collar=True,
        seed=305,
    ),
    "marek-sovinec": Sitter(
        ink.MIST,
        ink.SLATE,
        ink.PAPER,
        (228, 188, 168),
        (150, 146, 142),
        "bald",
        beard=True,
        seed=306,
    ),
}
