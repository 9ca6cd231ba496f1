"""Deciding about comments: each decision is a row that says who, when, what and why."""

from typing import Final

from django.db import transaction

from accounts.models import User
from articles.comments.flagging import reporting
from articles.comments.flagging.models import Flag
from articles.comments.models import Comment, Moderation
from articles.comments.tasks import (
    tell_reporter_what_was_decided,
    tell_writer_what_was_decided,
)

DONE: Final = {
    Comment.State.HELD: "put this comment back among the held",
    Comment.State.APPROVED: "approved this comment",
    Comment.State.REJECTED: "rejected this comment",
    Comment.State.SPAM: "marked this comment as spam",
    Comment.State.DELETED: "took this comment back",
}


class DecidedMeanwhile(Exception):
    """Somebody else decided since the comment was read; the sentence says who and what."""


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
    return _decide(comment, Comment.State.APPROVED, by=by, seen=seen, quiet=quiet)


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
    return _decide(
        comment, Comment.State.REJECTED, by=by, seen=seen, reason=reason, tell=tell, quiet=quiet
    )


def spam(comment: Comment, *, by: User, seen: str | None = None) -> bool:
    """Sets the comment aside as spam; its writer gets no mail.

    Raises:
        DecidedMeanwhile
    """
    return _decide(comment, Comment.State.SPAM, by=by, seen=seen)


def _decide(
    comment: Comment,
    decision: Comment.State,
    *,
    by: User | None,
    seen: str | None,
    reason: str = "",
    tell: bool = False,
    quiet: bool = False,
) -> bool:
    expected = seen or comment.state
    with transaction.atomic():
        # The lock lets two moderators pass one after the other; the second one finds out.
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        reported = Flag.objects.waiting().filter(comment=current).exists()
        # To approve what stands already means that what readers reported was looked at.
        changed = current.state != decision or (reported and decision == Comment.State.APPROVED)
        if changed:
            if current.state == Comment.State.DELETED or current.state != expected:
                raise DecidedMeanwhile(_what_happened(current))
            stood = current.state == decision
            current.state = decision
            current.save(update_fields=["state"])
            row = Moderation.objects.create(
                comment=current,
                decision=decision,
                made_by=by,
                reason=reason.strip(),
                told=tell and bool(reason.strip()),
            )
            if decision != Comment.State.SPAM and not quiet and not stood:
                tell_writer_what_was_decided(row)
            for flag in reporting.close(current, decision):
                tell_reporter_what_was_decided(flag)
    comment.state = current.state
    return changed


def _what_happened(comment: Comment) -> str:
    last = comment.moderations.select_related("made_by").first()
    if comment.state == Comment.State.DELETED:
        return "Its writer took this comment back."
    who = last.made_by.public_name if last and last.made_by else "Somebody"
    return f"{who} {DONE[Comment.State(comment.state)]} a moment ago."
