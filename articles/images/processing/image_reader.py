"""Opens a file with the one decoder for its type, and checks limits before decoding.

Runs in the child process (`decoder_process`), never in a web process. Plain Python.

The frames of a GIF are counted by its blocks (GIF89a specification, sections 18 to 26). Pillow counts too, but
to the end, and a file may have millions of frames.
"""

import importlib
import warnings
from pathlib import Path
from typing import IO, Any, Final

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

Pixels = Image.Image

MAX_PIXELS: Final = {JPEG: 102, PNG: 61, TIFF: 61, GIF: 25, AVIF: 25, WEBP: 20}
"""In millions, by the memory a decoder needs. A JPEG is scaled down while it is read; WebP and AVIF
are in memory four times. With these limits every file stays within `decoder_process.MEMORY`."""
MAX_SIDE: Final = 60_000
MAX_FRAMES: Final = 500
MAX_MOVING: Final = 200
"""Millions of pixels in all frames of an animation together."""
MAX_COEFFICIENTS: Final = 330_000_000
"""Bytes that a progressive JPEG needs before its first pixel is known."""


class Unfit(Exception):
    """The file is rejected; the message is for the user."""


def open_image(path: Path, kind: Kind) -> Pixels:
    """The opened image, within the limits, not yet decoded.

    Raises:
        Unfit: it has too many pixels or frames, or cannot be read.
    """
    plugin: Any = importlib.import_module(f"PIL.{kind.plugin}ImagePlugin")
    if kind is AVIF:
        plugin.DEFAULT_MAX_THREADS = 1
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # our own limits have better messages
    if kind in {WEBP, AVIF}:
        _check_size(*stated_size(path, kind), kind)
    if kind is GIF:
        _check_block_count(path)
    try:
        image = Image.open(path, formats=[kind.plugin])
    except BROKEN_FILE as mistake:
        raise Unfit(_error_for(path, kind, plugin)) from mistake
    _check_limits(image, path, kind)
    # A GIF may grow from frame to frame.
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS[kind] * 10**6 // 2
    return image


def open_whole(path: Path, kind: Kind) -> Pixels:
    """An opened image that will be decoded.

    A PNG is decoded here, because its metadata may come after the pixels; other types are decoded
    when the target size is known.
    """
    image = open_image(path, kind)
    if kind is PNG:
        try:
            image.load()
        except BROKEN_FILE as mistake:
            raise Unfit(BROKEN) from mistake
    return image


def _error_for(path: Path, kind: Kind, plugin: Any) -> str:
    """An intact TIFF may have a pixel format that Pillow does not support."""
    if kind is not TIFF:
        return BROKEN
    try:
        plugin.TiffImageFile(path)
    except BROKEN_FILE as error:
        text = str(error)
        return UNUSUAL if "unknown pixel mode" in text or "unknown data org" in text else BROKEN
    return BROKEN


def stated_size(path: Path, kind: Kind) -> tuple[int, int]:
    """The size in the header of a WebP or AVIF, whose decoders allocate memory for all of it."""
    with path.open("rb") as file:
        head = file.read(16_384)
    return _webp_size(head) if kind is WEBP else _avif_size(head)


def _check_block_count(path: Path) -> None:
    """Pillow searches all blocks for a frame."""
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


def _check_size(width: int, height: int, kind: Kind) -> None:
    most = MAX_PIXELS[kind]
    if width * height > most * 10**6:
        raise Unfit(
            f"The {kind.name} has {width:,} × {height:,} pixels; the maximum is {most} million. "
            f"{SAVE_SMALLER}"
        )
    if max(width, height) > MAX_SIDE:
        raise Unfit(
            f"The {kind.name} has {width:,} × {height:,} pixels; the maximum is {MAX_SIDE:,} per "
            f"side. {SAVE_SMALLER}"
        )


