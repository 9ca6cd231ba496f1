"""Deciding about comments: each decision is a row that says who, when, what and why."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from articles.comments.akismet import job_queue
from articles.comments.bans.models import Ban
from articles.comments.flags import flagging
from articles.comments.flags.models import Flag
from articles.comments.models import Comment, Moderation
from articles.comments.moderation import appeals, cases
from articles.comments.moderation.models import Appeal, Claim
from articles.comments.tasks import (
    tell_reporter_what_was_decided,
    tell_writer_what_was_decided,
)

DONE: Final = {
    Comment.State.UNCONFIRMED: "asked its writer to confirm the address of this comment",
    Comment.State.PENDING: "put this comment back among the held",
    Comment.State.APPROVED: "approved this comment",
    Comment.State.REJECTED: "rejected this comment",
    Comment.State.SPAM: "marked this comment as spam",
    Comment.State.DELETED: "took this comment back",
}
CHANGED: Final = "Its writer changed the words a moment ago; read them again first."

TOLD_TO_AKISMET: Final = {Comment.State.APPROVED, Comment.State.SPAM}

type Comments = QuerySet[Comment]


class DecidedMeanwhile(Exception):
    """Somebody else decided since the comment was read; the sentence says who and what."""


class ChangedMeanwhile(DecidedMeanwhile):
    """Its writer changed the words after the moderator had read them."""


class BeingDecided(DecidedMeanwhile):
    """Somebody else has the comment before them; the sentence says who."""


def approve(
    comment: Comment, *, by: User | None, seen: str | None = None, quiet: bool = False
) -> bool:
    """Puts the comment on the page. True when that changed something.

    Args:
        by: who decided; None for an import, which brings what was decided elsewhere.
        seen: the state in which the moderator saw it; the comment's own where not given.
        quiet: for imports and the demo: the writer gets no mail.

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
    """Keeps the comment off the page; the reason goes to the writer only with `tell`.

    Args:
        quiet: for imports and the demo: the writer gets no mail.

    Raises:
        DecidedMeanwhile
    """
    return bool(
        decide(
            comment, Comment.State.REJECTED, by=by, seen=seen, reason=reason, tell=tell, quiet=quiet
        )
    )


def spam(comment: Comment, *, by: User, seen: str | None = None) -> bool:
    """Sets the comment aside as spam; its writer gets no mail.

    Raises:
        DecidedMeanwhile
    """
    return bool(decide(comment, Comment.State.SPAM, by=by, seen=seen))


def feature(comment: Comment, *, by: User, on: bool = True) -> Moderation | None:
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
        row = Moderation.objects.create(
            comment=current, decision=current.state, featured=on, made_by=by
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
) -> Moderation | None:
    """One decision; None where nothing was left to decide.

    Args:
        seen: as the moderator saw it: a state, or `Comment.as_seen`, which names its words too.
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
            _refuse_unseen(current, seen or comment.state, None if seen else read_at)
            if read_at and current.edited_at and current.edited_at > read_at:
                raise ChangedMeanwhile(CHANGED)
            if by and not whoever_has_it:
                _refuse_claimed(current, by)
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
) -> Moderation:
    """Within the lock: the state, the row that says why, and everything it answers."""
    stood = current.state == decision
    current.state = decision
    current.save(update_fields=["state"])
    reason = reason.strip()
    told = tell and bool(reason)
    row = Moderation.objects.create(
        comment=current, decision=decision, made_by=by, reason=reason, told=told, ban=ban
    )
    asked = Appeal.objects.waiting().filter(comment=current).exists()
    if decision != Comment.State.SPAM and not quiet and (asked or not stood):
        tell_writer_what_was_decided(row)
    appeals.answer(row)
    Claim.objects.filter(comment=current).delete()
    for flag in flagging.close(current, row):
        tell_reporter_what_was_decided(flag)
    if by is not None and settings.AKISMET_KEY and decision in TOLD_TO_AKISMET:
        job_queue.tell_decision(row)
    return row


def _is_open(comment: Comment, decision: Comment.State, *, by: User | None) -> bool:
    """Whether this decision would say anything that was not said yet.

    To approve what stands already says that a person looked at it: at what readers reported, or at
    what no rule objected to. To reject what is rejected answers a writer who asked for another look.
    """
    if comment.state != decision:
        return True
    if decision == Comment.State.APPROVED and by is not None:
        reported = Flag.objects.waiting().filter(comment=comment).exists()
        looks = Moderation.objects.by_people().filter(comment=comment)
        if comment.edited_at:
            looks = looks.filter(made_at__gte=comment.edited_at)
        return reported or not looks.exists()
    if decision == Comment.State.REJECTED:
        return Appeal.objects.waiting().filter(comment=comment).exists()
    return False


def _refuse_unseen(current: Comment, seen: str, read_at: datetime | None) -> None:
    state, _, words = seen.partition(":")
    if current.state == Comment.State.DELETED or current.state != state:
        raise DecidedMeanwhile(what_happened(current))
    if words and seen != current.as_seen:
        raise ChangedMeanwhile(CHANGED)
    if read_at and current.moderations.filter(made_at__gt=read_at).exists():
        raise DecidedMeanwhile(what_happened(current))


def _refuse_claimed(comment: Comment, by: User) -> None:
    other = cases.claimed_by_others([comment], than=by).get(comment.pk)
    if other is not None:
        sentence = f"{other} is looking at this comment at the moment."
        raise BeingDecided(sentence)


def what_happened(comment: Comment) -> str:
    """Who decided last and what, for somebody who had not seen it."""
    last = comment.moderations.select_related("made_by").first()
    if comment.state == Comment.State.DELETED:
        return "Its writer took this comment back."
    who = last.made_by.public_name if last and last.made_by else "Somebody"
    return f"{who} {DONE[Comment.State(comment.state)]} a moment ago."
