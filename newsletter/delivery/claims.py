"""Which e-mails a worker may send now: the SQL statements that claim, mark and record deliveries, and the limits of speed.

The order of locks and commits matters (docs/algorithms/delivery.md), so it is written in SQL. If a subscriber and a
delivery are both locked, the subscriber is first, as in unsubscribing and erasing. Limits are those of all workers
together, in total and per domain: each has a row that says when the next e-mail may be sent, by the clock of the database.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Self
from uuid import UUID

from django.db import connection

from newsletter.models import Issue, SendingLimit

LEASE: Final = timedelta(minutes=2)
"""How long a claim is valid; after that, other workers may take it."""

CLAIM: Final = """
WITH next AS MATERIALIZED (
    SELECT d.id
      FROM newsletter_delivery d
     WHERE d.issue_id = %(issue)s AND d.state IN ('queued', 'deferred')
       AND d.wave <= (SELECT i.wave FROM newsletter_issue i
                       WHERE i.id = %(issue)s AND i.state = 'sending')
       AND d.due_at <= statement_timestamp()
     ORDER BY d.wave, d.due_at, d.id
     LIMIT %(size)s
       FOR UPDATE OF d SKIP LOCKED
)
UPDATE newsletter_delivery d
   SET state = 'claimed', lease = %(lease)s, lease_expires_at = clock_timestamp() + %(length)s
  FROM next
 WHERE d.id = next.id
RETURNING d.wave, d.due_at, d.id, d.message_id,
    (SELECT ARRAY[s.email, s.token, s.name] FROM newsletter_subscriber s
      WHERE s.id = d.subscriber_id)
"""
"""Reserves a few deliveries for one connection of one worker."""

ANSWERED: Final = """
answered AS (
    UPDATE newsletter_delivery d
       SET state = %(state)s, details = %(response)s, lease = NULL, lease_expires_at = NULL,
           done_at = CASE WHEN %(waits)s THEN NULL ELSE clock_timestamp() END,
           due_at = CASE WHEN %(waits)s THEN clock_timestamp() + %(pause)s ELSE d.due_at END,
           attempts = d.attempts - %(uncounted)s
     WHERE d.id = %(answered)s AND d.attempts = %(attempt)s
       AND (d.state = 'sending' OR (d.state = 'uncertain' AND NOT %(waits)s))
    RETURNING d.id, d.sending_at
), logged AS (
    INSERT INTO newsletter_attempt (delivery_id, number, outcome, smtp_response, started_at, answered_at)
    SELECT answered.id, %(attempt)s, %(outcome)s, %(response)s, answered.sending_at, clock_timestamp()
      FROM answered
)"""
"""The result of one attempt. A late result still counts unless another attempt has begun."""

CONSENTS: Final = """
      FROM newsletter_subscriber s
      JOIN newsletter_subscription n
        ON n.subscriber_id = s.id AND n.newsletter_id = %(newsletter)s
      JOIN newsletter_issue i ON i.id = %(issue)s
     WHERE s.id = (SELECT subscriber_id FROM newsletter_delivery WHERE id = %(delivery)s)
       AND s.state = 'active' AND n.frequency = %(frequency)s
       AND (i.digest_id IS NULL OR (
               s.language IN ('', i.language)
               AND (n.topics IS NULL OR (i.topics <> '{}' AND n.topics @> i.topics))))"""

CONSENTING: Final = f"""
consenting AS MATERIALIZED (
    SELECT s.id, s.email, s.token, s.name {CONSENTS}
       FOR SHARE OF s, n
), run AS MATERIALIZED (
    SELECT i.state = 'sending' AND NOT (
               i.topics <> '{{}}' AND NOT EXISTS (SELECT FROM consenting)
               AND EXISTS (SELECT {CONSENTS})) AS is_sending
      FROM newsletter_issue i WHERE i.id = %(issue)s
)"""  # noqa: S608
"""FOR SHARE waits for an unsubscribe in progress and reads its result; a later unsubscribe waits until
this mark is committed. So one of the two is always first. The same holds if a subscriber changes
the frequency or, of a digest, the topics or the language. A subscriber who only added topics still
gets this issue: one for the new choice would be a second one. A topic merge changes subscriber and
issue together, but this statement sees the issue as it was before. So if a topic digest and its
subscriber matched then and do not match now, nothing is decided: the delivery is released and
checked again later.
"""

MARKING: Final = """
UPDATE newsletter_delivery d
   SET state = CASE WHEN NOT run.is_sending THEN 'queued'
                    WHEN consenting.id IS NULL THEN 'suppressed' ELSE 'sending' END,
       attempts = d.attempts + CASE WHEN run.is_sending AND consenting.id IS NOT NULL THEN 1 ELSE 0 END,
       sending_at = CASE WHEN run.is_sending AND consenting.id IS NOT NULL THEN clock_timestamp()
                         ELSE d.sending_at END,
       done_at = CASE WHEN run.is_sending AND consenting.id IS NULL THEN clock_timestamp() END,
       lease = CASE WHEN run.is_sending AND consenting.id IS NOT NULL THEN d.lease END,
       lease_expires_at = CASE WHEN run.is_sending AND consenting.id IS NOT NULL THEN d.lease_expires_at END,
       details = CASE WHEN run.is_sending AND consenting.id IS NULL THEN coalesce(
           (SELECT CASE s.state WHEN 'suppressed' THEN 'Suppressed: ' || s.suppression_reason
                                WHEN 'left' THEN 'Unsubscribed before it was sent.'
                                ELSE coalesce(
                                    (SELECT 'Changed preferences before it was sent.'
                                       FROM newsletter_subscription n
                                      WHERE n.subscriber_id = s.id
                                        AND n.newsletter_id = %(newsletter)s),
                                    'No longer subscribed to this newsletter.') END
              FROM newsletter_subscriber s WHERE s.id = d.subscriber_id),
           'Erased before it was sent.') ELSE '' END
  FROM run LEFT JOIN consenting ON true
 WHERE d.id = %(delivery)s AND d.state = 'claimed' AND d.lease = %(lease)s
