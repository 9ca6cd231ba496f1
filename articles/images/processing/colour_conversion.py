"""Colours: from whatever a file means by its numbers to sRGB.

By LittleCMS, relative colorimetric with black-point compensation. Runs in the child process. Plain
Python.
"""

from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageCms

from articles.images.processing.cmyk import coated_paper

Pixels = Image.Image

MAX_PROFILE: Final = 8 * 1024 * 1024
_SRGB: Final = ImageCms.createProfile("sRGB")
_BROKEN_PROFILE: Final = (ImageCms.PyCMSError, OSError, ValueError, TypeError, AttributeError)
_FITS: Final = {
    "RGB": {"RGB", "RGBA"},
    "GRAY": {"L", "LA", "I;16"},
    "CMYK": {"CMYK"},
    "Lab": {"LAB"},
}
"""The space a profile speaks of, and the modes that are pixels of it."""


class Colours:
    """The way from one file's pixels to sRGB, found once and used for each of its frames.

    A profile that is broken, or made for another kind of pixels, is passed over. Inks without one
    are taken to be printed on coated paper.
    """

    def __init__(self, profile: bytes | None) -> None:
        self._profile = profile if profile and len(profile) <= MAX_PROFILE else None
        self._ways: dict[str, Any] = {}

    def to_srgb(self, picture: Pixels) -> Pixels:
        """As RGB, or RGBA where something shines through."""
        if picture.mode in {"LA", "RGBA"}:
            plain = self.to_srgb(picture.convert(picture.mode.removesuffix("A")))
            plain.putalpha(picture.getchannel("A"))
            return plain
        if picture.mode not in self._ways:
            self._ways[picture.mode] = self._way(picture.mode)
        way = self._ways[picture.mode]
        if way is not None:
            try:
                return _applied(way, picture)
            except _BROKEN_PROFILE:
                self._ways[picture.mode] = None  # plain numbers then, as for a file without one
        if picture.mode == "I;16":
            picture = eight_bits(picture)
        return picture if picture.mode == "RGB" else picture.convert("RGB")

    def _way(self, mode: str) -> Any:
        source = self._source(mode)
        if source is None:
            return None
        try:
            return ImageCms.buildTransform(
                source,
                _SRGB,
                mode,
                "RGB",
                renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
        except _BROKEN_PROFILE:
            return None

    def _source(self, mode: str) -> Any:
        if mode == "LAB":
            return ImageCms.createProfile("LAB")
        own = _opened(self._profile) if self._profile else None
        if own is not None and mode in _FITS.get(own.profile.xcolor_space.strip(), ()):
            return own
        return _opened(coated_paper()) if mode == "CMYK" else None


def _opened(profile: bytes) -> Any:
    try:
        return ImageCms.ImageCmsProfile(BytesIO(profile))
    except _BROKEN_PROFILE:
        return None


def _applied(way: Any, picture: Pixels) -> Pixels:
    changed = Image.new("RGB", picture.size)
    way.apply(picture, changed)
    return changed


def eight_bits(picture: Pixels) -> Pixels:
    """Grey of 16 or 32 bits on 256 steps; a 16-bit file keeps its scale, others are stretched."""
    low, high = 0.0, 65_535.0
    if not picture.mode.startswith("I;16"):
        found = picture.getextrema()
        least, most = (float(edge) for edge in found)  # type: ignore[arg-type]
        if picture.mode == "F" or least < 0 or most > high:
            low, high = least, most
    scale = 255.0 / ((high - low) or 1.0)
    return (
        picture.convert("F").point(lambda value: value * scale + (0.5 - low * scale)).convert("L")
    )
