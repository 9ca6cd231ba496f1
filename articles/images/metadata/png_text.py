"""The text chunks of a PNG. Source: PNG (Third Edition), section 11.3.3, table of keywords."""

import re
from email.utils import parsedate_to_datetime
from typing import Final

from articles.images.metadata.charsets import Hints, decoded
from articles.images.metadata.fields import date_of

_NAMES: Final = {
    "title": ("Title",),
    "caption": ("Description",),
    "byline": ("Author",),
    "copyright": ("Copyright",),
    "taken": ("Creation Time",),
}
"""`Source` is left out: it is the device that made the image, not a news source."""

_AS_CAMERAS_DO: Final = re.compile(r"^(\d{4}):(\d\d):(\d\d) (?=\d)", re.ASCII)


def read(texts: dict[str, bytes], hints: Hints | None = None) -> dict[str, list[str]]:
    """Field → its value. Latin-1 by the standard, in practice any character set."""
    raw = {
        field: texts[name]
        for field, names in _NAMES.items()
        for name in names
        if texts.get(name, b"").strip()
    }
    found = dict(zip(raw, decoded(list(raw.values()), hints or Hints()), strict=True))
    if "taken" in found:
        found["taken"] = _moment(found["taken"])
    return {field: [text] for field, text in found.items() if text}


def _moment(text: str) -> str:
    """ISO 8601, RFC 5322, which the standard suggests, or the format of cameras."""
    text = _AS_CAMERAS_DO.sub(r"\1-\2-\3T", text.strip())
    if date_of(text):
        return text
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
