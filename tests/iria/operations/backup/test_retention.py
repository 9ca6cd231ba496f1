"""The newest backup of each of the last days, weeks and months is kept."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iria.operations.backup import Retention

NOW = datetime(2026, 11, 29, 3, 30, tzinfo=UTC)
DAILY = [NOW - timedelta(days=days) for days in range(400)]


def test_a_year_of_daily_backups_leaves_days_weeks_and_months() -> None:
    kept = Retention.parse("3d,2w,3m").retained(DAILY)
    assert sorted(each.strftime("%m-%d") for each in kept) == [
        "09-30",
        "10-31",
        "11-22",
        "11-27",
        "11-28",
        "11-29",
    ]


def test_of_several_a_day_the_newest_is_kept() -> None:
    noon = NOW.replace(hour=12)
    assert Retention(2, 0, 0).retained([NOW, noon, DAILY[1]]) == {noon, DAILY[1]}


@given(
    st.lists(st.datetimes(timezones=st.just(UTC)), min_size=1), st.tuples(*[st.integers(0, 9)] * 3)
)
def test_the_newest_is_always_kept_and_no_more_than_configured(
    moments: list[datetime], numbers: tuple[int, int, int]
) -> None:
    kept = Retention(*numbers).retained(moments)
    assert max(moments) in kept <= {*moments}
    assert len(kept) <= max(1, sum(numbers))


@pytest.mark.parametrize("text", ["", "7", "7d", "d,w,m", "7d,4w,6m,1y", "-1d,4w,6m"])
def test_an_invalid_rule_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        Retention.parse(text)
