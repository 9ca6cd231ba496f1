"""Dates of WordPress: one in the zone of the site and one in UTC, either of which may be wrong."""

from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final

MOST_OFFSET: Final = timedelta(hours=14)
"""No zone is further from UTC."""
EARLIEST: Final = 1900


def moment(local: str, utc: str, published: str, zone: tzinfo) -> tuple[datetime | None, bool]:
    """The time, and whether the two dates contradict each other.

    The time in UTC counts if it can be: WordPress leaves it empty in drafts, and clocks and old importers have
    left some days apart from the local one. Then the local time counts, in `zone`. `pubDate` is the last resort.
    """
    here, there = _parse(local), _parse(utc)
    if here is not None and there is not None:
        if abs(here - there) <= MOST_OFFSET:
            return there.replace(tzinfo=UTC), False
        return _in_zone(here, zone), True
    if there is not None:
        return there.replace(tzinfo=UTC), False
    if here is not None:
        return _in_zone(here, zone), False
    return _from_header(published), False


def _parse(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if found.tzinfo is not None:
        try:
            found = found.astimezone(UTC).replace(tzinfo=None)
        except (OverflowError, ValueError):
            return None
    return found if EARLIEST <= found.year < 9999 else None


def _in_zone(local: datetime, zone: tzinfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)


def _from_header(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text.strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if not EARLIEST <= found.year < 9999:
        return None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
