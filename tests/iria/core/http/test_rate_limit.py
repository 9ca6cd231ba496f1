"""Limits are counted once for all processes, and remember nobody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from iria.core.http.rate_limit import RateCount, count_and_allow, delete_expired, one_sender

HOUR = timedelta(hours=1)


def test_the_sixth_is_rejected_when_five_are_allowed(db: None) -> None:
    answers = [count_and_allow("comment", "203.0.113.9", limit=5, per=HOUR) for _ in range(6)]
    assert answers == [True] * 5 + [False]


def test_another_person_is_counted_apart(db: None) -> None:
    assert count_and_allow("comment", "203.0.113.9", limit=1, per=HOUR)
    assert count_and_allow("comment", "203.0.113.10", limit=1, per=HOUR)


def test_the_table_holds_no_address(db: None) -> None:
    count_and_allow("comment", "203.0.113.9", limit=1, per=HOUR)
    key = RateCount.objects.get().key
    assert len(key) == 64
    assert set(key) <= set("0123456789abcdef")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_at_the_same_moment_cannot_both_be_the_last() -> None:
    def attempt(_: int) -> bool:
        try:
            return count_and_allow("comment", "somebody", limit=5, per=HOUR)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(20))) == 5


def test_expired_counts_are_forgotten(db: None) -> None:
    count_and_allow("comment", "somebody", limit=5, per=timedelta(seconds=-1))
    assert delete_expired() == 1


@pytest.mark.parametrize(
    ("who", "counted"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("192.0.2.7", "192.0.2.7"),
        ("article 12", "article 12"),
    ],
)
def test_one_sender_is_one_network_however_many_addresses_it_has(who: str, counted: str) -> None:
    assert one_sender(who) == counted
