"""Schedules issues, in one minute or at a time, and starts them.

Text and recipients are fixed when sending starts, not before. All times are the database's.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import InterfaceError, OperationalError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from iria.core.blockers import Blocker
from newsletter import job_queue
from newsletter.delivery import blockers, events, recipients, sending
from newsletter.delivery.sending import NotReady
from newsletter.models import Issue

logger = logging.getLogger(__name__)

UNDO: Final = timedelta(minutes=1)
PROGRAM_ERROR: Final = (
    "Sending could not start because of a program error. See the log of the worker."
)
ALREADY_SCHEDULED: Final = "This issue is already scheduled."
PAST: Final = "This time is in the past. Choose a later time, or send now."


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
            events.log_event(current, events.Action.UNSCHEDULED, by=by)
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
                sending.start(current, by=current.started_by)
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
            findings.append(Blocker(PAST))
        if findings:
            raise NotReady(findings)
        Issue.objects.filter(pk=current.pk).update(
            state=Issue.State.SCHEDULED,
            send_at=Now() + UNDO if at is None else at,
            started_by=by,
            error="",
        )
        current.refresh_from_db()
        events.log_event(current, events.Action.SCHEDULED, by=by)
        send_at = current.send_at
        transaction.on_commit(lambda: job_queue.enqueue_start(current.pk, send_at))
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
    events.log_event(issue, events.Action.UNSCHEDULED, message)
