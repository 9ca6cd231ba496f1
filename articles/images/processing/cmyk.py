"""A colour profile of four inks on coated paper, for CMYK images without a profile.

Neugebauer's model: a mixture of dots is the sum of the sixteen solids that they form, each by the
part of the paper it covers (Demichel), in the root of reflectance after Yule and Nielsen. The
solids are those of ISO 12647-2 for offset on coated paper. Plain Python.
"""

from functools import cache
from itertools import product
from math import prod
from typing import Final

from articles.images.processing.icc_profiles import D50_XYZ, Three, ink_profile

_STEPS: Final = 7
_ROOT: Final = 2.0
"""Yule-Nielsen factor: light that enters beside a dot and leaves through it."""

_SOLIDS: Final = {
    (0, 0, 0): (95.0, 0.0, -2.0),
    (1, 0, 0): (55.0, -37.0, -50.0),
    (0, 1, 0): (48.0, 74.0, -3.0),
    (0, 0, 1): (89.0, -5.0, 93.0),
    (0, 1, 1): (47.0, 68.0, 48.0),
    (1, 0, 1): (50.0, -65.0, 27.0),
    (1, 1, 0): (24.0, 22.0, -46.0),
    (1, 1, 1): (23.0, 0.0, 0.0),
}
"""Cyan, magenta, yellow → lightness, a, b."""
_BLACK: Final = (16.0, 0.0, 0.0)
_BLACK_HIDES: Final = 0.6
"""How much black hides the inks below it."""


@cache
def coated_paper() -> bytes:
    """A CMYK profile for coated paper, with white paper and black for the darkest mixture."""
    roots = {solid: [part ** (1 / _ROOT) for part in xyz] for solid, xyz in _primaries().items()}
    levels = [step / (_STEPS - 1) for step in range(_STEPS)]
    table = [_mixed(roots, covers) for covers in product(levels, repeat=4)]
    paper, darkest = table[0], table[-1]
    return ink_profile(_STEPS, (_lab(_stretched(xyz, paper, darkest)) for xyz in table))


def _primaries() -> dict[tuple[int, ...], Three]:
    found: dict[tuple[int, ...], Three] = {}
    paper, black = _xyz(_SOLIDS[0, 0, 0]), _xyz(_BLACK)
    for solid, lab in _SOLIDS.items():
        x, y, z = _xyz(lab)
        found[*solid, 0] = (x, y, z)
        shown = [
            _BLACK_HIDES + (1 - _BLACK_HIDES) * part / of
            for part, of in zip((x, y, z), paper, strict=True)
        ]
        x, y, z = (dark * part for dark, part in zip(black, shown, strict=True))
        found[*solid, 1] = (x, y, z)
    return found


def _mixed(roots: dict[tuple[int, ...], list[float]], covers: tuple[float, ...]) -> Three:
    x = y = z = 0.0
    for solid, (root_x, root_y, root_z) in roots.items():
        part = prod(cover if ink else 1 - cover for ink, cover in zip(solid, covers, strict=True))
        x, y, z = x + part * root_x, y + part * root_y, z + part * root_z
    return x**_ROOT, y**_ROOT, z**_ROOT


def _stretched(xyz: Three, paper: Three, darkest: Three) -> Three:
    x, y, z = (
        white * (part - least) / (most - least)
        for part, most, least, white in zip(xyz, paper, darkest, D50_XYZ, strict=True)
    )
    return x, y, z


def _xyz(lab: Three) -> Three:
    """CIE 15: from lightness, a and b on D50."""
    light, a, b = lab
    middle = (light + 16) / 116
    x, y, z = (
        white * (root**3 if root > 6 / 29 else 3 * (6 / 29) ** 2 * (root - 4 / 29))
        for root, white in zip((middle + a / 500, middle, middle - b / 200), D50_XYZ, strict=True)
    )
    return x, y, z


def _lab(xyz: Three) -> Three:
    roots = []
    for part, white in zip(xyz, D50_XYZ, strict=True):
        share = max(part / white, 0.0)
        small = share / (3 * (6 / 29) ** 2) + 4 / 29
        roots.append(share ** (1 / 3) if share > (6 / 29) ** 3 else small)
    across, middle, down = roots
    return 116 * middle - 16, 500 * (across - middle), 200 * (middle - down)