def _check_limits(image: Pixels, path: Path, kind: Kind) -> None:
    if min(image.size) < 1:
        raise Unfit(BROKEN)
    _check_size(*image.size, kind)
    if kind is TIFF and _is_raw(image):
        raise Unfit(RAW)
    if kind is JPEG and _coefficients(image) > MAX_COEFFICIENTS:
        raise Unfit(
            f"The progressive JPEG has {image.width:,} × {image.height:,} pixels and needs too "
            "much memory. Save it as “baseline” or smaller and upload that."
        )
    frames = frames_of(image, path, kind)
    if frames > MAX_FRAMES:
        raise Unfit(
            f"The animation has more than {MAX_FRAMES} frames. Shorten it or upload a still."
        )
    if frames > 1 and frames * image.width * image.height > MAX_MOVING * 10**6:
        raise Unfit(
            f"The animation has {frames} frames of {image.width:,} × {image.height:,} pixels; "
            f"the maximum is {MAX_MOVING} million pixels in total. Make it smaller or shorter, or "
            "upload a still."
        )


def frames_of(image: Pixels, path: Path, kind: Kind) -> int:
    """The number of frames, without decoding them, counted to just above the limit.

    TIFF pages and stereo JPEGs are not animations. A broken sequence is a still.
    """
    if kind in {TIFF, JPEG}:
        return 1
    if kind is GIF:
        return gif_frames(path, most=MAX_FRAMES + 1)
    return int(getattr(image, "n_frames", 1))


def _coefficients(image: Pixels) -> int:
    """Bytes of memory for all coefficients of a progressive JPEG: two for each sample."""
    layers: Any = getattr(image, "layer", [])
    if not image.info.get("progressive") or not layers:
        return 0
    across, down = (max(layer[at] for layer in layers) for at in (1, 2))
    sample_bytes = image.width * image.height * 2
    return int(sum(sample_bytes * layer[1] * layer[2] / (across * down) for layer in layers))


def _is_raw(image: Pixels) -> bool:
    tags: Any = getattr(image, "tag_v2", {})
    dng_version, photometric, colour_filter = 50706, 262, 32803
    return dng_version in tags or tags.get(photometric) == colour_filter


def turn_of(image: Pixels) -> int:
    """The EXIF orientation that is still to be applied, 1 for none.

    Pillow rotates TIFF files itself. In AVIF the container has the rotation, which Pillow provides
    as EXIF.
    """
    if hasattr(image, "tag_v2"):
        return 1
    if image.format == "AVIF":
        return int(image.getexif().get(0x0112, 1))
    return orientation_of(image) or 1


def upright_size(image: Pixels) -> tuple[int, int]:
    width, height = image.size
    return (height, width) if turn_of(image) >= 5 else (width, height)


MAX_BLOCKS: Final = 1_000_000
"""Four times as many as in the largest accepted normal GIF."""

_EXTENSION: Final = b"!"
_IMAGE: Final = b","


def gif_frames(path: Path, most: int) -> int:
    """The number of frames, at most `most`; those after broken data are not counted.

    Raises:
        ValueError: for a file with too many blocks.
    """
    with path.open("rb") as file:
        screen = file.read(13)
        if len(screen) < 13:
            return 0
        _skip_colours(file, screen[10])
        found = passed = 0
        while found < most:
            block = file.read(1)
            if block == _EXTENSION:
                file.seek(1, 1)
            elif block == _IMAGE:
                place = file.read(9)
                if len(place) < 9:
                    break
                _skip_colours(file, place[8])
                file.seek(1, 1)  # the width of the first codes
            elif block != b"\0":
                break
            found += block == _IMAGE
            passed += _skip_data(file, MAX_BLOCKS - passed) if block != b"\0" else 1
            if passed >= MAX_BLOCKS:
                raise ValueError("The file has too many blocks.")
        return found


def _skip_colours(file: IO[bytes], flags: int) -> None:
    if flags & 0x80:
        file.seek(3 << (flags & 7) + 1, 1)


def _skip_data(file: IO[bytes], most: int) -> int:
    """Skips sub-blocks to their end or that of the file; returns their number, at most `most`."""
    passed = 1
    while passed < most and (length := file.read(1)) and length != b"\0":
        file.seek(length[0], 1)
        passed += 1
    return passed
