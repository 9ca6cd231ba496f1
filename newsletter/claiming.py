"""Who may take which delivery in hand: the statements on which the mailing rests.

Every change of a delivery's state happens here, in PostgreSQL's own words, because the order of
locks and commits is the whole point (docs/algorithms/delivery.md).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.db.models.functions import Now

from newsletter.models import Delivery, Issue

STRANDED_AFTER: Final = timedelta(minutes=10)
"""After this long without an answer, whoever had a delivery in hand is taken for dead."""

FREEZE: Final = """
INSERT INTO newsletter_delivery
    (issue_id, subscriber_id, state, attempts, due_at, message_id, words, created_at)
SELECT %(issue)s, s.id, 'queued', 0, now(),
       '<' || gen_random_uuid() || '@' || %(domain)s || '>', '', now()
  FROM newsletter_subscriber s
  JOIN newsletter_subscription n ON n.subscriber_id = s.id AND n.newsletter_id = %(newsletter)s
 WHERE s.state = 'active'
    ON CONFLICT (issue_id, subscriber_id) DO NOTHING
"""

MARK: Final = """
WITH next AS MATERIALIZED (
    SELECT d.id, d.subscriber_id
      FROM newsletter_delivery d
     WHERE d.issue_id = %(issue)s AND d.state = 'queued' AND d.due_at <= statement_timestamp()
       AND EXISTS (SELECT FROM newsletter_issue i
                    WHERE i.id = %(issue)s AND i.state = 'sending' AND i.stopped_at IS NULL)
     ORDER BY d.due_at, d.id
     LIMIT 1
       FOR UPDATE OF d SKIP LOCKED
), consenting AS MATERIALIZED (
    SELECT s.id, s.email, s.token
      FROM next
      JOIN newsletter_subscriber s ON s.id = next.subscriber_id
      JOIN newsletter_subscription n
        ON n.subscriber_id = s.id AND n.newsletter_id = %(newsletter)s
     WHERE s.state = 'active'
       FOR SHARE OF s, n
)
UPDATE newsletter_delivery d
   SET state = CASE WHEN consenting.id IS NULL THEN 'skipped' ELSE 'sending' END,
       attempts = d.attempts + CASE WHEN consenting.id IS NULL THEN 0 ELSE 1 END,
       sending_at = CASE WHEN consenting.id IS NULL THEN d.sending_at ELSE clock_timestamp() END,
       done_at = CASE WHEN consenting.id IS NULL THEN clock_timestamp() END,
       words = ''
  FROM next LEFT JOIN consenting ON consenting.id = next.subscriber_id
 WHERE d.id = next.id
RETURNING d.id, d.state, d.attempts, d.message_id, consenting.email, consenting.token
"""
"""Takes one delivery in hand, if its subscriber still consents at this very moment.

FOR SHARE waits for a leaving that is under way and looks again once it is committed; and a
leaving that comes later waits until this mark is committed. So of any two, one was first.
"""

FINISH: Final = """
UPDATE newsletter_delivery
   SET state = %(state)s, words = %(words)s, done_at = clock_timestamp()
 WHERE id = %(delivery)s AND attempts = %(attempt)s AND state IN ('sending', 'uncertain')
"""
"""The answer to one attempt. A late one still counts, unless somebody began another attempt."""

PUT_BACK: Final = """
UPDATE newsletter_delivery
   SET state = 'queued', words = %(words)s, due_at = statement_timestamp() + %(pause)s,
       attempts = attempts - %(uncounted)s
 WHERE id = %(delivery)s AND attempts = %(attempt)s AND state = 'sending'
"""

DOUBT: Final = """
UPDATE newsletter_delivery
   SET state = 'uncertain', done_at = clock_timestamp(),
       words = 'The sending broke off after the mail was taken in hand; it may have arrived.'
 WHERE state = 'sending' AND sending_at <= clock_timestamp() - %(after)s
"""

CANCEL: Final = """
UPDATE newsletter_delivery d
   SET state = 'cancelled', done_at = clock_timestamp(), words = ''
  FROM newsletter_issue i
 WHERE d.issue_id = %(issue)s AND d.state = 'queued'
   AND i.id = d.issue_id AND i.stopped_at IS NOT NULL
"""
"""What waits when somebody stops an issue; also what comes back to waiting a moment later."""

CLOSE: Final = """
UPDATE newsletter_issue i
   SET state = 'sent', sent_at = now(), trouble = ''
 WHERE i.id = %(issue)s AND i.state = 'sending'
   AND NOT EXISTS (SELECT FROM newsletter_delivery d
                    WHERE d.issue_id = i.id AND d.state IN ('queued', 'sending'))
"""


@dataclass(frozen=True, slots=True)
class Marked:
    """A delivery in hand: whoever holds this may send it, once, and must say what came of it."""

    delivery_id: int
    attempt: int
    message_id: str
    email: str
    token: str


def freeze(issue: Issue, *, domain: str) -> int:
    """Writes a delivery for each subscriber of this moment; returns how many."""
    values = {"issue": issue.pk, "newsletter": issue.newsletter_id, "domain": domain}
    return _changed(FREEZE, values)


def count_anew() -> None:
    """Lets PostgreSQL look at the deliveries after many were written.

    Until it does by itself, it takes the waiting ones for few, and looks for the next by sorting
    all of them: 100 ms for each mail of 100,000 instead of one.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE newsletter_delivery")


def mark_next(issue: Issue) -> Marked | None:
    """The next delivery, marked *sending*; who left meanwhile is skipped on the way.

    The mark counts only once it is committed: never hand a mail to a server before.
    """
    values = {"issue": issue.pk, "newsletter": issue.newsletter_id}
    with connection.cursor() as cursor:
        while True:
            cursor.execute(MARK, values)
            row = cursor.fetchone()
            if row is None:
                return None
            delivery_id, state, attempt, message_id, email, token = row
            if state == "sending":
                return Marked(delivery_id, attempt, message_id, email, token)


def finish(marked: Marked, state: str, words: str) -> None:
    """Writes down the final answer: sent, failed or uncertain."""
    _changed(FINISH, {**_attempt(marked), "state": state, "words": words[:500]})


def put_back(marked: Marked, words: str, *, pause: timedelta, counted: bool) -> None:
    """Lets the delivery wait for another attempt.

    Args:
        counted: whether this attempt uses up one of the few a delivery has.
    """
    values = {"words": words[:500], "pause": pause, "uncounted": 0 if counted else 1}
    _changed(PUT_BACK, {**_attempt(marked), **values})


def doubt_stranded(*, after: timedelta = STRANDED_AFTER) -> int:
    """What was in hand for too long becomes *uncertain*; it is never sent again by itself."""
    return _changed(DOUBT, {"after": after})


def close(issue_id: int) -> bool:
    """Marks the issue as sent once nothing waits and nothing is in hand."""
    _changed(CANCEL, {"issue": issue_id})
    return _changed(CLOSE, {"issue": issue_id}) > 0


def is_busy(issue_id: int, *, within: timedelta = timedelta(minutes=1)) -> bool:
    """Whether a delivery of this issue was taken in hand just now and has no answer yet."""
    return Delivery.objects.filter(
        issue_id=issue_id,
        state=Delivery.State.SENDING,
        sending_at__gt=Now() - within,
    ).exists()


def _attempt(marked: Marked) -> dict[str, Any]:
    return {"delivery": marked.delivery_id, "attempt": marked.attempt}


def _changed(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
