"""Colour spaces that are declared without a profile, and profiles written for them.

Sources: PNG (W3C 2025) 11.3.2, ITU-T H.273 for the numbers of AVIF, DCF 2.0 for Adobe RGB in EXIF;
ICC.1:2001-04 (version 2.4), which every colour engine reads; adaptation to D50 after Bradford.
Runs in the child process. Plain Python.
"""

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from articles.images.metadata.block_finder import blocks_in
from articles.images.processing import formats
from articles.images.processing.file_types import AVIF, HDR, JPEG, PNG, TIFF, Kind
from articles.images.processing.image_reader import Pixels, Unfit

Chromaticity = tuple[float, float]
"""A colour on the CIE 1931 diagram: x, y."""
Three = tuple[float, float, float]
Matrix = tuple[Three, Three, Three]

D65: Final = (0.3127, 0.3290)
D50_XYZ: Final = (0.9642, 1.0, 0.8249)
_COLUMNS: Final = (b"rXYZ", b"gXYZ", b"bXYZ")
_BRADFORD: Final = (
    (0.8951, 0.2664, -0.1614),
    (-0.7502, 1.7135, 0.0367),
    (0.0389, -0.0685, 1.0296),
)


class Space(NamedTuple):
    """An RGB space: its primaries, white point and curve."""

    red: Chromaticity
    green: Chromaticity
    blue: Chromaticity
    white: Chromaticity
    gamma: float | None
    """The exponent; None for the curve of sRGB."""


SRGB: Final = Space((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), D65, None)
DISPLAY_P3: Final = Space((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), D65, None)
ADOBE_RGB: Final = Space((0.64, 0.33), (0.21, 0.71), (0.15, 0.06), D65, 563 / 256)
BT_2020: Final = Space((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65, None)


def rgb_profile(space: Space) -> bytes:
    """A profile of three primaries and one curve."""
    columns = _columns(space)
    curve = _gamma(space.gamma) if space.gamma else _srgb_curve()
    tags = [(name, _xyz(column)) for name, column in zip(_COLUMNS, columns, strict=True)]
    tags += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    return _profile(b"RGB ", b"XYZ ", tags)


def grey_profile(gamma: float) -> bytes:
    return _profile(b"GRAY", b"XYZ ", [(b"kTRC", _gamma(gamma))])


def ink_profile(grid: int, labs: Iterable[Three]) -> bytes:
    """A profile of four inks by a table: the D50 colours of every mixture, `grid` steps per ink,
    black changing fastest."""
    linear_curve = struct.pack(">2H", 0, 65_535)
    colours = b"".join(
        struct.pack(">3H", _step(light * 652.8), _step((a + 128) * 256), _step((b + 128) * 256))
        for light, a, b in labs
    )
    unit = struct.pack(">9i", 65_536, 0, 0, 0, 65_536, 0, 0, 0, 65_536)
    head = struct.pack(">4s4x4B", b"mft2", 4, 3, grid, 0) + unit + struct.pack(">2H", 2, 2)
    return _profile(
        b"CMYK", b"Lab ", [(b"A2B0", head + linear_curve * 4 + colours + linear_curve * 3)]
    )


def _step(value: float) -> int:
    return min(max(round(value), 0), 65_535)


def _columns(space: Space) -> list[Three]:
    """The primaries' XYZ, scaled so that together they are white, adapted to D50."""
    points = (space.red, space.green, space.blue)
    unscaled = _transposed(tuple(_to_xyz(point) for point in points))
    white = _to_xyz(space.white)
    scales = _multiply(_inverse(unscaled), white)
    source, target = _multiply(_BRADFORD, white), _multiply(_BRADFORD, D50_XYZ)
    adapted = []
    for point, scale in zip(points, scales, strict=True):
        cones = _multiply(_BRADFORD, tuple(part * scale for part in _to_xyz(point)))
        turned = tuple(cone * to / was for cone, to, was in zip(cones, target, source, strict=True))
        adapted.append(_multiply(_inverse(_BRADFORD), turned))
    return adapted


def _to_xyz(point: Chromaticity) -> Three:
    x, y = point
    return x / y, 1.0, (1 - x - y) / y


def _multiply(matrix: Sequence[Sequence[float]], column: Sequence[float]) -> Three:
    one, two, three = (sum(a * b for a, b in zip(row, column, strict=True)) for row in matrix)
    return one, two, three


def _transposed(rows: Sequence[Sequence[float]]) -> Matrix:
    one, two, three = zip(*rows, strict=True)
    return one, two, three


def _inverse(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    first, second, third = e * i - f * h, f * g - d * i, d * h - e * g
    determinant = a * first + b * second + c * third
    return (
        (first / determinant, (c * h - b * i) / determinant, (b * f - c * e) / determinant),
        (second / determinant, (a * i - c * g) / determinant, (c * d - a * f) / determinant),
        (third / determinant, (b * g - a * h) / determinant, (a * e - b * d) / determinant),
    )


def _xyz(colour: Three) -> bytes:
    return struct.pack(">4s4x3i", b"XYZ ", *(round(part * 65_536) for part in colour))


def _gamma(exponent: float) -> bytes:
    return struct.pack(">4s4xIH", b"curv", 1, round(exponent * 256))


def _srgb_curve() -> bytes:
    steps = 1024
    values = (_linear(step / (steps - 1)) for step in range(steps))
    return struct.pack(
        f">4s4xI{steps}H", b"curv", steps, *(round(value * 65_535) for value in values)
    )


def _linear(value: float) -> float:
    """IEC 61966-2-1."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _profile(space: bytes, connection: bytes, tags: list[tuple[bytes, bytes]]) -> bytes:
    name = b"IRIA\0"
    description = struct.pack(">4s4xI", b"desc", len(name)) + name + bytes(78)
    tags = [
        (b"desc", description),
        (b"cprt", struct.pack(">4s4x", b"text") + b"No copyright\0"),
        (b"wtpt", _xyz(D50_XYZ)),
        *tags,
    ]
    table, data = struct.pack(">I", len(tags)), b""
    at = 128 + 4 + 12 * len(tags)
    for tag, content in tags:
        padded = content + bytes(-len(content) % 4)
        table += struct.pack(">4s2I", tag, at + len(data), len(content))
        data += padded
    kind = b"prtr" if space == b"CMYK" else b"mntr"
    head = struct.pack(
        ">I4sI4s4s4s", 128 + len(table) + len(data), bytes(4), 0x0240_0000, kind, space, connection
    )
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    head += struct.pack(">3i", *(round(part * 65_536) for part in D50_XYZ))
    return head.ljust(128, b"\0") + table + data


_HEAD: Final = 16_384
_PRIMARIES: Final = {12: DISPLAY_P3, 9: BT_2020}
_GAMMAS: Final = {4: 2.2, 5: 2.8, 8: 1.0}
_HDR: Final = {16, 18}
_GAMMA_OF_SRGB: Final = 1 / 2.2


def profile_of(image: Pixels, path: Path, kind: Kind) -> bytes | None:
    """The profile of an opened image: its own, or one for the declared space; None for sRGB.

    Raises:
        Unfit: for an HDR image.
    """
    points = _code_points(path, kind)
    if points is not None and points[1] in _HDR:
        raise Unfit(HDR)
    own = image.info.get("icc_profile")
    if isinstance(own, bytes) and own:
        return own
    if points is not None:
        return _by_code_points(*points)
    if kind is PNG and "srgb" not in image.info:
        return _by_gamma(image)
    if kind in {JPEG, TIFF} and _is_adobe_rgb(path):
        return rgb_profile(ADOBE_RGB)
    return None


def _code_points(path: Path, kind: Kind) -> tuple[int, int] | None:
    """The code points of primaries and transfer in AVIF's `colr` and PNG's `cICP`."""
    if kind not in {AVIF, PNG}:
        return None
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if kind is PNG:
        at = head.find(b"\0\0\0\4cICP", 0, head.find(b"IDAT")) + 8
        return (head[at], head[at + 1]) if at >= 8 and at + 1 < len(head) else None
    at = head.find(b"colrnclx") + 8
    if at < 8:
        return None
    return int.from_bytes(head[at : at + 2]), int.from_bytes(head[at + 2 : at + 4])


def _by_code_points(primaries: int, transfer: int) -> bytes | None:
    space = _PRIMARIES.get(primaries, SRGB)
    gamma = _GAMMAS.get(transfer)
    if space is SRGB and gamma is None:
        return None
    return rgb_profile(space._replace(gamma=gamma))


def _by_gamma(image: Pixels) -> bytes | None:
    """The old `gAMA` and `cHRM` chunks."""
    gamma = image.info.get("gamma")
    if not isinstance(gamma, float) or not 0.1 <= gamma <= 5:
        return None
    is_srgb_gamma = abs(gamma / _GAMMA_OF_SRGB - 1) < 0.05
    if image.mode in {"1", "L", "LA", "I;16"}:
        return None if is_srgb_gamma else grey_profile(1 / gamma)
    space = _space(image.info.get("chromaticity") or ())
    if is_srgb_gamma and space is SRGB:
        return None
    try:
        return rgb_profile(space if is_srgb_gamma else space._replace(gamma=1 / gamma))
    except (struct.error, ZeroDivisionError):
        # Places so far from each other that a profile cannot hold the numbers.
        return None


def _space(coordinates: tuple[float, ...]) -> Space:
    """The space of `cHRM`: white, red, green, blue; sRGB if they are equal to it or invalid."""
    if len(coordinates) != 8 or not all(0 < value < 1 for value in coordinates):
        return SRGB
    white, red, green, blue = ((coordinates[at], coordinates[at + 1]) for at in range(0, 8, 2))
    srgb = SRGB
    found = Space(red, green, blue, white, None)
    is_srgb = all(
        abs(one - other) < 0.005
        for own, expected in zip(found[:4], srgb[:4], strict=True)
        for one, other in zip(own, expected, strict=True)
    )
    (xr, yr), (xg, yg), (xb, yb) = red, green, blue
    area = abs((xg - xr) * (yb - yr) - (xb - xr) * (yg - yr))
    return srgb if is_srgb or area < 0.01 else found


def _is_adobe_rgb(path: Path) -> bool:
    """Cameras declare Adobe RGB by an interoperability index, some by a colour space of 2."""
    details, colour_space, interoperability, index = 0x8769, 0xA001, 0xA005, 1
    with blocks_in(path) as blocks:
        first = None if blocks is None else formats.first_directory(blocks.exif)
        camera = None if first is None else first.below(details)
        if camera is None:
            return False
        below = camera.below(interoperability)
        named = below is not None and below.raw(index).startswith(b"R03")
        return named or camera.number(colour_space) == 2
