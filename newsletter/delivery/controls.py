"""Pauses, resumes and cancels sending, manually or automatically, and logs it in the history of the issue.

Also deliveries with an unknown status, which are found after a worker died and resolved by a person, and the e-mail to
editors when sending pauses automatically.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

import psycopg
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import User
from iria.core.jobs import enqueue, job
from iria.publication.mail import send
from newsletter.delivery import blockers, recipients
from newsletter.delivery.claims import execute
from newsletter.models import Delivery, DeliveryEvent, Issue, UncertainResolution
from newsletter.models.delivery import DeliveryQuerySet

Action = DeliveryEvent.Action


def log_event(
    issue: Issue, action: DeliveryEvent.Action, details: str = "", *, by: User | None = None
) -> None:
    """Logs an event; the time is that of the database, as everywhere in delivery."""
    DeliveryEvent.objects.create(
        issue=issue, action=action, details=details[:500], created_by=by, created_at=Now()
    )


@job("newsletter.tell_of_pause")
def email_editors(issue_id: int) -> int:
    """E-mails everybody who may resume the issue, if it is still paused; returns how many."""
    issue = Issue.objects.filter(pk=issue_id, state=Issue.State.PAUSED).exclude(error="").first()
    if issue is None:
        return 0
    counts = issue.deliveries.counts()
    context = {
        "name": str(issue),
        "issue_id": issue.pk,
        "error": issue.error,
        "sent": counts[Delivery.State.SENT],
        "waiting": sum(counts[state] for state in Delivery.OPEN),
    }
    staff = User.objects.filter(is_staff=True, is_active=True).order_by("pk")
    editors = [user for user in staff if user.has_perm("newsletter.send_issue")]
    for editor in editors:
        send("admin/newsletter/mail/paused", editor.email, context)
    return len(editors)


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

WAIT_AFTER_RESTORE: Final = """
WITH digests AS (UPDATE newsletter_digest SET being_approved = false WHERE being_approved),
issues AS (
    UPDATE newsletter_issue i SET error = %(reason)s,
           state = CASE WHEN started_at IS NULL THEN 'draft' ELSE 'paused' END,
           send_at = CASE WHEN started_at IS NOT NULL THEN send_at END,
           started_by_id = CASE WHEN started_at IS NOT NULL THEN started_by_id END,
           needs_approval = needs_approval OR started_at IS NULL
     WHERE state IN ('scheduled', 'sending', 'paused') OR (state = 'draft' AND digest_id IS NOT NULL)
 RETURNING id, state)
