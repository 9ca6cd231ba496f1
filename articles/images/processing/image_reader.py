"""Opening a file by the one decoder that fits, its limits kept before any pixel is decoded.

Runs in the child process (`images.decoder`), never in a web process. Plain Python.
"""

import importlib
import warnings
from pathlib import Path
from typing import Any, Final

from PIL import Image

from articles.images.metadata.exif import orientation_of
from articles.images.metadata.fields import BROKEN_FILE
from articles.images.processing.file_types import (
    AVIF,
    BROKEN,
    GIF,
    JPEG,
    PNG,
    RAW,
    SAVE_SMALLER,
    TIFF,
    UNUSUAL,
    WEBP,
    Kind,
)
from articles.images.processing.gif_frames import gif_frames

Pixels = Image.Image

MAX_PIXELS: Final = {JPEG: 102, PNG: 61, TIFF: 61, GIF: 25, AVIF: 25, WEBP: 20}
"""In millions, by what a decoder needs of memory. A JPEG is shrunk while it is read; WebP and AVIF
are held four times over. With them every file stays within `decoder.MEMORY`."""
MAX_SIDE: Final = 60_000
MAX_FRAMES: Final = 500
MAX_MOVING: Final = 200
"""Millions of pixels in all frames of an animation together."""
MAX_COEFFICIENTS: Final = 330_000_000
"""Bytes that a progressive JPEG needs before its first pixel is known."""


class Unfit(Exception):
    """The file cannot be taken in; the message is the sentence for the person who sent it."""


def open_picture(path: Path, kind: Kind) -> Pixels:
    """The picture behind the path, its head read and its limits kept, not yet decoded.

    Raises:
        Unfit: for a file of too many pixels or frames, or none that can be read.
    """
    plugin: Any = importlib.import_module(f"PIL.{kind.plugin}ImagePlugin")
    if kind is AVIF:
        plugin.DEFAULT_MAX_THREADS = 1
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # our own limits speak in sentences
    if kind in {WEBP, AVIF}:
        _keep_size(*stated_size(path, kind), kind)
    if kind is GIF:
        _refuse_endless(path)
    try:
        picture = Image.open(path, formats=[kind.plugin])
    except BROKEN_FILE as mistake:
        raise Unfit(_why_not(path, kind, plugin)) from mistake
    _keep_limits(picture, path, kind)
    # A GIF may grow from frame to frame.
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS[kind] * 10**6 // 2
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


def _why_not(path: Path, kind: Kind, plugin: Any) -> str:
    """A TIFF may be whole and yet hold what Pillow has no name for: 32 bits, five colours."""
    if kind is not TIFF:
        return BROKEN
    try:
        plugin.TiffImageFile(path)
    except BROKEN_FILE as mistake:
        words = str(mistake)
        return UNUSUAL if "unknown pixel mode" in words or "unknown data org" in words else BROKEN
    return BROKEN


def stated_size(path: Path, kind: Kind) -> tuple[int, int]:
    """The size by the head of a WebP or AVIF, whose decoders take memory for all of it at once."""
    with path.open("rb") as file:
        head = file.read(16_384)
    return _webp_size(head) if kind is WEBP else _avif_size(head)


def _refuse_endless(path: Path) -> None:
    """Pillow looks for a frame as long as there are blocks."""
    try:
        gif_frames(path, most=MAX_FRAMES + 1)
    except ValueError as mistake:
        raise Unfit(BROKEN) from mistake


def _webp_size(head: bytes) -> tuple[int, int]:
    """RFC 9649, sections 2.5 to 2.7."""
    form, data = head[12:16], head[20:30]
    if form == b"VP8X":
        return int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1
    if form == b"VP8 ":
        sides = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        return next(sides), next(sides)
    bits = int.from_bytes(data[1:5], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _avif_size(head: bytes) -> tuple[int, int]:
    """The largest of the image spatial extents (ISO/IEC 23008-12, 6.5.3): a grid, or its tiles."""
    largest, at = (0, 0), head.find(b"ispe")
    while at >= 0:
        size = int.from_bytes(head[at + 8 : at + 12]), int.from_bytes(head[at + 12 : at + 16])
        largest = max(largest, size, key=lambda sides: sides[0] * sides[1])
        at = head.find(b"ispe", at + 4)
    return largest


def _keep_size(width: int, height: int, kind: Kind) -> None:
    most = MAX_PIXELS[kind]
    if width * height > most * 10**6:
        sentence = (
            f"This {kind.name} has {width:,} × {height:,} pixels, more than the {most} million "
            f"we take in; {SAVE_SMALLER}"
        )
        raise Unfit(sentence)
    if max(width, height) > MAX_SIDE:
        sentence = (
            f"This {kind.name} has {width:,} × {height:,} pixels; at most {MAX_SIDE:,} on a side "
            f"are taken in; {SAVE_SMALLER}"
        )
        raise Unfit(sentence)


def _keep_limits(picture: Pixels, path: Path, kind: Kind) -> None:
    if min(picture.size) < 1:
        raise Unfit(BROKEN)
    _keep_size(*picture.size, kind)
    if kind is TIFF and _is_raw(picture):
        raise Unfit(RAW)
    if kind is JPEG and _coefficients(picture) > MAX_COEFFICIENTS:
        sentence = (
            f"This progressive JPEG has {picture.width:,} × {picture.height:,} pixels and needs "
            "more memory than we give to one file; save it as “baseline”, or smaller, and upload "
            "that."
        )
        raise Unfit(sentence)
    frames = frames_of(picture, path, kind)
    if frames > MAX_FRAMES:
        sentence = (
            f"This animation has more than {MAX_FRAMES} frames; shorten it, or upload a still."
        )
        raise Unfit(sentence)
    if frames > 1 and frames * picture.width * picture.height > MAX_MOVING * 10**6:
        sentence = (
            f"This animation has {frames} frames of {picture.width:,} × {picture.height:,} pixels, "
            f"more than the {MAX_MOVING} million in all that we keep moving; make it smaller or "
            "shorter, or upload a still."
        )
        raise Unfit(sentence)


def frames_of(picture: Pixels, path: Path, kind: Kind) -> int:
    """How many frames move, without decoding them; counted no further than a little too many.

    The pages of a TIFF and the two eyes of a JPEG do not move. A broken sequence is a still.
    """
    if kind in {TIFF, JPEG}:
        return 1
    if kind is GIF:
        return gif_frames(path, most=MAX_FRAMES + 1)
    return int(getattr(picture, "n_frames", 1))


def _coefficients(picture: Pixels) -> int:
    """Bytes of memory for all coefficients of a progressive JPEG: two for each sample."""
    layers: Any = getattr(picture, "layer", [])
    if not picture.info.get("progressive") or not layers:
        return 0
    across, down = (max(layer[at] for layer in layers) for at in (1, 2))
    whole = picture.width * picture.height * 2
    return int(sum(whole * layer[1] * layer[2] / (across * down) for layer in layers))


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