RETURNING d.state, d.attempts, d.message_id, consenting.email, consenting.token, consenting.name
"""
"""Marks a delivery *sending* if its subscriber consents and the issue is being sent right now."""

ANSWER: Final = f"WITH {ANSWERED} SELECT count(*) FROM answered"  # noqa: S608
MARK: Final = f"WITH {CONSENTING} {MARKING}"
ANSWER_AND_MARK: Final = f"WITH {ANSWERED}, {CONSENTING} {MARKING}"

RELEASE: Final = """
UPDATE newsletter_delivery
   SET state = 'queued', lease = NULL, lease_expires_at = NULL,
       due_at = greatest(due_at, clock_timestamp() + %(pause)s)
 WHERE lease = %(lease)s AND state = 'claimed'
"""

RELEASE_ONE: Final = f"{RELEASE} AND id = %(delivery)s"

UNMARK: Final = """
UPDATE newsletter_delivery
   SET state = 'queued', lease = NULL, lease_expires_at = NULL, attempts = attempts - 1
 WHERE id = %(delivery)s AND lease = %(lease)s AND state = 'sending'
"""
"""Undoes a mark whose commit was not confirmed; its e-mail was not submitted."""


@dataclass(frozen=True, slots=True)
class Personal:
    """What differs between the e-mails of an issue."""

    message_id: str
    email: str
    token: str
    name: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is reserved for one worker during its lease. It must be marked before sending."""

    delivery_id: int
    personal: Personal | None
    """As it was then; None if the subscriber was erased."""

    @property
    def domain(self) -> str:
        return self.personal.email.rpartition("@")[2].lower() if self.personal else ""


@dataclass(frozen=True, slots=True)
class MarkedDelivery:
    """A delivery marked *sending*: it may be sent once, and its outcome must be recorded."""

    delivery_id: int
    attempt: int
    personal: Personal

    @property
    def email(self) -> str:
        return self.personal.email


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """The result of one attempt.

    Args:
        pause: how long to wait before the next one; None if the result is final.
        counted: whether this attempt counts against the maximum number of attempts.
    """

    marked: MarkedDelivery
    state: str
    outcome: str
    response: str
    pause: timedelta | None = None
    counted: bool = True

    def values(self) -> dict[str, Any]:
        return {
            "answered": self.marked.delivery_id,
            "attempt": self.marked.attempt,
            "state": self.state,
            "outcome": self.outcome,
            "response": self.response[:500],
            "waits": self.pause is not None,
            "pause": self.pause or timedelta(0),
            "uncounted": 0 if self.counted else 1,
        }


