"""Colour conversion to sRGB with LittleCMS, relative colorimetric with black-point compensation.

Runs in the child process. Plain Python.
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
"""Colour space of a profile → pixel modes it applies to."""


class Colours:
    """The transform from one file's pixels to sRGB, used for each of its frames.

    A broken profile, or one for another pixel mode, is ignored. CMYK without a profile is assumed
    to be printed on coated paper.
    """

    def __init__(self, profile: bytes | None) -> None:
        self._profile = profile if profile and len(profile) <= MAX_PROFILE else None
        self._transforms: dict[str, Any] = {}

    def to_srgb(self, image: Pixels) -> Pixels:
        """As RGB, or RGBA if there is transparency."""
        if image.mode in {"LA", "RGBA"}:
            plain = self.to_srgb(image.convert(image.mode.removesuffix("A")))
            plain.putalpha(image.getchannel("A"))
            return plain
        if image.mode not in self._transforms:
            self._transforms[image.mode] = self._transform(image.mode)
        transform = self._transforms[image.mode]
        if transform is not None:
            try:
                return _applied(transform, image)
            except _BROKEN_PROFILE:
                self._transforms[image.mode] = None  # as for a file without a profile
        if image.mode == "I;16":
            image = eight_bits(image)
        return image if image.mode == "RGB" else image.convert("RGB")

    def _transform(self, mode: str) -> Any:
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


def _applied(transform: Any, image: Pixels) -> Pixels:
    changed = Image.new("RGB", image.size)
    transform.apply(image, changed)
    return changed


def eight_bits(image: Pixels) -> Pixels:
    """Grey of 16 or 32 bits as 8 bits; 16 bits keep their scale, others are stretched."""
    low, high = 0.0, 65_535.0
    if not image.mode.startswith("I;16"):
        found = image.getextrema()
        least, most = (float(edge) for edge in found)  # type: ignore[arg-type]
        if image.mode == "F" or least < 0 or most > high:
            low, high = least, most
    scale = 255.0 / ((high - low) or 1.0)
    return image.convert("F").point(lambda value: value * scale + (0.5 - low * scale)).convert("L")
