"""Dates as texts and feeds have them. Plain Python."""

import re
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final

EARLIEST: Final = 1900
ZONE: Final = re.compile(
    r"\s*(?:(?P<utc>Z|UTC|GMT)|(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2}))$"
)
FORMATS: Final = (
    *(
        "%Y/%m/%d %H:%M:%S",
        "%Y/%m/%d %H:%M",
        "%Y/%m/%d",
        "%Y-%m-%d %H:%M",
        "%B %d, %Y",
        "%b %d, %Y",
    ),
    *("%d %B %Y", "%d %b %Y", "%d.%m.%Y", "%d/%m/%Y", "%Y-%m", "%Y"),
)


def moment(text: str, zone: tzinfo) -> datetime | None:
    """The time that a text names; `zone` counts if it names none.

    ISO 8601, RFC 822, and the forms that people write by hand.
    """
    text = " ".join(text.split())
    if not text or len(text) > 100:
        return None
    found = _iso(text) or _by_hand(text) or _header(text)
    if found is None or not EARLIEST <= found.year < 9999:
        return None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _iso(text: str) -> datetime | None:
    if found := ZONE.search(text):
        # With a colon and without a space, which Python requires.
        hours = f"{found['sign']}{found['hours']}:{found['minutes']}"
        text = text[: found.start()] + ("+00:00" if found["utc"] else hours)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _by_hand(text: str) -> datetime | None:
    for each in FORMATS:
        try:
            return datetime.strptime(text, each)  # noqa: DTZ007 - the caller adds the zone
        except ValueError:
            continue
    return None


def _header(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
