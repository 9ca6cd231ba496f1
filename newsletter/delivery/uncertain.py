"""What is found after a worker died, a person stopped, or the last mail left.

Every minute the worker looks (`sending.look_after`); all times are the database's.

What becomes of mails that may have arrived or not: a person's word for each.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from newsletter import job_queue
from newsletter.delivery import events
from newsletter.delivery.claims import changed
from newsletter.models import Decision, Delivery, Issue

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


def mark_stale_uncertain(*, after: timedelta = STRANDED_AFTER) -> int:
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


State = Delivery.State


def send_again(delivery: Delivery, *, by: User) -> bool:
    """Puts an uncertain or refused delivery back into the queue, with the same Message-ID.

    Only a person decides this: whoever may have the mail already would get it twice.

    Returns:
        Whether it waits now; not what was decided already, nor what belongs to a stopped issue.
    """
    with transaction.atomic():
        current = _locked(delivery)
        may_be = {State.UNCERTAIN, State.REFUSED}
        if current.state not in may_be or current.issue.state == Issue.State.CANCELLED:
            return False
        # The database's clock, as everywhere in a mailing: workers may have others.
        Delivery.objects.filter(pk=current.pk).update(
            state=State.QUEUED, words="", due_at=Now(), done_at=None
        )
        _decide(current, Decision.Choice.AGAIN, by)
        if current.issue.state == Issue.State.SENT:
            _open_again(current.issue, by)
        transaction.on_commit(lambda: job_queue.deliver_soon(current.issue_id))
    delivery.refresh_from_db()
    return True


def leave(delivery: Delivery, *, by: User) -> bool:
    """Leaves an uncertain delivery as it is: whoever has it has it, nobody is asked again."""
    with transaction.atomic():
        current = _locked(delivery)
        if current.state != State.UNCERTAIN:
            return False
        if not current.decisions.filter(choice=Decision.Choice.LEAVE).exists():
            _decide(current, Decision.Choice.LEAVE, by)
    return True


def decide(deliveries: Iterable[Delivery], choice: str, *, by: User) -> int:
    """The same word for many; returns for how many it counted."""
    deed = send_again if choice == Decision.Choice.AGAIN else leave
    return sum(deed(delivery, by=by) for delivery in deliveries)


def _locked(delivery: Delivery) -> Delivery:
    return (
        Delivery.objects.select_for_update(of=("self",)).select_related("issue").get(pk=delivery.pk)
    )


def _decide(delivery: Delivery, choice: Decision.Choice, by: User) -> None:
    Decision.objects.create(delivery=delivery, choice=choice, made_by=by, made_at=Now())


def _open_again(issue: Issue, by: User) -> None:
    reopened = Issue.objects.filter(pk=issue.pk, state=Issue.State.SENT).update(
        state=Issue.State.SENDING, sent_at=None
    )
    if reopened:
        events.tell(issue, events.Deed.RESUMED, "Mails were to be sent again.", by=by)
