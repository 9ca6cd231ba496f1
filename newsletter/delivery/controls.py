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
"""Of fewer answers no share is taken."""
MAX_REJECTED_IN_A_ROW: Final = 20
"""So many refusals one after another are the server's, not the addresses'."""

State = Issue.State
FAILED_STATES: Final = (Delivery.State.REJECTED, Delivery.State.BOUNCED, Delivery.State.COMPLAINED)


class NotNow(Exception):
    """What was asked cannot be done; the text is a sentence for the editor."""


def pause(issue: Issue, *, by: User) -> bool:
    """Sends nothing more until somebody lets it go on; False where nothing was being sent."""
    return _change_state(issue, State.SENDING, State.PAUSED, Action.PAUSED, by=by)


def pause_with_error(issue: Issue, words: str) -> bool:
    """The run pauses by itself and says why, on the desk and by mail to those who may let it go on."""
    with transaction.atomic():
        held = _change_state(issue, State.SENDING, State.PAUSED, Action.PAUSED, words=words)
        if held and not _was_reported(issue):
            transaction.on_commit(lambda: job_queue.enqueue_pause_email(issue.pk))
    return held


def resume(issue: Issue, *, by: User) -> None:
    """Lets a paused run go on, with what it paused for known and accepted.

    Raises:
        NotNow: it is not paused, or what it waits for has to be mended first.
    """
    if refusal := blockers.forbidden_image(issue):
        raise NotNow(refusal)
    accepted = blockers.pause_reason(issue)
    with transaction.atomic():
        recipients.lock_digest_of(issue.pk)
        if not _change_state(
            issue, State.PAUSED, State.SENDING, Action.RESUMED, by=by, words=accepted
        ):
            sentence = "It is not paused, so it cannot be resumed."
            raise NotNow(sentence)
        # Who goes on after too many refusals has seen them; all the others get theirs.
        Issue.objects.filter(pk=issue.pk).update(acknowledged_problem=accepted, wave=1)
        alike = Q(pk=issue.pk) if issue.digest_id is None else Q(digest=issue.digest_id)
        Issue.objects.filter(alike).update(auto_pause=False)
        transaction.on_commit(lambda: job_queue.enqueue_delivery(issue.pk))
    issue.refresh_from_db()


def cancel(issue: Issue, *, by: User) -> bool:
    """Sends nothing more of this issue; what has left cannot be called back."""
    with transaction.atomic():
        stopped = Issue.objects.filter(pk=issue.pk, state__in=[State.SENDING, State.PAUSED]).update(
            state=State.CANCELLED, cancelled_at=Now(), cancelled_by=by, error=""
        )
        if stopped:
            events.log_event(issue, Action.CANCELLED, by=by)
    uncertain.cancel_stopped()
    issue.refresh_from_db()
    return stopped > 0


def pause_if_blocked(issue: Issue) -> bool:
    """Pauses where an article was withdrawn or a image may not go out any more."""
    words = blockers.pause_reason(issue)
    if not words or words == issue.acknowledged_problem:
        return False
    pause_with_error(issue, words)
    return True


def pause_issues_with(article_id: int) -> None:
    """An article was withdrawn: what is being sent with it pauses at once."""
    for issue in Issue.objects.sending().filter(items__article_id=article_id):
        pause_if_blocked(issue)


def pause_on_failures(issue: Issue) -> bool:
    """Pauses where more were refused, returned or complained of than the newsletter allows."""
    if not issue.auto_pause:
        return False
    counts = _all_deliveries(issue).counts()
    bad = sum(counts[state] for state in FAILED_STATES)
    judged = bad + counts[Delivery.State.SENT]
    allowed = issue.newsletter.pause_at_percent
    if judged < MIN_ANSWERS or bad * 100 <= allowed * judged:
        return False
    words = f"{bad} of {judged} were rejected, bounced or reported; {allowed} % are allowed."
    return pause_with_error(issue, words)


def send_to_remaining() -> None:
    """Lets all others have theirs, where the first share was taken well and waited for."""
    for issue in Issue.objects.sending().filter(wave=0).select_related("newsletter"):
        first = _all_deliveries(issue).filter(wave=0)
        if first.filter(state__in=["queued", "claimed", "sending"]).exists():
            continue
        if not _bounces_waited_for(first, issue.newsletter.canary_minutes) or pause_on_failures(
            issue
        ):
            continue
        with transaction.atomic():
            if Issue.objects.filter(pk=issue.pk, state=State.SENDING, wave=0).update(wave=1):
                events.log_event(issue, Action.CANARY_PASSED)


def _was_reported(issue: Issue) -> bool:
    """Whether another issue of its digest has paused by itself: one mail says so for all of them."""
    if issue.digest_id is None:
        return False
    paused = Issue.objects.filter(digest=issue.digest_id, state=State.PAUSED, error__gt="")
    return paused.exclude(pk=issue.pk).exists()


def _all_deliveries(issue: Issue) -> DeliveryQuerySet:
    """The deliveries of an issue, and of all others of its digest: many small ones are judged as one."""
    if issue.digest_id is None:
        return issue.deliveries.all()
    return Delivery.objects.filter(issue__digest=issue.digest_id)


def _bounces_waited_for(first: DeliveryQuerySet, minutes: int) -> bool:
    """Whether returned mail of the first share had its time to come."""
    return not first.filter(sending_at__isnull=False).sent_in_last(minutes=minutes).exists()


def _change_state(
    issue: Issue,
    before: Issue.State,
    after: Issue.State,
    action: Action,
    *,
    words: str = "",
    by: User | None = None,
) -> bool:
    """One state of the run becomes another, once, whoever else wants the same at this moment."""
    error = words[:500] if after == State.PAUSED else ""
    with transaction.atomic():
        turned = Issue.objects.filter(pk=issue.pk, state=before).update(state=after, error=error)
        if turned:
            events.log_event(issue, action, words, by=by)
    issue.refresh_from_db()
    return turned > 0
