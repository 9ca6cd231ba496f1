"""Rate limits count for all processes and store no IP address."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from iria.core.security import RateCount, count_and_allow, delete_expired, one_sender

HOUR = timedelta(hours=1)


def test_the_sixth_of_five_attempts_is_rejected(db: None) -> None:
    answers = [count_and_allow("comment", "203.0.113.9", limit=5, per=HOUR) for _ in range(6)]
    assert answers == [True] * 5 + [False]


def test_clients_are_counted_separately(db: None) -> None:
    assert count_and_allow("comment", "203.0.113.9", limit=1, per=HOUR)
    assert count_and_allow("comment", "203.0.113.10", limit=1, per=HOUR)


def test_the_table_contains_no_ip_address(db: None) -> None:
    count_and_allow("comment", "203.0.113.9", limit=1, per=HOUR)
    key = RateCount.objects.get().key
    assert len(key) == 64
    assert set(key) <= set("0123456789abcdef")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_simultaneous_attempts_do_not_exceed_the_limit() -> None:
    def attempt(_: int) -> bool:
        try:
            return count_and_allow("comment", "somebody", limit=5, per=HOUR)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(20))) == 5


def test_expired_counts_are_deleted(db: None) -> None:
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
def test_ipv6_addresses_of_one_network_are_one_client(who: str, counted: str) -> None:
    assert one_sender(who) == counted
