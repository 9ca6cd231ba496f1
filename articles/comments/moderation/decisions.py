"""Decisions of moderators: each is a row with who, when, what and why."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from articles.comments import job_queue
from articles.comments.bans.models import Ban
from articles.comments.flags import flagging
from articles.comments.flags.models import Flag
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import appeals, cases
from articles.comments.moderation.models import Appeal, Claim

DONE: Final = {
    Comment.State.UNCONFIRMED: "asked the commenter to confirm the e-mail address",
    Comment.State.PENDING: "set this comment to pending",
    Comment.State.APPROVED: "approved this comment",
    Comment.State.REJECTED: "rejected this comment",
    Comment.State.SPAM: "marked this comment as spam",
    Comment.State.DELETED: "deleted this comment",
}
CHANGED: Final = "The comment was edited just now. Read it again before you decide."

TOLD_TO_AKISMET: Final = {Comment.State.APPROVED, Comment.State.SPAM}

type Comments = QuerySet[Comment]


class DecidedMeanwhile(Exception):
    """Somebody else decided since the comment was read; the sentence says who and what."""


class ChangedMeanwhile(DecidedMeanwhile):
    """Its commenter changed the words after the moderator had read them."""


class BeingDecided(DecidedMeanwhile):
    """Somebody else has the comment before them; the sentence says who."""


def approve(
    comment: Comment, *, by: User | None, seen: str | None = None, quiet: bool = False
) -> bool:
    """Puts the comment on the page. True when that changed something.

    Args:
        by: who decided; None for an import, which brings what was decided elsewhere.
        seen: the state in which the moderator saw it; the comment's own where not given.
        quiet: for imports and the demo: the commenter gets no mail.

    Raises:
        DecidedMeanwhile: it is in another state than the moderator saw.
    """
    return bool(decide(comment, Comment.State.APPROVED, by=by, seen=seen, quiet=quiet))


def reject(
    comment: Comment,
    *,
    by: User,
    reason: str = "",
    tell: bool = False,
    seen: str | None = None,
    quiet: bool = False,
) -> bool:
    """Keeps the comment off the page; the reason goes to the commenter only with `tell`.

    Args:
        quiet: for imports and the demo: the commenter gets no mail.

    Raises:
        DecidedMeanwhile
    """
    return bool(
        decide(
            comment, Comment.State.REJECTED, by=by, seen=seen, reason=reason, tell=tell, quiet=quiet
        )
    )


def spam(comment: Comment, *, by: User, seen: str | None = None) -> bool:
    """Sets the comment aside as spam; its commenter gets no mail.

    Raises:
        DecidedMeanwhile
    """
    return bool(decide(comment, Comment.State.SPAM, by=by, seen=seen))


def feature(comment: Comment, *, by: User, on: bool = True) -> ModerationDecision | None:
    """Marks an approved comment as worth reading first, or ends that; None where it was so already.

    Raises:
        DecidedMeanwhile: it does not stand on the page any more.
    """
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if current.state != Comment.State.APPROVED:
            raise DecidedMeanwhile(what_happened(current))
        if current.featured == on:
            return None
        current.featured = on
        current.save(update_fields=["featured"])
        row = ModerationDecision.objects.create(
            comment=current, decision=current.state, featured=on, created_by=by
        )
    comment.featured = on
    return row


def decide(
    comment: Comment,
    decision: Comment.State,
    *,
    by: User | None,
    seen: str | None = None,
    read_at: datetime | None = None,
    reason: str = "",
    tell: bool = False,
    quiet: bool = False,
    ban: Ban | None = None,
    whoever_has_it: bool = False,
) -> ModerationDecision | None:
    """One decision; None where nothing was left to decide.

    Args:
        seen: as the moderator saw it: a state, or `Comment.change_token`, which names its words too.
        read_at: when the moderator got the words to read; nobody decides about words of later, nor,
            where `seen` does not say it, about what was decided later.
        ban: the ban or suspension that brings this decision with it.
        whoever_has_it: also when somebody else has the comment before them.

    Raises:
        DecidedMeanwhile
    """
    row = None
    with transaction.atomic():
        # The lock lets two moderators pass one after the other; the second one finds out.
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if _is_open(current, decision, by=by):
            _check_seen(current, seen or comment.state, None if seen else read_at)
            if read_at and current.edited_at and current.edited_at > read_at:
                raise ChangedMeanwhile(CHANGED)
            if by and not whoever_has_it:
                _check_claim(current, by)
            row = _record(current, decision, by=by, reason=reason, tell=tell, ban=ban, quiet=quiet)
    comment.state = current.state
    return row


def _record(
    current: Comment,
    decision: Comment.State,
    *,
    by: User | None,
    reason: str,
    tell: bool,
    ban: Ban | None,
    quiet: bool,
) -> ModerationDecision:
    """Within the lock: the state, the row that says why, and everything it answers."""
    stood = current.state == decision
    current.state = decision
    current.save(update_fields=["state"])
    reason = reason.strip()
    told = tell and bool(reason)
    row = ModerationDecision.objects.create(
        comment=current,
        decision=decision,
        created_by=by,
        reason=reason,
        commenter_notified=told,
        ban=ban,
    )
    asked = Appeal.objects.pending().filter(comment=current).exists()
    if decision != Comment.State.SPAM and not quiet and (asked or not stood):
        job_queue.enqueue_decided(row)
    appeals.answer(row)
    Claim.objects.filter(comment=current).delete()
    for flag in flagging.close(current, row):
        job_queue.enqueue_flag_decided(flag)
    if by is not None and settings.AKISMET_KEY and decision in TOLD_TO_AKISMET:
        job_queue.enqueue_akismet_correction(row)
    return row


def _is_open(comment: Comment, decision: Comment.State, *, by: User | None) -> bool:
    """Whether this decision would say anything that was not said yet.

    To approve what stands already says that a person looked at it: at what readers reported, or at
    what no rule objected to. To reject what is rejected answers a commenter who asked for another look.
    """
    if comment.state != decision:
        return True
    if decision == Comment.State.APPROVED and by is not None:
        reported = Flag.objects.pending().filter(comment=comment).exists()
        looks = ModerationDecision.objects.by_people().filter(comment=comment)
        if comment.edited_at:
            looks = looks.filter(created_at__gte=comment.edited_at)
        return reported or not looks.exists()
    if decision == Comment.State.REJECTED:
        return Appeal.objects.pending().filter(comment=comment).exists()
    return False


def _check_seen(current: Comment, seen: str, read_at: datetime | None) -> None:
    state, _, words = seen.partition(":")
    if current.state == Comment.State.DELETED or current.state != state:
        raise DecidedMeanwhile(what_happened(current))
    if words and seen != current.change_token:
        raise ChangedMeanwhile(CHANGED)
    if read_at and current.moderations.filter(created_at__gt=read_at).exists():
        raise DecidedMeanwhile(what_happened(current))


def _check_claim(comment: Comment, by: User) -> None:
    other = cases.claimed_by_others([comment], than=by).get(comment.pk)
    if other is not None:
        sentence = f"{other} is reviewing this comment."
        raise BeingDecided(sentence)


def what_happened(comment: Comment) -> str:
    """Who decided last and what, for somebody who had not seen it."""
    last = comment.moderations.select_related("created_by").first()
    if comment.state == Comment.State.DELETED:
        return "The commenter deleted this comment."
    who = last.created_by.public_name if last and last.created_by else "Somebody"
    return f"{who} {DONE[Comment.State(comment.state)]} a moment ago."
