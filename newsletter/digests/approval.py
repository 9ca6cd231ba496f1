"""Sends digests, automatically or after approval."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from articles.editorial.models import Article
from iria.core.jobs import enqueue, job
from newsletter import preflight
from newsletter.delivery import recipients, sending
from newsletter.delivery.sending import NotReady
from newsletter.digests import composition
from newsletter.email import rendering
from newsletter.models import Digest, Issue

logger = logging.getLogger(__name__)

GRACE_PERIOD: Final = timedelta(minutes=1)
PROGRAM_ERROR: Final = (
    "Approved, but not sent because of a program error. See the log of the worker."
)
TOO_LATE: Final = (
    "It was not sent automatically in time. Approve it if it is still relevant, or delete it."
)


def send_automatic(now: datetime | None = None) -> list[int]:
    """Schedules every digest that needs no approval; returns the IDs of their issues.

    Errors are stored for the editors, and retried every minute until the next period has ended.
    """
    now = now or timezone.now()
    ready = Issue.objects.ready_automatic()
    for digest in Digest.objects.filter(pk__in=ready.values("digest")).order_by("pk"):
        if now - digest.composed_at > GRACE_PERIOD:
            _compose_missing(digest)
    return [pk for pk in ready.values_list("pk", flat=True) if _send_safely(pk, now)]


def _compose_missing(digest: Digest) -> None:
    try:
        composition.compose_missing(digest)
    except Exception:
        # The issues that were composed are sent anyway.
        logger.exception("Missing issues of digest %s could not be composed.", digest.pk)


def approve(digest: Digest, *, by: User) -> bool:
    """Enqueues sending the drafts of a digest; returns False if there are none.

    A digest may have an issue for each of many choices, and each is checked: too much for one
    request.
    """
    with transaction.atomic():
        current = Digest.objects.select_for_update(of=("self",)).get(pk=digest.pk)
        if not current.issues.filter(state=Issue.State.DRAFT).exists():
            return False
        current.approved_by, current.being_approved = by, True
        current.save(update_fields=["approved_by", "being_approved"])
        transaction.on_commit(lambda: _enqueue(digest.pk))
    return True


def resume_approvals() -> None:
    """Enqueues approved digests again whose job may have been lost."""
    for pk in Digest.objects.filter(being_approved=True).values_list("pk", flat=True):
        _enqueue(pk)


@job("newsletter.approve")
def send_approved(digest_id: int) -> int:
    """Schedules every issue of an approved digest in one minute; returns how many.

    What blocks an issue is stored on it, for the user who approved it.
    """
    approved = Digest.objects.select_related("approved_by").filter(being_approved=True)
    digest = approved.filter(pk=digest_id).first()
    if digest is None:
        return 0
    count = 0
    if digest.approved_by is not None:
        _compose_missing(digest)
        drafts = digest.issues.filter(state=Issue.State.DRAFT).order_by("pk")
        for pk in list(drafts.values_list("pk", flat=True)):
            count += _send_approved_issue(pk, digest.approved_by)
    Digest.objects.filter(pk=digest_id).update(being_approved=False)
    return count


def is_still_wanted(issue: Issue) -> bool:
    """Removes unpublished articles from an unedited issue, and returns whether it still exists.

    An issue that would be empty, or that nobody would receive, is deleted.
    """
    if not issue.is_automatic:
        return True
    with transaction.atomic():
        if not recipients.audience(issue).exists():
            composition.discard(issue)
            return False
        return _remove_unpublished(issue)


def _send_approved_issue(issue_id: int, by: User) -> bool:
    try:
        return _schedule_or_report(issue_id, by)
    except Exception:
        logger.exception("Issue %s of an approved digest could not be sent.", issue_id)
        Issue.objects.filter(pk=issue_id).update(error=PROGRAM_ERROR)
        return False


def _schedule_or_report(issue_id: int, by: User) -> bool:
    drafts = Issue.objects.filter(pk=issue_id, state=Issue.State.DRAFT)
    with transaction.atomic():
        recipients.lock_digest_of(issue_id)
        issue = drafts.select_for_update(of=("self",), skip_locked=True).first()
        if issue is None or not is_still_wanted(issue):
            return False
        preflight.enqueue_checks(issue, rendering.compose(issue))
        try:
            sending.send_in_a_minute(issue, by=by)
        except NotReady as error:
            message = f"Approved, but not sent yet: {error} Fix this, then approve again."
            Issue.objects.filter(pk=issue_id).update(error=message[:500])
            return False
    return True


def _send_safely(issue_id: int, now: datetime) -> bool:
    try:
        return _send(issue_id, now)
    except Exception:
        logger.exception("Automatic issue %s could not be sent.", issue_id)
        return False


def _send(issue_id: int, now: datetime) -> bool:
    ready = Issue.objects.ready_automatic().filter(pk=issue_id)
    with transaction.atomic():
        recipients.lock_digest_of(issue_id)
        # A second worker finds it locked or started: it is sent once.
        issue = ready.select_for_update(of=("self",), skip_locked=True).first()
        if issue is None or not is_still_wanted(issue):
            return False
        assert issue.digest is not None  # noqa: S101 - filtered by digest above
        if now > composition.stale_at(issue.digest):
            message = f"{TOO_LATE} {issue.error}".strip()[:500]
            Issue.objects.filter(pk=issue_id).update(needs_approval=True, error=message)
            return False
        preflight.enqueue_checks(issue, rendering.compose(issue))
        try:
            with transaction.atomic():
                sending.start(issue, by=None)
        except NotReady as error:
            Issue.objects.filter(pk=issue_id).update(
                error=f"Not sent automatically yet: {error}"[:500]
            )
            return False
    return True


def _remove_unpublished(issue: Issue) -> bool:
    published = Article.objects.published().values("pk")
    removed, _ = issue.items.exclude(article_id__in=published).delete()
    first = Article.objects.filter(pk=issue.items.values("article_id")[:1]).first()
    if first is None:
        issue.delete()
        return False
    if removed:
        # The subject may mention a removed article.
        issue.subject = composition.subject_of(issue, first)
        issue.save(update_fields=["subject"])
    return True


def _enqueue(digest_id: int) -> None:
    """Never two jobs for the same digest, queued or running."""
    enqueue(
        "newsletter.approve",
        once=True,
        lock=f"newsletter.approve {digest_id}",
        digest_id=digest_id,
    )