INSERT INTO newsletter_deliveryevent (issue_id, action, details, created_at)
SELECT id, CASE state WHEN 'draft' THEN 'taken_back' ELSE 'paused' END, %(reason)s, now() FROM issues
"""
RESTORED: Final = (
    "The database was restored from a backup of {date}. It does not know which e-mails were sent after "
    "that. Find out before you send: recipients may have this issue already."
)


def wait_after_restore(database: psycopg.Connection[Any], date: str) -> None:
    """Lets every issue that would be sent from a restored database wait for an editor.

    Args:
        database: that was restored, which is not yet that of the site.
        date: when the backup was made.
    """
    database.execute(WAIT_AFTER_RESTORE, {"reason": RESTORED.format(date=date)})


def expire_leases(*, after: timedelta = timedelta(0)) -> int:
    """Releases the claims of workers that have died."""
    return execute(EXPIRE, {"after": after})


def mark_stale_uncertain(*, after: timedelta = STALE_AFTER) -> int:
    """Marks deliveries without a result *uncertain*; they are never resent automatically."""
    return execute(MARK_UNCERTAIN, {"after": after})


def cancel_stopped() -> int:
    """Cancels the pending deliveries of cancelled issues."""
    return execute(CANCEL, {})


def close(issue_id: int) -> bool:
    """Marks an issue as sent if no delivery is pending or being sent."""
    return execute(CLOSE, {"issue": issue_id}) > 0


def is_busy(issue_id: int, *, within: timedelta = timedelta(minutes=1)) -> bool:
    """Whether a delivery of this issue was marked recently and has no result yet."""
    return Delivery.objects.filter(
        issue_id=issue_id,
        state=Delivery.State.SENDING,
        sending_at__gt=Now() - within,
    ).exists()


DeliveryState = Delivery.State


def send_again(delivery: Delivery, *, by: User) -> bool:
    """Puts an uncertain or rejected delivery back into the queue, with the same Message-ID.

    Only a person decides this: a recipient who already has the e-mail gets it twice.

    Returns:
        Whether it is pending now; False if it was resolved already or the issue was cancelled.
    """
    with transaction.atomic():
        current = _lock(delivery)
        allowed = {DeliveryState.UNCERTAIN, DeliveryState.REJECTED}
        if current.state not in allowed or current.issue.state == Issue.State.CANCELLED:
            return False
        # The clock of the database, because those of workers may differ.
        Delivery.objects.filter(pk=current.pk).update(
            state=DeliveryState.QUEUED, details="", due_at=Now(), done_at=None
        )
        _record(current, UncertainResolution.Choice.RESEND, by)
        if current.issue.state == Issue.State.SENT:
            _reopen(current.issue, by)
        transaction.on_commit(
            lambda: enqueue("newsletter.deliver", once=True, issue_id=current.issue_id)
        )
    delivery.refresh_from_db()
    return True


def skip(delivery: Delivery, *, by: User) -> bool:
    """Leaves an uncertain delivery unsent."""
    with transaction.atomic():
        current = _lock(delivery)
        if current.state != DeliveryState.UNCERTAIN:
            return False
        if not current.resolutions.filter(choice=UncertainResolution.Choice.SKIP).exists():
            _record(current, UncertainResolution.Choice.SKIP, by)
    return True


def resolve(deliveries: Iterable[Delivery], choice: str, *, by: User) -> int:
    """Resolves several deliveries in the same way; returns how many."""
    action = send_again if choice == UncertainResolution.Choice.RESEND else skip
    return sum(action(delivery, by=by) for delivery in deliveries)


def _lock(delivery: Delivery) -> Delivery:
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
        log_event(issue, Action.RESUMED, "E-mails are being resent.", by=by)


MIN_RESULTS: Final = 20
"""With fewer results, sending does not pause because of a percentage."""
MAX_REJECTED_IN_A_ROW: Final = 20
"""This many rejections in a row are caused by the server, not by the addresses."""

State = Issue.State
FAILED_STATES: Final = (Delivery.State.REJECTED, Delivery.State.BOUNCED, Delivery.State.COMPLAINED)


class NotNow(Exception):
    """The action is not possible. The message is shown to the user."""


def pause(issue: Issue, *, by: User) -> bool:
    """Pauses sending until it is resumed; returns False if the issue was not being sent."""
    return _change_state(issue, State.SENDING, State.PAUSED, Action.PAUSED, by=by)


def pause_with_error(issue: Issue, error: str) -> bool:
    """Pauses sending with an error, and e-mails everybody who may resume it."""
    with transaction.atomic():
        paused = _change_state(issue, State.SENDING, State.PAUSED, Action.PAUSED, details=error)
        if paused and not _was_reported(issue):
            transaction.on_commit(lambda: enqueue("newsletter.tell_of_pause", issue_id=issue.pk))
    return paused


def resume(issue: Issue, *, by: User) -> None:
    """Resumes a paused issue and accepts the problem that it was paused for.

    Raises:
        NotNow: it is not paused, or a problem has to be fixed first.
    """
    if problem := blockers.forbidden_image(issue):
        raise NotNow(problem)
    acknowledged = blockers.pause_reason(issue)
    with transaction.atomic():
        recipients.lock_digest_of(issue.pk)
        if not _change_state(
            issue, State.PAUSED, State.SENDING, Action.RESUMED, by=by, details=acknowledged
        ):
            raise NotNow("It is not paused, so it cannot be resumed.")
        # The user has seen the rejections, so the remaining deliveries are sent too.
        Issue.objects.filter(pk=issue.pk).update(acknowledged_problem=acknowledged, wave=1)
        same_mailing = Q(pk=issue.pk) if issue.digest_id is None else Q(digest=issue.digest_id)
        Issue.objects.filter(same_mailing).update(auto_pause=False)
        transaction.on_commit(lambda: enqueue("newsletter.deliver", once=True, issue_id=issue.pk))
    issue.refresh_from_db()


def cancel(issue: Issue, *, by: User) -> bool:
    """Sends no more of this issue; e-mails that were sent cannot be recalled."""
    with transaction.atomic():
        updated = Issue.objects.filter(pk=issue.pk, state__in=[State.SENDING, State.PAUSED]).update(
            state=State.CANCELLED, cancelled_at=Now(), cancelled_by=by, error=""
        )
        if updated:
            log_event(issue, Action.CANCELLED, by=by)
    cancel_stopped()
    issue.refresh_from_db()
    return updated > 0


def pause_if_blocked(issue: Issue) -> bool:
    """Pauses if an article was unpublished or an image may no longer be used."""
    reason = blockers.pause_reason(issue)
    if not reason or reason == issue.acknowledged_problem:
        return False
    pause_with_error(issue, reason)
    return True


def pause_issues_with(article_id: int) -> None:
    """Pauses all issues that contain an article that was unpublished."""
    for issue in Issue.objects.sending().filter(items__article_id=article_id).without_content():
        pause_if_blocked(issue)


def pause_on_failures(issue: Issue) -> bool:
    """Pauses if more were rejected, bounced or complained about than the newsletter allows."""
    if not issue.auto_pause:
        return False
    counts = _all_deliveries(issue).counts()
    failed = sum(counts[state] for state in FAILED_STATES)
    finished = failed + counts[Delivery.State.SENT]
    limit = issue.newsletter.pause_at_percent
    if finished < MIN_RESULTS or failed * 100 <= limit * finished:
        return False
    message = f"{failed} of {finished} were rejected, bounced or reported; {limit} % are allowed."
    return pause_with_error(issue, message)


def send_to_remaining() -> None:
    """Sends to all remaining recipients when the canary batch was delivered and its wait is over."""
    for issue in (
        Issue.objects.sending().filter(wave=0).select_related("newsletter").without_content()
    ):
        canary = _all_deliveries(issue).filter(wave=0)
        if canary.filter(state__in=["queued", "claimed", "sending"]).exists():
            continue
        if not _bounces_waited_for(canary, issue.newsletter.canary_minutes) or pause_on_failures(
            issue
        ):
            continue
        with transaction.atomic():
            if Issue.objects.filter(pk=issue.pk, state=State.SENDING, wave=0).update(wave=1):
                log_event(issue, Action.CANARY_PASSED)


def _was_reported(issue: Issue) -> bool:
    """Whether another issue of the digest has paused with an error: one e-mail is enough for all."""
    if issue.digest_id is None:
        return False
    paused_issues = Issue.objects.filter(digest=issue.digest_id, state=State.PAUSED, error__gt="")
    return paused_issues.exclude(pk=issue.pk).exists()


def _all_deliveries(issue: Issue) -> DeliveryQuerySet:
    """Returns the deliveries of the issue and of all others of its digest, to judge them as one."""
    if issue.digest_id is None:
        return issue.deliveries.all()
    return Delivery.objects.filter(issue__digest=issue.digest_id)


def _bounces_waited_for(canary: DeliveryQuerySet, minutes: int) -> bool:
    """Whether there was enough time for bounces of the canary batch."""
    return not canary.filter(sending_at__isnull=False).sent_in_last(minutes=minutes).exists()


def _change_state(
    issue: Issue,
    before: Issue.State,
    after: Issue.State,
    action: Action,
    *,
    details: str = "",
    by: User | None = None,
) -> bool:
    """Changes the state of an issue once, even if several users try at the same time."""
    error = details[:500] if after == State.PAUSED else ""
    with transaction.atomic():
        updated = Issue.objects.filter(pk=issue.pk, state=before).update(state=after, error=error)
        if updated:
            log_event(issue, action, details, by=by)
    issue.refresh_from_db()
    return updated > 0
