"""Pixels: opened by the one decoder that fits, upright, in sRGB, in the sizes that are served.

Runs in the child process (`images.decoder`), never in a web process. Plain Python.
"""

import importlib
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageCms

from articles.images.kinds import GIF, PNG, TIFF, Kind
from articles.images.metadata.exif import orientation_of
from articles.images.metadata.values import BROKEN_FILE
from articles.images.sizes import WIDTHS, Size, height_at

Pixels = Image.Image

MAX_PIXELS: Final = 100_000_000
"""Of a JPEG, which the decoder can shrink while it reads; other types may have half of it."""
MAX_FRAMES: Final = 500
MAX_SIDE: Final = 60_000

_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SRGB: Final = ImageCms.createProfile("sRGB")
_SAVE: Final[dict[str, dict[str, Any]]] = {
    "avif": {"format": "AVIF", "quality": 62, "speed": 8, "max_threads": 1},
    "webp": {"format": "WEBP", "quality": 80, "method": 2},
    "jpeg": {"format": "JPEG", "quality": 82, "optimize": True, "progressive": True},
    "png": {"format": "PNG", "optimize": True},
}
_CRISP: Final[dict[str, dict[str, Any]]] = {
    "avif": {"subsampling": "4:4:4"},
    "jpeg": {"subsampling": "4:4:4"},
}
"""For drawings and screenshots: thin coloured lines keep their colour."""


class Unfit(Exception):
    """The file cannot be taken in; the message is the sentence for the person who sent it."""


BROKEN: Final = "This picture is broken or cut off and cannot be read; export or copy it again."


def open_picture(path: Path, kind: Kind) -> Pixels:
    """The picture behind the path, its head read and its limits kept, not yet decoded.

    Raises:
        Unfit: for a file of too many pixels or frames, or none that can be read.
    """
    plugin: Any = importlib.import_module(f"PIL.{kind.plugin}ImagePlugin")
    if kind.plugin == "Avif":
        plugin.DEFAULT_MAX_THREADS = 1
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # our own limit below comes before any pixel is decoded
    try:
        picture = Image.open(path, formats=[kind.plugin])
    except BROKEN_FILE as mistake:
        raise Unfit(BROKEN) from mistake
    _keep_limits(picture, kind)
    return picture


def open_whole(path: Path, kind: Kind) -> Pixels:
    """An opened picture that will be decoded.

    A PNG is decoded here, since what it says about itself may stand behind its pixels; the others
    wait until it is known how small they may be.
    """
    picture = open_picture(path, kind)
    if kind is PNG:
        try:
            picture.load()
        except BROKEN_FILE as mistake:
            raise Unfit(BROKEN) from mistake
    return picture


def _keep_limits(picture: Pixels, kind: Kind) -> None:
    width, height = picture.size
    most = MAX_PIXELS if kind.plugin == "Jpeg" else MAX_PIXELS // 2
    if width < 1 or height < 1:
        raise Unfit(BROKEN)
    if width * height > most or max(width, height) > MAX_SIDE:
        sentence = (
            f"This picture has {width:,} × {height:,} pixels, more than the {most // 10**6} million "
            "we take in; save it smaller and upload that."
        )
        raise Unfit(sentence)
    if kind is TIFF and _is_raw(picture):
        sentence = "This is a camera's raw file; develop it, export it as JPEG and upload that."
        raise Unfit(sentence)
    if frames_of(picture) > MAX_FRAMES:
        sentence = (
            f"This animation has more than {MAX_FRAMES} frames; shorten it, or upload a still."
        )
        raise Unfit(sentence)


def frames_of(picture: Pixels) -> int:
    """How many frames, counted without decoding them; a broken sequence counts as a still."""
    try:
        return int(getattr(picture, "n_frames", 1))
    except BROKEN_FILE:
        return 1


def _is_raw(picture: Pixels) -> bool:
    tags: Any = getattr(picture, "tag_v2", {})
    dng_version, photometric, colour_filter = 50706, 262, 32803
    return dng_version in tags or tags.get(photometric) == colour_filter


def turn_of(picture: Pixels) -> int:
    """The orientation that is still to be applied, 1 for none.

    Pillow turns TIFF files itself. In AVIF the container says how to turn, whatever EXIF says;
    Pillow hands that over in an EXIF of its own.
    """
    if hasattr(picture, "tag_v2"):
        return 1
    if picture.format == "AVIF":
        return int(picture.getexif().get(0x0112, 1))
    return orientation_of(picture) or 1


