"""EXIF, which the camera writes. Source: CIPA DC-008 (Exif 3.0)."""

import re
from typing import Any, Final

from PIL import Image
from PIL.ExifTags import IFD, Base

from articles.images.metadata.values import BROKEN_FILE

_MOMENT = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)", re.ASCII)
_OFFSET = re.compile(r"[+-]\d\d:\d\d", re.ASCII)
_OFFSET_TIME_ORIGINAL: Final = 0x9011


def exif_of(picture: Image.Image) -> Image.Exif:
    """The file's own EXIF, as it was written; an empty one where there is none or it is broken.

    Pillow's `getexif` would also take an orientation from XMP, which no browser does.
    """
    try:
        if hasattr(picture, "tag_v2"):
            return picture.getexif()
        block = _block(picture)
        if not isinstance(block, bytes):
            return picture.getexif() if "Raw profile type exif" in picture.info else Image.Exif()
        exif = Image.Exif()
        exif.load(block)
    except BROKEN_FILE:
        return Image.Exif()
    return exif


def _block(picture: Image.Image) -> Any:
    """The bytes as they stand in the file.

    For AVIF, Pillow writes them anew to fit the turn that the container asks for, and loses every
    letter that is not ASCII.
    """
    decoder: Any = getattr(picture, "_decoder", None)
    if picture.format == "AVIF" and hasattr(decoder, "get_info"):
        return decoder.get_info()[4]
    read_to_the_end(picture)
    return picture.info.get("exif")


def read_to_the_end(picture: Image.Image) -> None:
    """In a PNG, what the file says may stand behind its pixels, which Pillow reads only with them."""
    if picture.format == "PNG" and "exif" not in picture.info:
        picture.load()


def orientation_of(picture: Image.Image) -> int | None:
    """The orientation of EXIF, 1 to 8, or None where the file does not say."""
    try:
        value = exif_of(picture).get(Base.Orientation)
    except BROKEN_FILE:
        return None
    return value if isinstance(value, int) and 1 <= value <= 8 else None


def read(picture: Image.Image) -> dict[str, list[str]]:
    """Field → its values as text."""
    exif = exif_of(picture)
    found = {
        "caption": _text(_get(exif, Base.ImageDescription)),
        "byline": _text(_get(exif, Base.Artist)),
        "copyright": _notice(_text(_get(exif, Base.Copyright))),
        "taken": _taken(exif),
    }
    return {field: [value] for field, value in found.items() if value}


def _get(exif: Image.Exif, tag: int) -> Any:
    try:
        return exif.get(tag)
    except BROKEN_FILE:
        return None


def _text(value: Any) -> str | None:
    """ASCII by the standard, UTF-8 in practice; Pillow hands it over as if it were Latin-1."""
    if isinstance(value, tuple) and value and isinstance(value[0], str):
        value = value[0]
    if not isinstance(value, str):
        return None
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return _windows(value)


def _windows(value: str) -> str:
    """The signs between 0x80 and 0x9F are quotes and dashes of Windows, not controls."""
    return "".join(
        sign.encode("latin-1").decode("cp1252", "ignore") or sign
        if "\x80" <= sign <= "\x9f"
        else sign
        for sign in value
    )


def _notice(value: str | None) -> str | None:
    """Photographer's and editor's copyright stand behind each other, parted by a NUL."""
    if value is None:
        return None
    parts = [part.strip() for part in value.split("\x00")]
    return "; ".join(part for part in parts if part) or None


def _taken(exif: Image.Exif) -> str | None:
    try:
        details: dict[int, Any] = dict(exif.get_ifd(IFD.Exif))
    except BROKEN_FILE:
        details = {}
    moment = _MOMENT.match(str(details.get(Base.DateTimeOriginal) or ""))
    if moment is None:
        return None
    year, month, day, hour, minute, second = moment.groups()
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31 and int(hour) < 24):
        return None
    offset = str(details.get(_OFFSET_TIME_ORIGINAL) or "").strip("\x00 ")
    zone = offset if _OFFSET.fullmatch(offset) else ""
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone}"
