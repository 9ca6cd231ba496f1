"""Limits how fast e-mails are sent, in total and per domain, for all workers together.

Each limit has a row that says when the next e-mail may be sent, by the clock of the database.
"""

from datetime import timedelta
from typing import Any, Final, Self

from django.db import connection

from newsletter.models import SendingLimit

MAX_WAIT: Final = timedelta(seconds=15)
"""How long a worker waits for the total limit."""
MAX_WAIT_FOR_DOMAIN: Final = timedelta(milliseconds=100)
"""How long a worker waits for the limit of a domain while e-mails to other domains could be sent."""

CLAIM_SLOT: Final = """
INSERT INTO newsletter_throttlestate AS p (scope, free_at, spread_at)
VALUES (%(scope)s, clock_timestamp() + %(gap)s, clock_timestamp())
    ON CONFLICT (scope) DO UPDATE
   SET free_at = greatest(p.free_at, clock_timestamp()) + %(gap)s
 WHERE p.free_at <= clock_timestamp() + %(patience)s
RETURNING p.free_at - %(gap)s - clock_timestamp()
"""

SPREAD: Final = """
INSERT INTO newsletter_throttlestate AS p (scope, free_at, spread_at)
VALUES (%(scope)s, clock_timestamp(), clock_timestamp() + %(gap)s)
    ON CONFLICT (scope) DO UPDATE
   SET spread_at = greatest(p.spread_at, p.free_at, clock_timestamp()) + %(gap)s
RETURNING p.spread_at - clock_timestamp()
"""


class Limits:
    """The current limits."""

    def __init__(self, intervals: dict[str, timedelta]) -> None:
        self._intervals = intervals

    @classmethod
    def now(cls) -> Self:
        rows = SendingLimit.objects.values_list("domain", "per_second")
        return cls(
            {
                domain.lower(): timedelta(seconds=1 / float(per_second))
                for domain, per_second in rows
            }
        )

    def __bool__(self) -> bool:
        return bool(self._intervals)

    def of_domain(self, domain: str) -> timedelta | None:
        if not domain:
            return None
        return self._intervals.get(domain, self._intervals.get(SendingLimit.OTHER_DOMAINS))

    @property
    def of_all(self) -> timedelta | None:
        return self._intervals.get(SendingLimit.ALL_EMAILS)


def wait_for_all(limits: Limits) -> timedelta | None:
    """Returns how long to wait before the next e-mail; None if a worker should not wait that long."""
    interval = limits.of_all
    return (
        timedelta(0)
        if interval is None
        else _claim_slot(SendingLimit.ALL_EMAILS, interval, MAX_WAIT)
    )


def wait_for_domain(limits: Limits, domain: str) -> timedelta | None:
    """Returns the same for e-mails to one domain."""
    interval = limits.of_domain(domain)
    return timedelta(0) if interval is None else _claim_slot(domain, interval, MAX_WAIT_FOR_DOMAIN)


def next_turn(limits: Limits, domain: str) -> timedelta:
    """Returns the delay for an e-mail that cannot be sent now; each one is later than the last."""
    interval = limits.of_domain(domain) or timedelta(0)
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"scope": domain[:253], "gap": interval}
        cursor.execute(SPREAD, values)
        delay: timedelta = cursor.fetchone()[0]
    return max(timedelta(0), delay)


def _claim_slot(scope: str, interval: timedelta, max_wait: timedelta) -> timedelta | None:
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"scope": scope[:253], "gap": interval, "patience": max_wait}
        cursor.execute(CLAIM_SLOT, values)
        row = cursor.fetchone()
    return None if row is None else max(timedelta(0), row[0])
