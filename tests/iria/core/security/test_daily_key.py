"""The daily key: the same for all processes, destroyed after the day."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from iria.core import security
from iria.core.security import DailyKey, daily_hash, destroy_past_keys

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 4)
DAY = timedelta(days=1)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """Sets the clock: `clock[0] = …`."""
    now = [TODAY]
    monkeypatch.setattr(security, "today", lambda: now[0])
    return now


def test_a_hash_depends_on_the_day_and_the_purpose(clock: list[date]) -> None:
    first_hash = daily_hash("reports", "203.0.113.9")
    assert first_hash == daily_hash("reports", "203.0.113.9")
    assert (
        len({first_hash, daily_hash("seen", "203.0.113.9"), daily_hash("reports", "203.0.113.10")})
        == 3
    )
    clock[0] = TODAY + DAY
    assert daily_hash("reports", "203.0.113.9") != first_hash


def test_hashes_cannot_be_repeated_after_the_key_is_destroyed(
    clock: list[date],
) -> None:
    first_hash = daily_hash("reports", "203.0.113.9")
    assert destroy_past_keys() == 0
    clock[0] = TODAY + DAY
    assert destroy_past_keys() == 1
    assert not DailyKey.objects.exists()
    clock[0] = TODAY
    assert daily_hash("reports", "203.0.113.9") != first_hash


def test_unstorable_text_is_counted_too() -> None:
    for who in ("a\x00b", "\ud800", "'; DROP TABLE iria_dailykey; --"):
        assert security.count_and_allow("odd", who, limit=1, per=timedelta(hours=1))
        assert not security.count_and_allow("odd", who, limit=1, per=timedelta(hours=1))


def test_limits_on_sign_in_store_no_ip_address(client: Client) -> None:
    cache.clear()
    form = {"login": "nobody@readers.example", "password": "wrong"}
    client.post("/accounts/login/", form, REMOTE_ADDR="203.0.113.9")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM iria_cache")
        rows = cursor.fetchall()
    assert rows
    assert "203.0.113.9" not in str(rows)
    cache.set("code-that-was-used", True)
    assert cache.get("code-that-was-used")
