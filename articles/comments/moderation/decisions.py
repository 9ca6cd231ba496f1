"""Decisions of moderators, each saved as a row of the moderation log, and appeals.

A decision can be undone within seconds, by a decision of its own, so that the log stays complete. The
commenter of a rejected comment can ask once for a review.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import flagging, queues
from articles.comments.moderation.models import (
    APPEAL_MAX_LENGTH,
    UNDO_ACCEPTED_FOR,
    Appeal,
    Ban,
    Claim,
    Flag,
)
from iria.core.jobs import enqueue
from iria.core.text.validators import validate_storable

FINAL_AFTER: Final = UNDO_ACCEPTED_FOR + timedelta(seconds=1)
"""Nothing about a decision is sent while it can be undone."""


class AppealError(Exception):
    """The appeal was not accepted; the message is for the commenter."""


def may_appeal(comment: Comment) -> bool:
    """Whether the commenter can appeal: only against a rejection, and only once."""
    rejected = comment.state == Comment.State.REJECTED
    return rejected and not Appeal.objects.filter(comment=comment).exists()


def appeal(comment: Comment, *, text: str = "") -> Appeal:
    """Adds the comment to the queue of appeals; it stays rejected until a moderator decides.

    A repeated click is one appeal, and the first one is returned.

    Raises:
        AppealError
    """
    text = text.replace("\r\n", "\n").strip()
    try:
        validate_storable(text)
    except ValidationError as error:
        raise AppealError(error.messages[0]) from error
    if len(text) > APPEAL_MAX_LENGTH:
        raise AppealError(
            gettext("Too long. Shorten it to at most %(most)s characters.")
            % {"most": f"{APPEAL_MAX_LENGTH:,}"}
        )
    try:
        with transaction.atomic():
            current = Comment.objects.select_for_update().get(pk=comment.pk)
            first = Appeal.objects.filter(comment=current).first()
            if first is not None and first.outcome == Appeal.Outcome.PENDING:
                return first
            if first is not None:
                raise AppealError(
                    gettext("You have already appealed, and a moderator has decided.")
                )
            if current.state != Comment.State.REJECTED:
                raise AppealError(gettext("This comment is not rejected, so you cannot appeal."))
            return Appeal.objects.create(comment=current, text=text)
    except (IntegrityError, Comment.DoesNotExist) as error:
        raise AppealError(gettext("This comment no longer exists.")) from error


def answer_appeal(row: ModerationDecision) -> None:
    """Closes the pending appeal with a decision; called in the transaction of the decision."""
    outcomes = {
        Comment.State.APPROVED: Appeal.Outcome.GRANTED,
        Comment.State.REJECTED: Appeal.Outcome.REJECTED,
        Comment.State.SPAM: Appeal.Outcome.REJECTED,
    }
    if outcome := outcomes.get(Comment.State(row.decision)):
        appeal = Appeal.objects.pending().filter(comment=row.comment_id)
        appeal.update(outcome=outcome, decision=row)


def reopen_appeal(row: ModerationDecision) -> None:
    """Reopens the appeal that a decision closed; called in the transaction that undoes the decision.

    A pending appeal against the undone rejection is deleted; the commenter can appeal again later.
    """
    Appeal.objects.pending().filter(comment=row.comment_id).delete()
    Appeal.objects.filter(decision=row).update(outcome=Appeal.Outcome.PENDING, decision=None)


def reopen_deleted(comment: Comment) -> None:
    """Reopens appeal and reports; called in the transaction in which the commenter undoes a deletion."""
    Appeal.objects.filter(comment=comment, outcome=Appeal.Outcome.DELETED).update(
        outcome=Appeal.Outcome.PENDING
    )
    comment.flags.filter(outcome=Flag.Outcome.DELETED).update(
        outcome=Flag.Outcome.PENDING, decided_at=None
    )


def close_appeal(comment: Comment) -> None:
    """Closes the pending appeal; called in the transaction in which the commenter deletes the comment."""
    Appeal.objects.pending().filter(comment=comment).update(outcome=Appeal.Outcome.DELETED)


PAST_TENSE: Final = {
    Comment.State.UNCONFIRMED: "asked the commenter to confirm the e-mail address",
    Comment.State.PENDING: "set this comment to pending",
    Comment.State.APPROVED: "approved this comment",
    Comment.State.REJECTED: "rejected this comment",
    Comment.State.SPAM: "marked this comment as spam",
    Comment.State.DELETED: "deleted this comment",
}
EDITED: Final = "The comment was edited just now. Read it again before you decide."

REPORTED_TO_AKISMET: Final = {Comment.State.APPROVED, Comment.State.SPAM}

type Comments = QuerySet[Comment]


class DecidedMeanwhile(Exception):
    """Somebody else decided after the comment was read; the message says who and what."""


class EditedMeanwhile(DecidedMeanwhile):
    """The commenter edited the comment after the moderator read it."""


class ClaimedByOther(DecidedMeanwhile):
    """Another moderator has claimed the comment; the message says who."""

    def __init__(self, moderator: str) -> None:
        super().__init__(f"{moderator} is reviewing this comment.")
        self.moderator = moderator


def feature(comment: Comment, *, by: User, on: bool = True) -> ModerationDecision | None:
    """Features an approved comment, or stops featuring it; returns None if nothing changed.

    Raises:
        DecidedMeanwhile: it is not approved any more.
    """
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if current.state != Comment.State.APPROVED:
            raise DecidedMeanwhile(what_happened(current))
        if current.featured == on:
            return None
        log_state(current)
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
    notify: bool = False,
    quiet: bool = False,
    ban: Ban | None = None,
    ignore_claim: bool = False,
) -> ModerationDecision | None:
    """Saves a decision; returns None if there is nothing to decide.

    Args:
        by: the moderator; None for imports, where the decision was made elsewhere.
        notify: the commenter gets the reason.
        quiet: the commenter gets no e-mail: for imports, the demo and bans.
        seen: what the moderator saw: a state, or `Comment.change_token`, which covers the text too.
        read_at: when the moderator loaded the text; later edits are an error, and so are later
            decisions if `seen` is not given.
        ban: the ban or suspension that causes this decision.
        ignore_claim: decide even if another moderator has claimed the comment.

    Raises:
        DecidedMeanwhile
    """
    row = None
    with transaction.atomic():
        # With the lock, the second of two moderators sees the decision of the first.
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if _is_needed(current, decision, by=by):
            _check_seen(current, seen or comment.state, None if seen else read_at)
            if read_at and current.edited_at and current.edited_at > read_at:
                raise EditedMeanwhile(EDITED)
            if by and not ignore_claim:
                _check_claim(current, by)
            row = _record(
                current, decision, by=by, reason=reason, notify=notify, ban=ban, quiet=quiet
            )
    comment.state = current.state
    return row


def _record(
    current: Comment,
    decision: Comment.State,
    *,
    by: User | None,
    reason: str,
    notify: bool,
    ban: Ban | None,
    quiet: bool,
) -> ModerationDecision:
    """Saves state and decision, and closes appeal, claim and reports; needs the row lock."""
    unchanged = current.state == decision
    log_state(current)
    current.state = decision
    current.save(update_fields=["state"])
    reason = reason.strip()
    notified = notify and bool(reason)
    row = ModerationDecision.objects.create(
        comment=current,
        decision=decision,
        created_by=by,
        reason=reason,
        commenter_notified=notified,
        ban=ban,
    )
    has_appeal = Appeal.objects.pending().filter(comment=current).exists()
    if decision != Comment.State.SPAM and not quiet and (has_appeal or not unchanged):
        enqueue("comments.decided", after=FINAL_AFTER, moderation_id=row.pk)
    answer_appeal(row)
    Claim.objects.filter(comment=current).delete()
    for flag in flagging.close(current, row):
        if flag.email or flag.user_id:
            enqueue("comments.flag_decided", after=FINAL_AFTER, flag_id=flag.pk)
    if by is not None and settings.AKISMET_KEY and decision in REPORTED_TO_AKISMET:
        enqueue("comments.akismet_told", after=FINAL_AFTER, moderation_id=row.pk)
    return row


def log_state(comment: Comment) -> None:
    """Adds the state before a decision to the log if an import or the demo set it, so undo finds it."""
    last = comment.moderations.first()
    if last is None or last.decision != comment.state:
        row = ModerationDecision(
            comment=comment,
            decision=comment.state,
            created_at=comment.created_at if last is None else timezone.now(),
        )
        # Without the signal, which notifies followers of a comment that becomes public.
        ModerationDecision.objects.bulk_create([row])


def _is_needed(comment: Comment, decision: Comment.State, *, by: User | None) -> bool:
    """Whether the decision changes the state, or records a review that has not happened yet.

    Approving an approved comment records that a person reviewed it, for example after reports.
    Rejecting a rejected comment closes the appeal of its commenter.
    """
    if comment.state != decision:
        return True
    if decision == Comment.State.APPROVED and by is not None:
        reported = Flag.objects.pending().filter(comment=comment).exists()
        reviews = ModerationDecision.objects.by_people().filter(comment=comment)
        if comment.edited_at:
            reviews = reviews.filter(created_at__gte=comment.edited_at)
        return reported or not reviews.exists()
    if decision == Comment.State.REJECTED:
        return Appeal.objects.pending().filter(comment=comment).exists()
    return False


def _check_seen(current: Comment, seen: str, read_at: datetime | None) -> None:
    state, _, edited_at = seen.partition(":")
    if current.state == Comment.State.DELETED or current.state != state:
        raise DecidedMeanwhile(what_happened(current))
    if edited_at and seen != current.change_token:
        raise EditedMeanwhile(EDITED)
    if read_at and current.moderations.filter(created_at__gt=read_at).exists():
        raise DecidedMeanwhile(what_happened(current))


def _check_claim(comment: Comment, by: User) -> None:
    other = queues.claimed_by_others([comment], user=by).get(comment.pk)
    if other is not None:
        raise ClaimedByOther(other)


def what_happened(comment: Comment) -> str:
    """Returns who decided last and what, for a moderator who has not seen it."""
    last = comment.moderations.select_related("created_by").first()
    if comment.state == Comment.State.DELETED:
        return "The commenter deleted this comment."
    who = last.created_by.public_name if last and last.created_by else "Somebody"
    return f"{who} {PAST_TENSE[Comment.State(comment.state)]} a moment ago."


class UndoExpired(Exception):
    """The decision cannot be undone any more; the message says why."""


def undo(rows: Iterable[ModerationDecision], *, by: User) -> int:
    """Undoes one's own decisions of the last seconds, all of them or none; returns how many.

    Raises:
        UndoExpired
    """
    with transaction.atomic():
        # Locked in the same order as by a ban, so that there is no deadlock.
        return sum(_undo(row, by) for row in sorted(rows, key=attrgetter("comment_id", "pk")))


def _undo(row: ModerationDecision, by: User) -> int:
    current = Comment.objects.select_for_update().get(pk=row.comment_id)
    latest, *before = current.moderations.order_by("-pk")[:2]
    if latest.undoes_id == row.pk:
        return 0  # Already undone, by a repeated click.
    if latest.pk != row.pk or not before:
        raise UndoExpired("This comment was decided again in the meantime.")
    if row.created_by_id != by.pk or row.undoes_id is not None:
        raise UndoExpired("You can undo only your own last decision. Make a new decision instead.")
    if timezone.now() - row.created_at > UNDO_ACCEPTED_FOR:
        raise UndoExpired("Undo has expired. Make a new decision instead.")
    current.state = before[0].decision
    if row.featured is not None:
        current.featured = not row.featured
    current.save(update_fields=["state", "featured"])
    ModerationDecision.objects.create(
        comment=current,
        decision=current.state,
        featured=None if row.featured is None else current.featured,
        reason="Undone.",
        created_by=by,
        undoes=row,
    )
    flagging.reopen(row)
    reopen_appeal(row)
    return 1
