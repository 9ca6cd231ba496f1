"""Reads EXIF, which cameras write. Source: CIPA DC-008 (Exif 3.0)."""

import re
from pathlib import Path
from typing import Any, Final

from articles.images.metadata.block_finder import blocks_in
from articles.images.metadata.charsets import Hints, decoded
from articles.images.processing import formats
from articles.images.processing.formats import Content

_TEXTS: Final = {
    "caption": ((0, 0x010E),),
    "byline": ((0, 0x013B), (1, 0xA437)),
    "copyright": ((0, 0x8298),),
    "title": ((1, 0xA436),),
}
"""Field → its tags, in the first directory (0) or the camera's (1): image description, artist,
photographer, copyright, image title."""

_WINDOWS_TAGS: Final = {"title": 0x9C9B, "caption": 0x9C9C, "byline": 0x9C9D, "keywords": 0x9C9E}
"""Tags of Windows Explorer (XPTitle, XPComment, …), in UTF-16."""

_ORIENTATION: Final = 0x0112
_PROGRAMS: Final = (0x0131, 0x013C)
_CAMERA: Final = 0x8769
_TAKEN: Final = (0x9003, 0x9011)
_DIGITISED: Final = (0x9004, 0x9012)
"""A time and its zone."""
_TIMESTAMP: Final = re.compile(rb"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)", re.ASCII)
_OFFSET: Final = re.compile(rb"[+-]\d\d:\d\d", re.ASCII)


def read(block: Content, hints: Hints | None = None) -> dict[str, list[str]]:
    """Field → its values as text; `orientation` as a digit, `digitised` beside `taken`.

    The standard allows ASCII only; in practice there is UTF-8 and everything else.
    """
    first = formats.first_directory(block)
    if first is None:
        return {}
    camera = first.below(_CAMERA)
    raw = {
        field: value
        for field, tags in _TEXTS.items()
        if (value := next((v for at, tag in tags if (v := _raw((first, camera)[at], tag))), b""))
    }
    found = dict(zip(raw, decoded(list(raw.values()), hints or Hints()), strict=True))
    if "copyright" in found:
        found["copyright"] = _notice(found["copyright"])
    found = _windows_texts(first) | found
    found |= {"taken": _timestamp(camera, _TAKEN), "digitised": _timestamp(camera, _DIGITISED)}
    found["orientation"] = str(_orientation(first) or "")
    keywords = [word.strip() for word in found.pop("keywords", "").split(";")]
    lists = {"keywords": keywords} if any(keywords) else {}
    return lists | {field: [_up_to_nul(field, text)] for field, text in found.items() if text}


def _windows_texts(first: formats.Directory) -> dict[str, str]:
    texts = {
        field: first.raw(tag).decode("utf-16-le", "ignore").partition("\x00")[0].strip()
        for field, tag in _WINDOWS_TAGS.items()
    }
    return {field: text for field, text in texts.items() if text}


def orientation(block: Content) -> int | None:
    """1 to 8, or None if the file has none."""
    first = formats.first_directory(block)
    return None if first is None else _orientation(first)


def orientation_of(image: Any) -> int | None:
    """The orientation in the file of an image that Pillow opened.

    Pillow itself would also use one from XMP, which no browser does.
    """
    with blocks_in(Path(image.filename)) as blocks:
        return None if blocks is None else orientation(blocks.exif)


def is_from_mac(block: Content) -> bool:
    """Whether it names software or a computer of a Mac."""
    first = formats.first_directory(block)
    return first is not None and any(b"mac" in first.raw(tag).lower() for tag in _PROGRAMS)


def _orientation(first: formats.Directory) -> int | None:
    value = first.number(_ORIENTATION)
    return value if value is not None and 1 <= value <= 8 else None


def _raw(directory: formats.Directory | None, tag: int) -> bytes:
    """The value of a tag, without padding."""
    return b"" if directory is None else directory.raw(tag).strip(b"\x00 ")


def _up_to_nul(field: str, text: str) -> str:
    return text if field == "copyright" else text.partition("\x00")[0]


def _notice(value: str) -> str:
    """Photographer's and editor's copyright, separated by NUL."""
    parts = [part.strip() for part in value.split("\x00")]
    return "; ".join(part for part in parts if part)


def _timestamp(camera: formats.Directory | None, tags: tuple[int, int]) -> str:
    tag, zone_tag = tags
    match = None if camera is None else _TIMESTAMP.match(camera.raw(tag))
    if camera is None or match is None:
        return ""
    year, month, day, hour, minute, second = (part.decode() for part in match.groups())
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31 and int(hour) < 24):
        return ""
    offset = camera.raw(zone_tag).strip(b"\x00 ")
    zone = offset.decode() if _OFFSET.fullmatch(offset) else ""
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone}"
