"""Letting digests go: by themselves where their rule says so, or when an editor approves them."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from articles.editorial.models import Article
from newsletter import job_queue
from newsletter.delivery import recipients, scheduling, sending
from newsletter.delivery.sending import NotReady
from newsletter.digests import composition, periods
from newsletter.email import rendering
from newsletter.models import Digest, Issue
from newsletter.preflight import external_checks

logger = logging.getLogger(__name__)

JUST_COMPOSED: Final = timedelta(minutes=1)
STUMBLED: Final = "Approved, but it does not go out through a fault of this program, which is in the log of the worker."
TOO_LATE: Final = (
    "It did not go out by itself in its time, and will not any more; approve it if it is still news, "
    "or delete it."
)


def send_ready(now: datetime | None = None) -> list[int]:
    """Lets every digest go that waits for nobody's approval; returns those that went.

    What stands in its way is written where the editors look, and is tried again every minute, until
    the next period has ended.
    """
    now = now or timezone.now()
    waiting = Issue.objects.to_go_by_themselves()
    for digest in Digest.objects.filter(pk__in=waiting.values("digest")).order_by("pk"):
        if now - digest.composed_at > JUST_COMPOSED:
            _compose_missing(digest)
    return [key for key in waiting.values_list("pk", flat=True) if _send_or_say(key, now)]


def _compose_missing(digest: Digest) -> None:
    try:
        composition.compose_missing(digest)
    except Exception:
        # Those that are composed go all the same.
        logger.exception("What readers chose since could not be composed for digest %s.", digest.pk)


def approve(digest: Digest, *, by: User) -> bool:
    """Lets the worker send what waits of a digest; False where nothing does.

    There may be an issue for each of many choices, and each is looked over: more than one request
    has time for.
    """
    with transaction.atomic():
        current = Digest.objects.select_for_update(of=("self",)).get(pk=digest.pk)
        if not current.issues.filter(state=Issue.State.DRAFT).exists():
            return False
        current.approved_by, current.being_approved = by, True
        current.save(update_fields=["approved_by", "being_approved"])
        transaction.on_commit(lambda: job_queue.approve_soon(digest.pk))
    return True


def carry_out_approved() -> None:
    """What was approved and is not done, though its job may be lost."""
    for key in Digest.objects.filter(being_approved=True).values_list("pk", flat=True):
        job_queue.approve_soon(key)


def carry_out(digest_id: int) -> int:
    """Lets every issue of an approved digest go in a minute; returns how many.

    What stands in the way of one is written on it, for whoever approved.
    """
    approved = Digest.objects.select_related("approved_by").filter(being_approved=True)
    digest = approved.filter(pk=digest_id).first()
    if digest is None:
        return 0
    gone = 0
    if digest.approved_by is not None:
        _compose_missing(digest)
        drafts = digest.issues.filter(state=Issue.State.DRAFT).order_by("pk")
        for key in list(drafts.values_list("pk", flat=True)):
            gone += _carried_out(key, digest.approved_by)
    Digest.objects.filter(pk=digest_id).update(being_approved=False)
    return gone


def is_still_wanted(issue: Issue) -> bool:
    """Whether there is still an issue: of one that nobody touched, what cannot be read goes.

    One that would be empty, or that nobody would get, is gone altogether.
    """
    if not issue.composed_by_rule:
        return True
    with transaction.atomic():
        if not recipients.audience(issue).exists():
            composition.forget_choice(issue)
            return False
        return _leave_out_withdrawn(issue)


def _carried_out(issue_id: int, by: User) -> bool:
    try:
        return _send_soon_or_say(issue_id, by)
    except Exception:
        logger.exception("Issue %s of an approved digest could not be sent.", issue_id)
        Issue.objects.filter(pk=issue_id).update(trouble=STUMBLED)
        return False


def _send_soon_or_say(issue_id: int, by: User) -> bool:
    drafts = Issue.objects.filter(pk=issue_id, state=Issue.State.DRAFT)
    with transaction.atomic():
        recipients.hold_digest_of(issue_id)
        issue = drafts.select_for_update(of=("self",), skip_locked=True).first()
        if issue is None or not is_still_wanted(issue):
            return False
        external_checks.look_soon(issue, rendering.compose(issue))
        try:
            scheduling.send_soon(issue, by=by)
        except NotReady as refusal:
            words = f"Approved, but it does not go out yet: {refusal} Mend it, and approve again."
            Issue.objects.filter(pk=issue_id).update(trouble=words[:500])
            return False
    return True


def _send_or_say(issue_id: int, now: datetime) -> bool:
    try:
        return _send(issue_id, now)
    except Exception:
        logger.exception("Issue %s, which goes out by itself, could not be sent.", issue_id)
        return False


def _send(issue_id: int, now: datetime) -> bool:
    ready = Issue.objects.to_go_by_themselves().filter(pk=issue_id)
    with transaction.atomic():
        recipients.hold_digest_of(issue_id)
        # Whoever comes second finds it locked or gone: it goes out once.
        issue = ready.select_for_update(of=("self",), skip_locked=True).first()
        if issue is None or not is_still_wanted(issue):
            return False
        assert issue.digest is not None  # noqa: S101 - asked for above
        if now > periods.stale_at(issue.digest):
            words = f"{TOO_LATE} {issue.trouble}".strip()[:500]
            Issue.objects.filter(pk=issue_id).update(held=True, trouble=words)
            return False
        external_checks.look_soon(issue, rendering.compose(issue))
        try:
            with transaction.atomic():
                sending.start(issue, by=None)
        except NotReady as refusal:
            Issue.objects.filter(pk=issue_id).update(
                trouble=f"It has not gone out by itself yet: {refusal}"[:500]
            )
            return False
    return True


def _leave_out_withdrawn(issue: Issue) -> bool:
    readable = Article.objects.published().values("pk")
    gone, _ = issue.items.exclude(article_id__in=readable).delete()
    first = Article.objects.filter(pk=issue.items.values("article_id")[:1]).first()
    if first is None:
        issue.delete()
        return False
    if gone:
        # The subject may have named what is gone.
        issue.subject = composition.subject_of(issue, first)
        issue.save(update_fields=["subject"])
    return True
