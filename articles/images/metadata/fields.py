"""The metadata fields, and cleaning their values.

A new field also needs a reader (`xmp`, `iim` or `exif`) and a place in `reader`.
"""

import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final

LISTS: Final = ("keywords", "persons")
"""Fields of several values; all others are one text."""

MAX_TEXT: Final = 10_000
MAX_VALUES: Final = 200
MAX_BLOCK: Final = 4 * 1024 * 1024
"""Larger blocks of metadata are skipped."""

BROKEN_FILE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RuntimeError,
    EOFError,
    struct.error,
    zlib.error,
)
"""What decoders raise for broken files; all of these have been seen or are documented. MemoryError is
not among them: it ends the process that opens the file."""

_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_DATE = re.compile(
    r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII
)

_UNKNOWN = re.compile(r"(?<=^\d{4})-00.*|(?<=^\d{4}-\d\d)-00.*", re.ASCII)
"""What follows from the first unknown part of a date on."""


class Unreadable(Exception):
    """The file cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class ImageMetadata:
    """The metadata of a file; None if missing. The fields of `manage.py read_metadata`."""

    headline: str | None = None
    title: str | None = None
    caption: str | None = None
    byline: str | None = None
    """Creator; several are joined by `; `."""
    credit: str | None = None
    source: str | None = None
    copyright: str | None = None
    usage_terms: str | None = None
    alt_text: str | None = None
    extended_description: str | None = None
    city: str | None = None
    country: str | None = None
    taken: str | None = None
    """Time as ISO 8601, with the precision and zone of the file."""
    orientation: int | None = None
    keywords: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    """Persons shown."""
    licence: str | None = None
    """URL of the licence."""
    licensor: str | None = None
    """Who grants licences; the URL if there is no name."""
    licensor_url: str | None = None
    digital_source_type: str | None = None
    """URL in the IPTC vocabulary."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Field → the block it was read from: `xmp`, `iim`, `exif`, `png` or `c2pa`."""

    def as_json(self) -> dict[str, Any]:
        """Every field as JSON; missing values are null."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        origins = values.pop("origins")
        lists = {name: list(values[name]) or None for name in LISTS}
        return {**values, **lists, "from": dict(origins) or None}


def text_of(value: object) -> str | None:
    """A value as storable text, or None if it is empty."""
    if not isinstance(value, str):
        return None
    text = _UNWANTED.sub("", value[: MAX_TEXT * 2]).replace("\r\n", "\n").replace("\r", "\n")
    return text.strip()[:MAX_TEXT].rstrip() or None


def texts_of(values: object) -> tuple[str, ...]:
    """Several values, each once, in their order."""
    if not isinstance(values, list | tuple):
        return ()
    found = (text_of(value) for value in values[:MAX_VALUES])
    return tuple(dict.fromkeys(text for text in found if text))


def joined(values: object) -> str | None:
    return text_of("; ".join(texts_of(values)))


def date_of(value: object) -> str | None:
    """A time in ISO 8601, or None if invalid; month or day 00 is dropped."""
    text = text_of(value)
    if text is None or not _DATE.fullmatch(text):
        return None
    text = _UNKNOWN.sub("", text)
    try:
        datetime.fromisoformat(text + "0000-01-01"[len(text) :])
    except ValueError:
        return None
    return text
