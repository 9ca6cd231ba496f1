"""For how long a page that shows something of the calendar stays the same."""

from datetime import datetime, timedelta
from typing import Final

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
QUARTER: Final = timedelta(minutes=15)

TURN_OF_THE_YEAR: Final = {(12, 31), (1, 1)}
"""Somewhere in the world the year begins on these days in UTC, on a quarter of an hour; the foot of every
page names the year in the publication's own zone."""


def period_of(now: datetime, longest: timedelta = DAY) -> tuple[datetime, datetime]:
    """The stretch of time around a moment (UTC) in which nothing follows from the clock alone.

    Args:
        longest: less than a day for a page that shows more than the date.
    """
    length = min(longest, QUARTER) if (now.month, now.day) in TURN_OF_THE_YEAR else longest
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight + (now - midnight) // length * length
    return start, start + length
