"""Sends tests, schedules issues, starts them, and the worker's maintenance.

An issue is scheduled in one minute or at a time. Text and recipients are fixed when sending starts, not before. All times
are the database's.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.db import InterfaceError, OperationalError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from iria.core.blockers import Blocked, Blocker
from iria.core.jobs import enqueue, job
from iria.publication.models import current_publication
from newsletter import preflight
from newsletter.delivery import blockers, controls, recipients
from newsletter.email import headers, rendering
from newsletter.email.smtp import Outcome, SmtpConnection
from newsletter.models import Issue


class NotReady(Blocked):
    """The issue cannot be sent; `blockers` lists what to fix first."""


class TestNotSent(Exception):
    """The mail server rejected a test. The message is shown to the user."""


def send_test(issue: Issue, to: str, *, name: str = "", by: User | None = None) -> None:
    """Sends the current issue to one address, marked as a test.

    Args:
        name: the name for the greeting.

    Raises:
        TestNotSent: with what the mail server said.
    """
    rendered = rendering.compose(issue)
    test = replace(rendered, subject=f"[Test] {rendered.subject}")
    email = headers.message_to(
        to,
        test,
        newsletter=issue.newsletter,
        publication=current_publication(),
        token=rendering.TEST_TOKEN,
        message_id=headers.new_message_id(),
        name=name,
        language=issue.effective_language,
    )
    with SmtpConnection() as smtp:
        answer = smtp.deliver(email)
    if answer.outcome is not Outcome.SENT:
        raise TestNotSent(f"The test to {to} was not sent. {answer.response}")
    preflight.record_test(issue, by=by)


def send_tests(issue: Issue, to: Sequence[User], *, by: User) -> None:
    """Sends the same test to several users, each with their own greeting.

    Raises:
        TestNotSent: with what the mail server said; those before were sent.
    """
    for user in to:
        send_test(issue, user.email, name=user.display_name, by=by)


def start(issue: Issue, *, by: User | None) -> int:
    """Fixes text and recipients and enqueues delivery; returns the number of recipients.

    Raises:
        NotReady: with what the editor must fix first.
    """
    with transaction.atomic():
        # The second of two issues of a digest sees the recipients of the first: nobody gets both.
        recipients.lock_digest_of(issue.pk)
        current = (
            Issue.objects.select_for_update(of=("self",))
            .select_related("newsletter", "digest", "image")
            .get(pk=issue.pk)
        )
        if findings := blockers.blockers(current):
            raise NotReady(findings)
        _snapshot_text(current, by)
        audience = recipients.audience(current).count()
        share = recipients.canary_share(current, audience)
        count = recipients.snapshot_recipients(
            current, domain=headers.mail_domain(), canary_share=share
        )
        if count == 0:
            # The last subscriber unsubscribed after the check.
            raise NotReady(["No recipients: nobody is subscribed at the moment."])
        _record_start(current, count, has_canary=share > 0, by=by)
        transaction.on_commit(recipients.analyze)
        transaction.on_commit(lambda: enqueue("newsletter.deliver", once=True, issue_id=current.pk))
    issue.refresh_from_db()
    return count


def _snapshot_text(issue: Issue, by: User | None) -> None:
    # The clock of the database: that of the worker may differ.
    Issue.objects.filter(pk=issue.pk).update(started_at=Now(), started_by=by)
    issue.refresh_from_db(fields=["started_at", "started_by"])
    rendered = rendering.compose(issue)
    if issue.newsletter.tracks_clicks:
        rendered = rendering.with_tracked_links(issue, rendered)
    issue.sent_html, issue.sent_text = rendered.html, rendered.text


def _record_start(issue: Issue, count: int, *, has_canary: bool, by: User | None) -> None:
    issue.state = Issue.State.SENDING
    issue.wave = 0 if has_canary else 1
    issue.error = ""
    issue.save()
    details = f"Recipients: {count}."
    if issue.delay is not None:
        minutes = round(issue.delay.total_seconds() / 60)
        details += f" Started {minutes} minutes late, because no worker was running."
    controls.log_event(issue, controls.Action.STARTED, details, by=by)


def run_maintenance() -> list[int]:
    """Repairs the state of deliveries every minute, so that no e-mail depends on a lost job.

    Unfinished deliveries become uncertain, expired leases are released, finished issues are closed.
    Returns the issues that have pending deliveries and no worker.
    """
    controls.mark_stale_uncertain()
    controls.expire_leases()
    controls.cancel_stopped()
    controls.send_to_remaining()
    sending = list(Issue.objects.sending().values_list("pk", flat=True))
    return [
        issue_id
        for issue_id in sending
        if not controls.close(issue_id) and not controls.is_busy(issue_id)
    ]


logger = logging.getLogger(__name__)

UNDO_PERIOD: Final = timedelta(minutes=1)
PROGRAM_ERROR: Final = (
    "Sending could not start because of a program error. See the log of the worker."
)
ALREADY_SCHEDULED: Final = "This issue is already scheduled."
TIME_IS_PAST: Final = "This time is in the past. Choose a later time, or send now."


def send_in_a_minute(issue: Issue, *, by: User) -> None:
    """Schedules the issue in one minute; until then it can be unscheduled.

    Raises:
        NotReady: with what the editor must fix first.
    """
    _schedule(issue, None, by=by)


def send_at(issue: Issue, at: datetime, *, by: User) -> None:
    """Schedules the issue at a time.

    Raises:
        NotReady: with what the editor must fix first, or because the time is past.
    """
    _schedule(issue, at, by=by)


def unschedule(issue: Issue, *, by: User) -> bool:
    """Makes a scheduled issue a draft again; returns False if it has started."""
    with transaction.atomic():
        current = Issue.objects.select_for_update().get(pk=issue.pk)
        was_scheduled = current.state == Issue.State.SCHEDULED
        if was_scheduled:
            _back_to_draft(current)
            controls.log_event(current, controls.Action.UNSCHEDULED, by=by)
    issue.refresh_from_db()
    return was_scheduled


def start_due() -> list[int]:
    """Starts every due issue once, however late; returns their IDs."""
    due = Issue.objects.filter(state=Issue.State.SCHEDULED, send_at__lte=Now())
    return [
        pk for pk in due.order_by("send_at", "pk").values_list("pk", flat=True) if _start_safely(pk)
    ]


def _start_safely(issue_id: int) -> bool:
    """Starts an issue; an exception is logged, does not stop the others, and is retried every minute."""
    try:
        return start_scheduled(issue_id)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("Scheduled issue %s could not be started.", issue_id)
        Issue.objects.filter(pk=issue_id).update(error=PROGRAM_ERROR)
        return False


@job("newsletter.begin")
def start_scheduled(issue_id: int) -> bool:
    """Starts a due issue; if it cannot be sent any more, it becomes a draft again."""
    due = Issue.objects.filter(pk=issue_id, state=Issue.State.SCHEDULED, send_at__lte=Now())
    with transaction.atomic():
        recipients.lock_digest_of(issue_id)
        # A second worker finds it locked or started: it is sent once.
        current = due.select_for_update(of=("self",), skip_locked=True).first()
        if current is None:
            return False
        try:
            with transaction.atomic():
                start(current, by=current.started_by)
        except NotReady as error:
            _back_to_draft_after(current, error)
            return False
    return True


def _schedule(issue: Issue, at: datetime | None, *, by: User) -> None:
    with transaction.atomic():
        current = (
            Issue.objects.select_for_update(of=("self",))
            .select_related("newsletter")
            .get(pk=issue.pk)
        )
        if current.state == Issue.State.SCHEDULED:
            raise NotReady([ALREADY_SCHEDULED])
        findings = blockers.blockers(current)
        if at is not None and at <= timezone.now():
            findings.append(Blocker(TIME_IS_PAST))
        if findings:
            raise NotReady(findings)
        Issue.objects.filter(pk=current.pk).update(
            state=Issue.State.SCHEDULED,
            send_at=Now() + UNDO_PERIOD if at is None else at,
            started_by=by,
            error="",
        )
        current.refresh_from_db()
        controls.log_event(current, controls.Action.SCHEDULED, by=by)
        send_at = current.send_at
        transaction.on_commit(lambda: enqueue("newsletter.begin", at=send_at, issue_id=current.pk))
    issue.refresh_from_db()


def _back_to_draft(issue: Issue, error: str = "") -> None:
    # A digest that an editor unscheduled must be sent by an editor.
    Issue.objects.filter(pk=issue.pk).update(
        state=Issue.State.DRAFT,
        send_at=None,
        started_by=None,
        error=error[:500],
        needs_approval=True,
    )


def _back_to_draft_after(issue: Issue, not_ready: NotReady) -> None:
    message = f"Not sent at the scheduled time: {not_ready} It is a draft again."
    _back_to_draft(issue, message)
    controls.log_event(issue, controls.Action.UNSCHEDULED, message)
