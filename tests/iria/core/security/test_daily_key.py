"""The key of a day: one for all processes, destroyed with the day."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from iria.core.http import rate_limit
from iria.core.http.rate_limit import count_and_allow
from iria.core.security import daily_key
from iria.core.security.daily_key import DailyKey, daily_hash, destroy_past_keys

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 4)
DAY = timedelta(days=1)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """Sets the clock: `clock[0] = …`."""
    now = [TODAY]
    monkeypatch.setattr(daily_key, "today", lambda: now[0])
    return now


def test_one_address_has_one_mark_a_day_and_another_for_every_purpose(clock: list[date]) -> None:
    mark = daily_hash("reports", "203.0.113.9")
    assert mark == daily_hash("reports", "203.0.113.9")
    assert (
        len({mark, daily_hash("seen", "203.0.113.9"), daily_hash("reports", "203.0.113.10")}) == 3
    )
    clock[0] = TODAY + DAY
    assert daily_hash("reports", "203.0.113.9") != mark


def test_the_key_is_destroyed_at_the_end_of_its_day_and_nothing_can_be_joined_to_it(
    clock: list[date],
) -> None:
    mark = daily_hash("reports", "203.0.113.9")
    assert destroy_past_keys() == 0
    clock[0] = TODAY + DAY
    assert destroy_past_keys() == 1
    assert not DailyKey.objects.exists()
    clock[0] = TODAY
    assert daily_hash("reports", "203.0.113.9") != mark


def test_a_clock_that_is_set_back_breaks_nothing(clock: list[date]) -> None:
    hour = timedelta(hours=1)
    clock[0] = TODAY + DAY
    assert count_and_allow("seen", "203.0.113.9", limit=1, per=hour)
    mark = daily_hash("reports", "203.0.113.9")
    clock[0] = TODAY
    assert count_and_allow("seen", "203.0.113.9", limit=1, per=hour)
    assert not count_and_allow("seen", "203.0.113.9", limit=1, per=hour)
    assert destroy_past_keys() == 0
    clock[0] = TODAY + DAY
    assert daily_hash("reports", "203.0.113.9") == mark


def test_a_key_from_far_ahead_goes_too(clock: list[date]) -> None:
    clock[0] = TODAY + 400 * DAY
    daily_hash("reports", "203.0.113.9")
    clock[0] = TODAY
    assert destroy_past_keys() == 1


def test_what_no_database_can_keep_is_counted_all_the_same() -> None:
    for who in ("a\x00b", "\ud800", "'; DROP TABLE iria_dailykey; --"):
        assert rate_limit.count_and_allow("odd", who, limit=1, per=timedelta(hours=1))
        assert not rate_limit.count_and_allow("odd", who, limit=1, per=timedelta(hours=1))


def test_limits_on_sign_in_keep_no_address_either(client: Client) -> None:
    cache.clear()
    sent = {"login": "nobody@readers.example", "password": "wrong"}
    client.post("/accounts/login/", sent, REMOTE_ADDR="203.0.113.9")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM iria_cache")
        rows = cursor.fetchall()
    assert rows
    assert "203.0.113.9" not in str(rows)
    cache.set("code-that-was-used", True)
    assert cache.get("code-that-was-used")