def claim(issue: Issue, lease: UUID, *, size: int) -> list[Claim]:
    """Claims up to `size` due deliveries in order; none if the issue is not being sent."""
    values: dict[str, Any] = {"issue": issue.pk, "lease": lease, "size": size, "length": LEASE}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        rows = sorted(cursor.fetchall(), key=lambda row: row[:3])
    return [
        Claim(delivery_id, Personal(message_id, *subscriber) if subscriber else None)
        for _, _, delivery_id, message_id, subscriber in rows
    ]


def mark(
    issue: Issue, lease: UUID, claimed: Claim, result: AttemptResult | None = None
) -> MarkedDelivery | None:
    """Marks a claimed delivery *sending*; returns None if it may not be sent, or the lease is lost.

    The mark is valid once it is committed: never submit an e-mail before. The result of the
    previous e-mail, if given, is recorded in the same statement and commit.
    """
    values: dict[str, Any] = {
        "issue": issue.pk,
        "newsletter": issue.newsletter_id,
        "frequency": issue.frequency,
        "delivery": claimed.delivery_id,
        "lease": lease,
    }
    statement = MARK
    if result is not None:
        statement, values = ANSWER_AND_MARK, values | result.values()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    if row is None or row[0] != "sending":
        return None
    return MarkedDelivery(claimed.delivery_id, row[1], Personal(*row[2:]))


def record_result(result: AttemptResult) -> None:
    """Records the result of one attempt."""
    with connection.cursor() as cursor:
        cursor.execute(ANSWER, result.values())


def release(lease: UUID, *, pause: timedelta = timedelta(0)) -> None:
    """Releases the unsent claims of a lease."""
    execute(RELEASE, {"lease": lease, "pause": pause})


def release_one(lease: UUID, claimed: Claim, *, pause: timedelta) -> None:
    """Releases one claim; the others of the lease stay claimed."""
    values = {"lease": lease, "pause": pause, "delivery": claimed.delivery_id}
    execute(RELEASE_ONE, values)


def unmark(lease: UUID, claimed: Claim) -> None:
    """Undoes a mark whose commit is uncertain; the e-mail was not submitted."""
    execute(UNMARK, {"lease": lease, "delivery": claimed.delivery_id})


def execute(statement: str, values: dict[str, Any]) -> int:
    """Runs a statement; returns the number of changed rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


MAX_WAIT: Final = timedelta(seconds=15)
"""How long a worker waits for the total limit."""
MAX_WAIT_FOR_DOMAIN: Final = timedelta(milliseconds=100)
"""How long a worker waits for the limit of a domain while e-mails to other domains could be sent."""

CLAIM_SLOT: Final = """
INSERT INTO newsletter_throttlestate AS p (scope, free_at, spread_at)
VALUES (%(scope)s, clock_timestamp() + %(interval)s, clock_timestamp())
    ON CONFLICT (scope) DO UPDATE
   SET free_at = greatest(p.free_at, clock_timestamp()) + %(interval)s
 WHERE p.free_at <= clock_timestamp() + %(max_wait)s
RETURNING p.free_at - %(interval)s - clock_timestamp()
"""

SPREAD: Final = """
INSERT INTO newsletter_throttlestate AS p (scope, free_at, spread_at)
VALUES (%(scope)s, clock_timestamp(), clock_timestamp() + %(interval)s)
    ON CONFLICT (scope) DO UPDATE
   SET spread_at = greatest(p.spread_at, p.free_at, clock_timestamp()) + %(interval)s
RETURNING p.spread_at - clock_timestamp()
"""


class Limits:
    """The pauses between two e-mails that the sending limits require."""

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
    """Returns how long to wait before the next e-mail to a domain; None if that is too long."""
    interval = limits.of_domain(domain)
    return timedelta(0) if interval is None else _claim_slot(domain, interval, MAX_WAIT_FOR_DOMAIN)


def next_turn(limits: Limits, domain: str) -> timedelta:
    """Returns the delay for an e-mail that cannot be sent now; each one is later than the last."""
    interval = limits.of_domain(domain) or timedelta(0)
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"scope": domain[:253], "interval": interval}
        cursor.execute(SPREAD, values)
        delay: timedelta = cursor.fetchone()[0]
    return max(timedelta(0), delay)


def _claim_slot(scope: str, interval: timedelta, max_wait: timedelta) -> timedelta | None:
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"scope": scope[:253], "interval": interval, "max_wait": max_wait}
        cursor.execute(CLAIM_SLOT, values)
        row = cursor.fetchone()
    return None if row is None else max(timedelta(0), row[0])
