"""Colour conversion by LittleCMS, in floating point, to compare with ours."""

import ctypes
import ctypes.util
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import PIL
import pytest

RELATIVE_COLORIMETRIC: Final = 1
BLACK_POINT_COMPENSATION: Final = 0x2000
NO_CACHE: Final = 0x0040

# lcms2.h: the flag for floating point, the colour space, the number of channels.
FORMATS: Final = {
    "RGB": 1 << 22 | 4 << 16 | 3 << 3,
    "GRAY": 1 << 22 | 3 << 16 | 1 << 3,
    "CMYK": 1 << 22 | 6 << 16 | 4 << 3,
    "Lab": 1 << 22 | 10 << 16 | 3 << 3,
}
CHANNELS: Final = {"RGB": 3, "GRAY": 1, "CMYK": 4, "Lab": 3}

Colour = tuple[float, ...]


@cache
def library() -> Any:
    """The library of the system, or that of Pillow; skips the test if there is neither."""
    found = ctypes.util.find_library("lcms2")
    bundled = sorted((Path(PIL.__file__).parent.parent / "pillow.libs").glob("liblcms2*"))
    name = found or (str(bundled[0]) if bundled else "")
    if not name:
        pytest.skip("there is no LittleCMS on this machine to compare with")
    lcms = ctypes.CDLL(name)
    pointer = ctypes.c_void_p
    lcms.cmsOpenProfileFromMem.restype = pointer
    lcms.cmsOpenProfileFromMem.argtypes = [ctypes.c_char_p, ctypes.c_uint32]
    lcms.cmsCreate_sRGBProfile.restype = pointer
    lcms.cmsCreateLab4Profile.restype = pointer
    lcms.cmsCreateLab4Profile.argtypes = [pointer]
    lcms.cmsCreateTransform.restype = pointer
    number = ctypes.c_uint32
    lcms.cmsCreateTransform.argtypes = [pointer, number, pointer, number, number, number]
    lcms.cmsDoTransform.argtypes = [pointer, pointer, pointer, ctypes.c_uint32]
    return lcms


def converted(colours: Sequence[Colour], space: str, profile: bytes, to: str) -> list[Colour]:
    """From a profile's numbers (RGB and grey 0 to 1, inks 0 to 100) to `RGB` of sRGB, or `Lab`.

    RGB is clipped to the sRGB gamut.
    """
    lcms = library()
    source = lcms.cmsOpenProfileFromMem(profile, len(profile)) if profile else _builtin(space)
    assert source, "LittleCMS opens the profile"
    target = _builtin(to)
    transform = lcms.cmsCreateTransform(
        source,
        FORMATS[space],
        target,
        FORMATS[to],
        RELATIVE_COLORIMETRIC,
        BLACK_POINT_COMPENSATION | NO_CACHE,
    )
    assert transform, "LittleCMS creates the transform"
    input_values = [value for colour in colours for value in colour]
    source_values = (ctypes.c_double * len(input_values))(*input_values)
    result = (ctypes.c_double * (len(colours) * 3))()
    lcms.cmsDoTransform(transform, source_values, result, len(colours))
    highest = 1.0 if to == "RGB" else 1000.0
    lowest = 0.0 if to == "RGB" else -1000.0
    values = [min(max(value, lowest), highest) for value in result]
    return [tuple(values[at : at + 3]) for at in range(0, len(values), 3)]


def lab_of_srgb(colours: Sequence[Colour]) -> list[Colour]:
    """sRGB colours (0 to 1) in CIELAB."""
    return converted(colours, "RGB", b"", "Lab")


def _builtin(space: str) -> Any:
    lcms = library()
    return lcms.cmsCreateLab4Profile(None) if space == "Lab" else lcms.cmsCreate_sRGBProfile()
