"""Times on the clock of a place."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iria.kit.moments import SkippedHour, moment_in

LISBON = ZoneInfo("Europe/Lisbon")
ZONES = st.sampled_from(
    [
        LISBON,
        ZoneInfo("Asia/Karachi"),
        ZoneInfo("America/St_Johns"),
        ZoneInfo("Australia/Lord_Howe"),
    ]
)


def test_an_hour_that_is_skipped_is_refused_and_the_next_one_named() -> None:
    with pytest.raises(SkippedHour) as refusal:
        moment_in(LISBON, datetime(2027, 3, 28, 1, 30))  # noqa: DTZ001
    assert refusal.value.resumes.strftime("%H:%M") == "02:00"


def test_an_hour_that_comes_twice_means_the_first() -> None:
    moment = moment_in(LISBON, datetime(2027, 10, 31, 1, 30))  # noqa: DTZ001
    assert moment.astimezone(UTC) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2080, 1, 1)), ZONES)  # noqa: DTZ001
def test_every_other_time_is_shown_back_as_it_was_written(wall: datetime, zone: ZoneInfo) -> None:
    try:
        moment = moment_in(zone, wall)
    except SkippedHour as gap:
        moment, allowed = gap.resumes, timedelta(hours=2)
    else:
        allowed = timedelta(0)
    shown = moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0)
    assert timedelta(0) <= shown - wall <= allowed
