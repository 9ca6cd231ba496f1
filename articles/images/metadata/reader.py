"""Combines the metadata blocks of a file (docs/algorithms/image-metadata.md).

Two blocks are read here: the text chunks of a PNG (PNG, Third Edition, section 11.3.3), and the digital source
type in a C2PA manifest (C2PA Technical Specification 2, 18.15). Of that only terms of the IPTC vocabulary are
read. Signatures are not verified, nor whether the manifest belongs to these pixels: like every other block, it
states what its author declared.
"""

import hashlib
import re
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

from articles.images.metadata import exif, iim, xmp
from articles.images.metadata.block_finder import Blocks, blocks_in, blocks_of
from articles.images.metadata.charsets import Hints, decoded
from articles.images.metadata.fields import (
    LISTS,
    ImageMetadata,
    Unreadable,
    date_of,
    joined,
    text_of,
    texts_of,
)

Values = dict[str, list[str]]

_TEXTS: Final = (
    *("headline", "title", "caption", "byline", "credit", "source", "copyright", "usage_terms"),
    *("alt_text", "extended_description", "city", "country", "licence", "licensor"),
    *("licensor_url", "digital_source_type"),
)
_NOT_AN_IMAGE: Final = "The file is not a supported image."


def read_file(path: Path) -> ImageMetadata:
    """The metadata of the file.

    Raises:
        Unreadable: the file is missing or not a supported image.
    """
    try:
        with blocks_in(path) as blocks:
            if blocks is None:
                raise Unreadable(_NOT_AN_IMAGE)
            return _combined(blocks)
    except FileNotFoundError as error:
        raise Unreadable("File not found.") from error
    except (OSError, ValueError) as error:
        raise Unreadable(_NOT_AN_IMAGE) from error


def read(content: bytes) -> ImageMetadata:
    """The metadata in these bytes.

    Raises:
        Unreadable: they are not a supported image.
    """
    blocks = blocks_of(content)
    if blocks is None:
        raise Unreadable(_NOT_AN_IMAGE)
    return _combined(blocks)


def _combined(blocks: Blocks) -> ImageMetadata:
    properties = xmp.properties(blocks.xmp)
    xmp_values = xmp.found_in(properties, xmp.FIELDS)
    mirrored = xmp.found_in(properties, xmp.MIRRORED)
    hints = _hints(blocks, xmp_values, mirrored)
    iim_values, exif_values = iim.read(blocks.iim, hints), exif.read(blocks.exif, hints)
    newer = _iim_is_newer(blocks)
    first = [("xmp", xmp_values), ("iim", iim_values)]
    if newer:
        first.reverse()
    png_values = read_png_texts(blocks.texts, hints)
    last = [("exif", exif_values), ("xmp", mirrored), ("png", png_values)]
    last.append(("c2pa", read_c2pa(blocks.manifest)))
    order = [*first, *last]
    found: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for field in (*_TEXTS, *LISTS):
        for name, block_values in order:
            value = (
                joined(block_values.get(field))
                if field in _TEXTS
                else texts_of(block_values.get(field))
            )
            if value and not (
                name == "iim" and newer and _is_truncated(field, iim_values, xmp_values)
            ):
                found[field], origins[field] = value, name
                break
    # A scan is made long after the photo: its time counts only if there is no other.
    digitised = {"taken": exif_values.get("digitised", [])}
    days = [("exif", exif_values), *first, ("png", png_values), ("exif", digitised)]
    for name, day in ((name, _day_of(block_values)) for name, block_values in days):
        if day:
            found["taken"], origins["taken"] = day, name
            break
    if "orientation" in exif_values:
        found["orientation"], origins["orientation"] = int(exif_values["orientation"][0]), "exif"
    return ImageMetadata(**found, origins=origins)


def _day_of(block_values: Values) -> str | None:
    """When the picture was taken, according to one block."""
    return next((day for value in block_values.get("taken", []) if (day := date_of(value))), None)


def _hints(blocks: Blocks, *decoded_blocks: Values) -> Hints:
    """The character set of XMP is known, so its texts show how the older blocks are encoded."""
    texts = (
        text_of(text)
        for block_values in decoded_blocks
        for values in block_values.values()
        for text in values
    )
    return Hints(
        from_mac=blocks.from_mac or exif.is_from_mac(blocks.exif),
        elsewhere=frozenset(text for text in texts if text and not text.isascii()),
    )


def _is_truncated(field: str, iim_values: Values, xmp_values: Values) -> bool:
    """Whether the IIM values are those of XMP, truncated to the limits of IIM."""
    short, whole = texts_of(iim_values.get(field)), texts_of(xmp_values.get(field))
    limit = iim.LIMITS.get(field, 0) - 4
    return len(short) == len(whole) and all(
        one == other or (other.startswith(one) and len(one.encode()) >= limit)
        for one, other in zip(short, whole, strict=True)
    )


def _iim_is_newer(blocks: Blocks) -> bool:
    """Photoshop stores the MD5 of the IIM block it wrote; a different one means that IIM changed.

    In TIFF the block may be padded with NUL, which some programs include and others do not.
    """
    block, digest = blocks.iim, blocks.digest
    if not block or len(digest) != 16 or digest == bytes(16):
        return False
    return all(
        hashlib.md5(form, usedforsecurity=False).digest() != digest
        for form in (block, block.rstrip(b"\x00"))
    )


_C2PA_SOURCE_TYPES: Final = re.compile(
    rb"https?://cv\.iptc\.org/newscodes/digitalsourcetype/[A-Za-z]{3,60}"
)

_AI_TYPES: Final = (
    b"/compositeWithTrainedAlgorithmicMedia",
    b"/trainedAlgorithmicMedia",
    b"/compositeSynthetic",
    b"/algorithmicMedia",
)
"""A manifest contains a history. If AI was used anywhere in it, that counts, composites first;
otherwise the last entry counts."""


def read_c2pa(block: bytes) -> dict[str, list[str]]:
    """The digital source type, if the manifest has one."""
    types = _C2PA_SOURCE_TYPES.findall(block)
    with_ai = (each for part in _AI_TYPES for each in types if each.endswith(part))
    found = next(with_ai, types[-1] if types else b"")
    return {"digital_source_type": [found.decode("ascii")]} if found else {}


_PNG_NAMES: Final = {
    "title": ("Title",),
    "caption": ("Description",),
    "byline": ("Author",),
    "copyright": ("Copyright",),
    "taken": ("Creation Time",),
}
"""`Source` is left out: it is the device that made the image, not a news source."""

_CAMERA_DATE: Final = re.compile(r"^(\d{4}):(\d\d):(\d\d) (?=\d)", re.ASCII)


def read_png_texts(texts: dict[str, bytes], hints: Hints | None = None) -> dict[str, list[str]]:
    """Field → its value. Latin-1 by the standard, in practice any character set."""
    raw = {
        field: texts[name]
        for field, names in _PNG_NAMES.items()
        for name in names
        if texts.get(name, b"").strip()
    }
    found = dict(zip(raw, decoded(list(raw.values()), hints or Hints()), strict=True))
    if "taken" in found:
        found["taken"] = _png_timestamp(found["taken"])
    return {field: [text] for field, text in found.items() if text}


def _png_timestamp(text: str) -> str:
    """ISO 8601, RFC 5322, which the standard suggests, or the format of cameras."""
    text = _CAMERA_DATE.sub(r"\1-\2-\3T", text.strip())
    if date_of(text):
        return text
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
