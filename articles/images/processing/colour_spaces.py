"""Colour spaces that are declared without a profile.

Sources: PNG (W3C 2025) 11.3.2, ITU-T H.273 for the numbers of AVIF, DCF 2.0 for Adobe RGB in EXIF.
Runs in the child process. Plain Python.
"""

from pathlib import Path
from typing import Any, Final

from articles.images.metadata.block_finder import blocks_in
from articles.images.processing import icc_profiles
from articles.images.processing.file_types import AVIF, HDR, JPEG, PNG, TIFF, Kind
from articles.images.processing.formats import tiff
from articles.images.processing.image_reader import Pixels, Unfit

_HEAD: Final = 16_384
_PRIMARIES: Final = {12: icc_profiles.DISPLAY_P3, 9: icc_profiles.BT_2020}
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
        return icc_profiles.rgb_profile(icc_profiles.ADOBE_RGB)
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
    space = _PRIMARIES.get(primaries, icc_profiles.SRGB)
    gamma = _GAMMAS.get(transfer)
    if space is icc_profiles.SRGB and gamma is None:
        return None
    return icc_profiles.rgb_profile(space._replace(gamma=gamma))


def _by_gamma(image: Pixels) -> bytes | None:
    """The old `gAMA` and `cHRM` chunks."""
    gamma = image.info.get("gamma")
    if not isinstance(gamma, float) or not 0.1 <= gamma <= 5:
        return None
    plain = abs(gamma / _GAMMA_OF_SRGB - 1) < 0.05
    if image.mode in {"1", "L", "LA", "I;16"}:
        return None if plain else icc_profiles.grey_profile(1 / gamma)
    places: Any = image.info.get("chromaticity") or ()
    space = _space(places)
    if plain:
        return None if space is icc_profiles.SRGB else icc_profiles.rgb_profile(space)
    return icc_profiles.rgb_profile(space._replace(gamma=1 / gamma))


def _space(places: tuple[float, ...]) -> icc_profiles.Space:
    """The space of `cHRM`: white, red, green, blue; sRGB if they are equal to it or invalid."""
    if len(places) != 8 or not all(0 < place < 1 for place in places):
        return icc_profiles.SRGB
    white, red, green, blue = ((places[at], places[at + 1]) for at in range(0, 8, 2))
    srgb = icc_profiles.SRGB
    found = icc_profiles.Space(red, green, blue, white, None)
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
        first = None if blocks is None else tiff.first_directory(blocks.exif)
        camera = None if first is None else first.below(details)
        if camera is None:
            return False
        below = camera.below(interoperability)
        named = below is not None and below.raw(index).startswith(b"R03")
        return named or camera.number(colour_space) == 2
