"""Pause, resume and cancel sending, manually or automatically."""

from typing import Final

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import User
from newsletter import job_queue
from newsletter.delivery import blockers, events, recipients, uncertain
from newsletter.delivery.events import Action
from newsletter.models import Delivery, Issue
from newsletter.models.delivery import DeliveryQuerySet

MIN_ANSWERS: Final = 20
"""With fewer results, no percentage is calculated."""
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
            transaction.on_commit(lambda: job_queue.enqueue_pause_email(issue.pk))
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
            message = "It is not paused, so it cannot be resumed."
            raise NotNow(message)
        # The user has seen the rejections, so the remaining deliveries are sent too.
        Issue.objects.filter(pk=issue.pk).update(acknowledged_problem=acknowledged, wave=1)
        same_mailing = Q(pk=issue.pk) if issue.digest_id is None else Q(digest=issue.digest_id)
        Issue.objects.filter(same_mailing).update(auto_pause=False)
        transaction.on_commit(lambda: job_queue.enqueue_delivery(issue.pk))
    issue.refresh_from_db()


def cancel(issue: Issue, *, by: User) -> bool:
    """Sends no more of this issue; e-mails that were sent cannot be recalled."""
    with transaction.atomic():
        updated = Issue.objects.filter(pk=issue.pk, state__in=[State.SENDING, State.PAUSED]).update(
            state=State.CANCELLED, cancelled_at=Now(), cancelled_by=by, error=""
        )
        if updated:
            events.log_event(issue, Action.CANCELLED, by=by)
    uncertain.cancel_stopped()
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
    for issue in Issue.objects.sending().filter(items__article_id=article_id):
        pause_if_blocked(issue)


def pause_on_failures(issue: Issue) -> bool:
    """Pauses if more were rejected, bounced or complained about than the newsletter allows."""
    if not issue.auto_pause:
        return False
    counts = _all_deliveries(issue).counts()
    failed = sum(counts[state] for state in FAILED_STATES)
    finished = failed + counts[Delivery.State.SENT]
    limit = issue.newsletter.pause_at_percent
    if finished < MIN_ANSWERS or failed * 100 <= limit * finished:
        return False
    message = f"{failed} of {finished} were rejected, bounced or reported; {limit} % are allowed."
    return pause_with_error(issue, message)


def send_to_remaining() -> None:
    """Sends to all remaining recipients when the canary batch was delivered and its wait is over."""
    for issue in Issue.objects.sending().filter(wave=0).select_related("newsletter"):
        canary = _all_deliveries(issue).filter(wave=0)
        if canary.filter(state__in=["queued", "claimed", "sending"]).exists():
            continue
        if not _bounces_waited_for(canary, issue.newsletter.canary_minutes) or pause_on_failures(
            issue
        ):
            continue
        with transaction.atomic():
            if Issue.objects.filter(pk=issue.pk, state=State.SENDING, wave=0).update(wave=1):
                events.log_event(issue, Action.CANARY_PASSED)


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
            events.log_event(issue, action, details, by=by)
    issue.refresh_from_db()
    return updated > 0
