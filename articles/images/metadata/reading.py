"""Three blocks, one answer: which of them counts (docs/algorithms/metadata.md)."""

import hashlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from PIL import Image

from articles.images.metadata import exif, iim, xmp
from articles.images.metadata.values import (
    BROKEN_FILE,
    MAX_BLOCK,
    PictureMetadata,
    Unreadable,
    date_of,
    joined,
    texts_of,
)

Block = dict[str, list[str]]

FORMATS: Final = ("JPEG", "PNG", "WEBP", "AVIF", "TIFF", "GIF")

_IIM_RESOURCE: Final = 0x0404
_DIGEST_RESOURCE: Final = 0x0425
_XMP_TAG: Final = 700
_IIM_TAG: Final = 33723
_PHOTOSHOP_TAG: Final = 34377
_TEXTS: Final = (
    "headline",
    "title",
    "caption",
    "byline",
    "credit",
    "source",
    "copyright",
    "usage_terms",
    "alt_text",
    "extended_description",
    "city",
    "country",
)


def read_file(path: Path) -> PictureMetadata:
    """What the file says.

    Raises:
        Unreadable: when the file cannot be opened as a picture.
    """
    try:
        with _quietly(), Image.open(path, formats=FORMATS) as picture:
            return read(picture)
    except Image.DecompressionBombError as mistake:
        sentence = "The picture is too large to be opened."
        raise Unreadable(sentence) from mistake
    except FileNotFoundError as mistake:
        sentence = "There is no such file."
        raise Unreadable(sentence) from mistake
    except BROKEN_FILE as mistake:
        sentence = "The file is not a picture that can be read."
        raise Unreadable(sentence) from mistake


def read(picture: Image.Image) -> PictureMetadata:
    """What an opened picture says; never raises for what a file can hold."""
    with _quietly():
        said_exif = exif.read(picture)
        photoshop = _photoshop_resources(picture)
        iim_block = _iim_block(picture, photoshop)
        said_xmp = xmp.read(_xmp_packet(picture))
        orientation = exif.orientation_of(picture)
    newer = _iim_is_newer(iim_block, _bytes(photoshop.get(_DIGEST_RESOURCE)))
    said_iim = iim.read(iim_block)
    fields: dict[str, Any] = {
        field: _choose(field, said_xmp, said_iim, said_exif, iim_first=newer) for field in _TEXTS
    }
    first, second = (said_iim, said_xmp) if newer else (said_xmp, said_iim)
    return PictureMetadata(
        **fields,
        taken=next(
            (day for block in (said_exif, first, second) if (day := _date(block)) is not None),
            None,
        ),
        orientation=orientation,
        keywords=texts_of(first.get("keywords")) or texts_of(second.get("keywords")),
    )


@contextmanager
def _quietly() -> Iterator[None]:
    """Pillow warns of what it passes over in a broken file; there is nobody to be warned."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _choose(
    field: str, said_xmp: Block, said_iim: Block, said_exif: Block, *, iim_first: bool
) -> str | None:
    """XMP, then IIM, then EXIF; IIM first where it was changed by a program that knows no XMP.

    An IIM value that is only the beginning of the XMP one was cut by the limits of IIM and never
    counts against it.
    """
    from_xmp, from_iim = joined(said_xmp.get(field)), joined(said_iim.get(field))
    if from_xmp and from_iim and iim_first and not _is_cut(field, from_iim, from_xmp):
        return from_iim
    return from_xmp or from_iim or joined(said_exif.get(field))


def _is_cut(field: str, short: str, whole: str) -> bool:
    limit = iim.LIMITS.get(field, 0)
    return len(short.encode()) >= limit - 4 and whole.startswith(short)


def _date(block: Block) -> str | None:
    return next((day for value in block.get("taken", []) if (day := date_of(value))), None)


def _iim_is_newer(block: bytes, digest: bytes) -> bool:
    """Photoshop keeps the MD5 of the IIM block it wrote; another one says that IIM changed since."""
    if not block or len(digest) != 16 or digest == bytes(16):
        return False
    return hashlib.md5(block, usedforsecurity=False).digest() != digest


def _photoshop_resources(picture: Image.Image) -> dict[int, Any]:
    resources = picture.info.get("photoshop")
    if isinstance(resources, dict):
        return resources
    return _parse_resources(_tag(picture, _PHOTOSHOP_TAG) or _raw_profile(picture, "iptc"))


def _parse_resources(block: bytes) -> dict[int, bytes]:
    """Image resource blocks (Adobe Photoshop File Formats): `8BIM`, id, Pascal name, size, data."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 12 <= len(block) and block[at : at + 4] == b"8BIM":
        code = int.from_bytes(block[at + 4 : at + 6])
        name = block[at + 6] + 1
        at += 6 + name + name % 2
        size = int.from_bytes(block[at : at + 4])
        found.setdefault(code, block[at + 4 : at + 4 + size])
        at += 4 + size + size % 2
    return found


def _xmp_packet(picture: Image.Image) -> bytes:
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp")
    if isinstance(packet, str):
        return packet.encode("utf-8", "replace")
    return _bytes(packet) or _tag(picture, _XMP_TAG)


def _tag(picture: Image.Image, tag: int) -> bytes:
    """A tag of a TIFF file as its bytes, whatever type it was declared with.

    Pillow's own IPTC reader goes to the same place, since its parsed value is cut.
    """
    unparsed: Any = getattr(getattr(picture, "tag_v2", None), "_tagdata", None)
    return _bytes(unparsed.get(tag)) if isinstance(unparsed, dict) else b""


def _iim_block(picture: Image.Image, photoshop: dict[int, Any]) -> bytes:
    """From Photoshop's resources, or a tag of its own in TIFF, sometimes in swapped words."""
    block = _bytes(photoshop.get(_IIM_RESOURCE)) or _tag(picture, _IIM_TAG)
    if block and block[0] != iim.MARKER and len(block) % 4 == 0:
        swapped = b"".join(block[at : at + 4][::-1] for at in range(0, len(block), 4))
        return swapped if swapped[0] == iim.MARKER else block
    return block


def _raw_profile(picture: Image.Image, name: str) -> bytes:
    """A block that ImageMagick and others keep in a PNG as text: name, length, hexadecimal."""
    text = picture.info.get(f"Raw profile type {name}")
    if not isinstance(text, str) or len(text) > 2 * MAX_BLOCK:
        return b""
    hexadecimal = "".join(text.strip().splitlines()[2:])
    try:
        return bytes.fromhex(hexadecimal)
    except ValueError:
        return b""


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) and len(value) <= MAX_BLOCK else b""
