"""Moments as people write them: a date and a time on the clock of a place."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import psycopg
from psycopg.abc import Buffer
from psycopg.types.datetime import DatetimeDumper

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


def connect() -> None:
    """For every connection that is made from now on."""
    psycopg.adapters.register_dumper(datetime, UtcDumper)


class SkippedHour(Exception):
    """The clocks were put forward over this time; it never comes. `resumes` is when they go on."""

    def __init__(self, resumes: datetime) -> None:
        super().__init__("This time is skipped when the clocks are put forward.")
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
