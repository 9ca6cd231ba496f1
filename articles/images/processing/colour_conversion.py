"""Colour conversion to sRGB with LittleCMS, relative colorimetric with black-point compensation.

Runs in the child process. Plain Python. CMYK images without a profile get one of four inks on coated
paper, after Neugebauer's model: a mixture of dots is the sum of the sixteen solids that they form, each
by the part of the paper it covers (Demichel), in the root of reflectance after Yule and Nielsen. The
solids are those of ISO 12647-2 for offset on coated paper.
"""

from functools import cache
from io import BytesIO
from itertools import product
from math import prod
from typing import Any, Final

from PIL import Image, ImageCms

from articles.images.processing.colour_spaces import D50_XYZ, Three, ink_profile

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