def upright_size(picture: Pixels) -> tuple[int, int]:
    width, height = picture.size
    return (height, width) if turn_of(picture) >= 5 else (width, height)


def is_transparent(picture: Pixels) -> bool:
    """Whether any pixel of a decoded picture lets the page shine through."""
    return picture.mode == "RGBA" and int(picture.getchannel("A").getextrema()[0]) < 255  # type: ignore[arg-type]


def decode(picture: Pixels, widest: int = WIDTHS[-1]) -> Pixels:
    """The pixels, upright, in sRGB (RGB or RGBA), at most `widest` wide, with nothing else on them."""
    profile = picture.info.get("icc_profile")
    turn = turn_of(picture)
    width, height = upright_size(picture)
    fitting = min(widest, width)
    aim = (fitting, height_at(fitting, width, height))
    lying = aim[::-1] if turn >= 5 else aim
    picture.draft(picture.mode, lying)
    picture.load()
    plain = _resizable(picture)
    if plain.size != lying:
        plain = plain.resize(lying, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if turn in _TURNS:
        plain = plain.transpose(_TURNS[turn])
    plain = to_srgb(plain, profile if isinstance(profile, bytes) else None)
    plain.info = {}
    return plain


def _resizable(picture: Pixels) -> Pixels:
    """In a mode that can be scaled: no palettes, no single bits, no more than eight bits a channel."""
    mode = picture.mode
    see_through = "transparency" in picture.info
    if mode in {"RGB", "L"}:
        return picture.convert("RGBA") if see_through else picture
    if mode in {"RGBA", "CMYK", "LAB"}:
        return picture
    if mode.startswith("I") or mode == "F":
        return _eight_bits(picture)
    if mode == "1":
        return picture.convert("L")
    alpha = mode in {"LA", "La", "PA", "RGBa"} or see_through
    return picture.convert("RGBA" if alpha else "RGB")


def _eight_bits(picture: Pixels) -> Pixels:
    """Grey of 16 or 32 bits on 256 steps; a 16-bit file keeps its scale, others are stretched."""
    grey = picture.convert("F")
    low, high = (float(edge) for edge in grey.getextrema())  # type: ignore[arg-type]
    if picture.mode.startswith("I;16") or (picture.mode == "I" and low >= 0 and high <= 65_535):
        low, high = 0.0, 65_535.0
    scale = 255.0 / ((high - low) or 1.0)
    return grey.point(lambda value: value * scale - low * scale).convert("L")


def to_srgb(picture: Pixels, profile: bytes | None) -> Pixels:
    """Converted from the file's own profile, by relative colorimetry with black-point compensation.

    A profile that is broken, or made for another kind of pixels, is passed over.
    """
    target = "RGBA" if picture.mode == "RGBA" else "RGB"
    source: Any = None
    if picture.mode == "LAB":
        source = ImageCms.createProfile("LAB")
    elif profile:
        picture, source = _with_profile(picture, profile)
    if source is not None:
        try:
            converted = ImageCms.profileToProfile(
                picture,
                source,
                _SRGB,
                renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                outputMode=target,
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted
    return picture if picture.mode == target else picture.convert(target)


def _with_profile(picture: Pixels, profile: bytes) -> tuple[Pixels, Any]:
    try:
        opened = ImageCms.ImageCmsProfile(BytesIO(profile))
        space = opened.profile.xcolor_space.strip()
    except (ImageCms.PyCMSError, OSError, ValueError, AttributeError):
        return picture, None
    if space == "RGB" and picture.mode == "L":
        return picture.convert("RGB"), opened
    fits = {"RGB": {"RGB", "RGBA"}, "GRAY": {"L"}, "CMYK": {"CMYK"}}.get(space, set())
    return picture, (opened if picture.mode in fits else None)


def write(picture: Pixels, size: Size, path: Path, *, kind: Kind) -> None:
    """One rendition of decoded pixels, without anything the original said about itself."""
    pixels = picture if picture.size == (size.width, size.height) else scaled(picture, size)
    if size.format == "jpeg" and pixels.mode != "RGB":
        pixels = on_white(pixels)
    crisp = _CRISP.get(size.format, {}) if kind in {GIF, PNG} else {}
    pixels.save(path, **_SAVE[size.format], **crisp)


def scaled(picture: Pixels, size: Size) -> Pixels:
    return picture.resize((size.width, size.height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def on_white(picture: Pixels) -> Pixels:
    """Without transparency, as it would look on paper."""
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper
