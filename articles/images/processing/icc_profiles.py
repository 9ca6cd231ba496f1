"""Writes colour profiles for files that declare their colour space in another way.

Source: ICC.1:2001-04 (version 2.4), which every colour engine reads; adaptation to D50 after
Bradford. Plain Python.
"""

import struct
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

Place = tuple[float, float]
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

    red: Place
    green: Place
    blue: Place
    white: Place
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
    straight = struct.pack(">2H", 0, 65_535)
    colours = b"".join(
        struct.pack(">3H", _step(light * 652.8), _step((a + 128) * 256), _step((b + 128) * 256))
        for light, a, b in labs
    )
    unit = struct.pack(">9i", 65_536, 0, 0, 0, 65_536, 0, 0, 0, 65_536)
    head = struct.pack(">4s4x4B", b"mft2", 4, 3, grid, 0) + unit + struct.pack(">2H", 2, 2)
    return _profile(b"CMYK", b"Lab ", [(b"A2B0", head + straight * 4 + colours + straight * 3)])


def _step(value: float) -> int:
    return min(max(round(value), 0), 65_535)


def _columns(space: Space) -> list[Three]:
    """The primaries' XYZ, scaled so that together they are white, adapted to D50."""
    places = (space.red, space.green, space.blue)
    unscaled = _transposed(tuple(_xyz_of(place) for place in places))
    white = _xyz_of(space.white)
    scales = _times(_inverse(unscaled), white)
    seen, wanted = _times(_BRADFORD, white), _times(_BRADFORD, D50_XYZ)
    adapted = []
    for place, scale in zip(places, scales, strict=True):
        cones = _times(_BRADFORD, tuple(part * scale for part in _xyz_of(place)))
        turned = tuple(cone * to / was for cone, to, was in zip(cones, wanted, seen, strict=True))
        adapted.append(_times(_inverse(_BRADFORD), turned))
    return adapted


def _xyz_of(place: Place) -> Three:
    x, y = place
    return x / y, 1.0, (1 - x - y) / y


def _times(matrix: Sequence[Sequence[float]], column: Sequence[float]) -> Three:
    one, two, three = (sum(a * b for a, b in zip(row, column, strict=True)) for row in matrix)
    return one, two, three


def _transposed(rows: Sequence[Sequence[float]]) -> Matrix:
    one, two, three = zip(*rows, strict=True)
    return one, two, three


def _inverse(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    first, second, third = e * i - f * h, f * g - d * i, d * h - e * g
    whole = a * first + b * second + c * third
    return (
        (first / whole, (c * h - b * i) / whole, (b * f - c * e) / whole),
        (second / whole, (a * i - c * g) / whole, (c * d - a * f) / whole),
        (third / whole, (b * g - a * h) / whole, (a * e - b * d) / whole),
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
