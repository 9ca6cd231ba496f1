"""The fields that are read, and how a value is made fit to keep."""

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
"""A block of metadata above this size is passed over; whole books fit into less."""

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
"""What decoders raise for a file that is not what it says; all of these have been seen or are
documented. MemoryError is not among them: it ends the process that opens the file."""

_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_DATE = re.compile(
    r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII
)

_UNKNOWN = re.compile(r"(?<=^\d{4})-00.*|(?<=^\d{4}-\d\d)-00.*", re.ASCII)
"""From the first part on that nobody knew."""


class Unreadable(Exception):
    """The file cannot be read; the message says why, in a sentence."""


@dataclass(frozen=True, slots=True)
class PictureMetadata:
    """What a file says; None where it says nothing. The fields of `manage.py read_metadata`."""

    headline: str | None = None
    title: str | None = None
    caption: str | None = None
    byline: str | None = None
    """Who made it; several creators joined by `; `."""
    credit: str | None = None
    source: str | None = None
    copyright: str | None = None
    usage_terms: str | None = None
    alt_text: str | None = None
    extended_description: str | None = None
    city: str | None = None
    country: str | None = None
    taken: str | None = None
    """When, as ISO 8601, as precisely and in the zone that the file says."""
    orientation: int | None = None
    keywords: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    """Who is shown."""
    licence: str | None = None
    """The address of the licence."""
    licensor: str | None = None
    """From whom a licence can be had; the address where no name is given."""
    licensor_url: str | None = None
    digital_source_type: str | None = None
    """How the picture came to be, as IPTC's address for it."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Field → the block that it was read from: `xmp`, `iim`, `exif`, `png` or `c2pa`."""

    def as_json(self) -> dict[str, Any]:
        """Every field, as JSON can hold it; what the file does not say is null."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        origins = said.pop("origins")
        lists = {name: list(said[name]) or None for name in LISTS}
        return {**said, **lists, "from": dict(origins) or None}


def text_of(value: object) -> str | None:
    """A value as text that can be stored, or None for one that says nothing."""
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
    """A moment in ISO 8601, or None for what is none; without a month or day that is said to be 00."""
    text = text_of(value)
    if text is None or not _DATE.fullmatch(text):
        return None
    text = _UNKNOWN.sub("", text)
    try:
        datetime.fromisoformat(text + "0000-01-01"[len(text) :])
    except ValueError:
        return None
    return text
