"""Moments as a page writes them. Django's `date_format` costs ten times as much, and a thread
writes a hundred of them.

For how long a page that shows something of the calendar stays the same.

Moments as people write them: a date and a time on the clock of a place.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import psycopg
from django.utils.dates import MONTHS
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from psycopg.abc import Buffer
from psycopg.types.datetime import DatetimeDumper


def day_words(local: date) -> str:
    """“4 March 2026”, as the moment's own zone has it."""
    return f"{local.day} {_month(local.month, get_language())} {local.year}"


@lru_cache
def _month(number: int, language: str | None) -> str:
    """The name of a month in the language that is spoken at this moment."""
    return str(MONTHS[number])


def time_element(local: datetime, *, clock: bool = False) -> SafeString:
    """A `time` element with the day, and with `clock` the hour, in the moment's own zone."""
    words = f"{day_words(local)}, {local.hour:02}:{local.minute:02}" if clock else day_words(local)
    # Digits and the name of a month: nothing that could be markup.
    return SafeString(f'<time datetime="{local.isoformat(timespec="seconds")}">{words}</time>')


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


BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
END: Final = datetime.max.replace(tzinfo=UTC)


def in_utc(moment: datetime) -> datetime:
    """A moment with an offset, in UTC; one past an end of the calendar there becomes that end."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return BEGINNING if moment.year == 1 else END


class UtcDumper(DatetimeDumper):
    """Writes moments to the database in UTC.

    Offsets of 16 hours and more are found in dates from outside. They are wrong, but name a moment;
    PostgreSQL refuses them.
    """

    def dump(self, obj: datetime) -> Buffer | None:
        return super().dump(in_utc(obj))


def register() -> None:
    """For every connection that is made from now on."""
    psycopg.adapters.register_dumper(datetime, UtcDumper)


class SkippedHour(Exception):
    """The clocks were put forward over this time; it never comes. `resumes` is when they go on."""

    def __init__(self, resumes: datetime) -> None:
        super().__init__("This time does not exist, because the clocks go forward. Choose another.")
        self.resumes = resumes


def moment_in(zone: ZoneInfo, wall: datetime) -> datetime:
    """The moment at which clocks in the zone show `wall`, a datetime without a zone.

    A time that comes twice, when clocks are put back, means the first of the two.

    Raises:
        SkippedHour: a time that never comes.
        OverflowError: a year so near the calendar's ends that no moment can be told.
    """
    local = wall.replace(tzinfo=zone, fold=0)
    shown = local.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0)
    if shown != wall.replace(fold=0):
        raise SkippedHour(_after_gap(zone, wall))
    return local


def _after_gap(zone: ZoneInfo, wall: datetime) -> datetime:
    """The first minute that exists again after a skipped one."""
    later = wall.replace(second=0, microsecond=0, fold=0)
    for _ in range(24 * 60):
        later += timedelta(minutes=1)
        local = later.replace(tzinfo=zone)
        if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) == later:
            return local
    return later.replace(tzinfo=zone)
