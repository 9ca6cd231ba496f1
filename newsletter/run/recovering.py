"""What is found after a worker died, a person stopped, or the last mail left.

Every minute the worker looks (`sending.look_after`); all times are the database's.
"""

from datetime import timedelta
from typing import Final

from django.db.models.functions import Now

from newsletter.models import Delivery
from newsletter.run.claiming import changed

STRANDED_AFTER: Final = timedelta(minutes=10)
"""After this long without an answer, whoever had a delivery in hand is taken for dead."""

EXPIRE: Final = """
UPDATE newsletter_delivery SET state = 'queued', lease = NULL, lease_until = NULL
 WHERE state = 'claimed' AND lease_until <= clock_timestamp() - %(after)s
"""

DOUBT: Final = """
UPDATE newsletter_delivery
   SET state = 'uncertain', done_at = clock_timestamp(), lease = NULL, lease_until = NULL,
       words = 'The sending broke off after the mail was taken in hand; it may have arrived.'
 WHERE state = 'sending' AND sending_at <= clock_timestamp() - %(after)s
"""

CANCEL: Final = """
UPDATE newsletter_delivery d
   SET state = 'cancelled', done_at = clock_timestamp(), lease = NULL, lease_until = NULL,
       words = ''
  FROM newsletter_issue i
 WHERE d.issue_id = i.id AND i.state = 'stopped' AND d.state IN ('queued', 'claimed', 'deferred')
"""
"""What waits when somebody stops an issue; also what comes back to waiting a moment later."""

CLOSE: Final = """
UPDATE newsletter_issue i
   SET state = 'sent', sent_at = now(), trouble = ''
 WHERE i.id = %(issue)s AND i.state = 'sending'
   AND NOT EXISTS (SELECT FROM newsletter_delivery d
                    WHERE d.issue_id = i.id
                      AND d.state IN ('queued', 'claimed', 'deferred', 'sending'))
"""


def expire_leases(*, after: timedelta = timedelta(0)) -> int:
    """Returns to the queue what a worker claimed that is taken for dead."""
    return changed(EXPIRE, {"after": after})


def doubt_stranded(*, after: timedelta = STRANDED_AFTER) -> int:
    """What was in hand for too long becomes *uncertain*; it is never sent again by itself."""
    return changed(DOUBT, {"after": after})


def cancel_stopped() -> int:
    """What still waits of issues that were stopped will not be sent."""
    return changed(CANCEL, {})


def close(issue_id: int) -> bool:
    """Marks the issue as sent once nothing waits and nothing is in hand."""
    return changed(CLOSE, {"issue": issue_id}) > 0


def is_busy(issue_id: int, *, within: timedelta = timedelta(minutes=1)) -> bool:
    """Whether a delivery of this issue was taken in hand just now and has no answer yet."""
    return Delivery.objects.filter(
        issue_id=issue_id,
        state=Delivery.State.SENDING,
        sending_at__gt=Now() - within,
    ).exists()
