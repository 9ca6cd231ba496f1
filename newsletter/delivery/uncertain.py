"""Deliveries with an unknown status: found after a worker died, resolved by a person."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from newsletter import job_queue
from newsletter.delivery import events
from newsletter.delivery.claims import changed
from newsletter.models import Delivery, Issue, UncertainResolution

STALE_AFTER: Final = timedelta(minutes=10)
"""After this long without a result, the worker of a delivery is assumed dead."""

EXPIRE: Final = """
UPDATE newsletter_delivery SET state = 'queued', lease = NULL, lease_expires_at = NULL
 WHERE state = 'claimed' AND lease_expires_at <= clock_timestamp() - %(after)s
"""

MARK_UNCERTAIN: Final = """
UPDATE newsletter_delivery
   SET state = 'uncertain', done_at = clock_timestamp(), lease = NULL, lease_expires_at = NULL,
       details = 'Sending was interrupted. The e-mail may have arrived.'
 WHERE state = 'sending' AND sending_at <= clock_timestamp() - %(after)s
"""

CANCEL: Final = """
UPDATE newsletter_delivery d
   SET state = 'cancelled', done_at = clock_timestamp(), lease = NULL, lease_expires_at = NULL,
       details = ''
  FROM newsletter_issue i
 WHERE d.issue_id = i.id AND i.state = 'stopped' AND d.state IN ('queued', 'claimed', 'deferred')
"""
"""Pending deliveries of cancelled issues, including those that become pending a moment later."""

CLOSE: Final = """
UPDATE newsletter_issue i
   SET state = 'sent', sent_at = now(), error = ''
 WHERE i.id = %(issue)s AND i.state = 'sending'
   AND NOT EXISTS (SELECT FROM newsletter_delivery d
                    WHERE d.issue_id = i.id
                      AND d.state IN ('queued', 'claimed', 'deferred', 'sending'))
"""


def expire_leases(*, after: timedelta = timedelta(0)) -> int:
    """Releases the claims of workers that have died."""
    return changed(EXPIRE, {"after": after})


def mark_stale_uncertain(*, after: timedelta = STALE_AFTER) -> int:
    """Marks deliveries without a result *uncertain*; they are never resent automatically."""
    return changed(MARK_UNCERTAIN, {"after": after})


def cancel_stopped() -> int:
    """Cancels the pending deliveries of cancelled issues."""
    return changed(CANCEL, {})


def close(issue_id: int) -> bool:
    """Marks an issue as sent if no delivery is pending or being sent."""
    return changed(CLOSE, {"issue": issue_id}) > 0


def is_busy(issue_id: int, *, within: timedelta = timedelta(minutes=1)) -> bool:
    """Whether a delivery of this issue was marked recently and has no result yet."""
    return Delivery.objects.filter(
        issue_id=issue_id,
        state=Delivery.State.SENDING,
        sending_at__gt=Now() - within,
    ).exists()


State = Delivery.State


def send_again(delivery: Delivery, *, by: User) -> bool:
    """Puts an uncertain or rejected delivery back into the queue, with the same Message-ID.

    Only a person decides this: a recipient who already has the e-mail gets it twice.

    Returns:
        Whether it is pending now; False if it was resolved already or the issue was cancelled.
    """
    with transaction.atomic():
        current = _locked(delivery)
        allowed = {State.UNCERTAIN, State.REJECTED}
        if current.state not in allowed or current.issue.state == Issue.State.CANCELLED:
            return False
        # The clock of the database, because those of workers may differ.
        Delivery.objects.filter(pk=current.pk).update(
            state=State.QUEUED, details="", due_at=Now(), done_at=None
        )
        _record(current, UncertainResolution.Choice.RESEND, by)
        if current.issue.state == Issue.State.SENT:
            _reopen(current.issue, by)
        transaction.on_commit(lambda: job_queue.enqueue_delivery(current.issue_id))
    delivery.refresh_from_db()
    return True


def skip(delivery: Delivery, *, by: User) -> bool:
    """Leaves an uncertain delivery unsent."""
    with transaction.atomic():
        current = _locked(delivery)
        if current.state != State.UNCERTAIN:
            return False
        if not current.resolutions.filter(choice=UncertainResolution.Choice.SKIP).exists():
            _record(current, UncertainResolution.Choice.SKIP, by)
    return True


def resolve(deliveries: Iterable[Delivery], choice: str, *, by: User) -> int:
    """Resolves several deliveries in the same way; returns how many."""
    action = send_again if choice == UncertainResolution.Choice.RESEND else skip
    return sum(action(delivery, by=by) for delivery in deliveries)


def _locked(delivery: Delivery) -> Delivery:
    return (
        Delivery.objects.select_for_update(of=("self",)).select_related("issue").get(pk=delivery.pk)
    )


def _record(delivery: Delivery, choice: UncertainResolution.Choice, by: User) -> None:
    UncertainResolution.objects.create(
        delivery=delivery, choice=choice, created_by=by, created_at=Now()
    )


def _reopen(issue: Issue, by: User) -> None:
    reopened = Issue.objects.filter(pk=issue.pk, state=Issue.State.SENT).update(
        state=Issue.State.SENDING, sent_at=None
    )
    if reopened:
        events.log_event(issue, events.Action.RESUMED, "E-mails are being resent.", by=by)
