"""Dates and times on pages, periods of the calendar, and local times.

Django's `date_format` takes ten times as long as `day_words`, and a thread shows a hundred dates.
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

from iria.core.text.languages import language_of
from iria.core.text.typography import comma


def day_words(local: date) -> str:
    """For example “4 March 2026”, in the time zone of the value and in the active language."""
    language = language_of(get_language())
    day = language.first_of_month if local.day == 1 else str(local.day)
    return language.date.format(
        day=day, month=_month(local.month, get_language() or ""), year=local.year
    )


def moment_words(local: datetime) -> str:
    """For example “4 March 2026, 18:05”, in the time zone of the value and in the active language."""
    return f"{day_words(local)}{comma(get_language() or '')}{local.hour:02}:{local.minute:02}"


@lru_cache
def _month(number: int, code: str) -> str:
    """The name of a month in the active language, as inside a date."""
    name = str(MONTHS[number])
    return name.lower() if language_of(code).month_in_lower_case else name


def time_element(local: datetime, *, clock: bool = False) -> SafeString:
    """A `time` element with the day, and with `clock` the time, in the time zone of the value."""
    text = moment_words(local) if clock else day_words(local)
    # Digits and month names contain no markup.
    return SafeString(f'<time datetime="{local.isoformat(timespec="seconds")}">{text}</time>')


DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
QUARTER: Final = timedelta(minutes=15)

TURN_OF_THE_YEAR: Final = {(12, 31), (1, 1)}
"""In some time zone the year begins on these days in UTC, at a quarter of an hour; the footer of every
page shows the year in the time zone of the publication."""


def period_of(now: datetime, longest: timedelta = DAY) -> tuple[datetime, datetime]:
    """The period around a time (UTC) in which pages do not change by date or hour.

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
    """A time in UTC; one outside the range of datetime becomes the nearest limit."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return BEGINNING if moment.year == 1 else END


class UtcDumper(DatetimeDumper):
    """Writes times to the database in UTC.

    External data contains offsets of 16 hours and more. They are wrong but unambiguous;
    PostgreSQL rejects them.
    """

    def dump(self, obj: datetime) -> Buffer | None:
        return super().dump(in_utc(obj))


def register() -> None:
    """Registers the dumper for all new connections."""
    psycopg.adapters.register_dumper(datetime, UtcDumper)


class SkippedHour(Exception):
    """The time does not exist, because the clocks go forward. `resumes` is the first time that does."""

    def __init__(self, resumes: datetime) -> None:
        super().__init__("This time does not exist, because the clocks go forward. Choose another.")
        self.resumes = resumes


def moment_in(zone: ZoneInfo, wall: datetime) -> datetime:
    """The aware datetime for the naive datetime `wall` in a time zone.

    A time that occurs twice, because the clocks go back, means the first of the two.

    Raises:
        SkippedHour: the time does not exist.
        OverflowError: the time is outside the range of datetime in UTC.
    """
    local = wall.replace(tzinfo=zone, fold=0)
    shown = local.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0)
    if shown != wall.replace(fold=0):
        raise SkippedHour(_after_gap(zone, wall))
    return local


def _after_gap(zone: ZoneInfo, wall: datetime) -> datetime:
    """The first minute after the gap."""
    later = wall.replace(second=0, microsecond=0, fold=0)
    for _ in range(24 * 60):
        later += timedelta(minutes=1)
        local = later.replace(tzinfo=zone)
        if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) == later:
            return local
    return later.replace(tzinfo=zone)
