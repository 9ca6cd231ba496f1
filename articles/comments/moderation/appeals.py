"""Appeals: commenters of rejected comments can ask once for a review."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation.models import APPEAL_MAX_LENGTH, Appeal
from iria.core.text.validators import validate_storable


class AppealError(Exception):
    """The appeal was not accepted; the message is for the commenter."""


def may_appeal(comment: Comment) -> bool:
    """Whether the commenter can appeal: only against a rejection, and only once."""
    rejected = comment.state == Comment.State.REJECTED
    return rejected and not Appeal.objects.filter(comment=comment).exists()


def ask(comment: Comment, *, text: str = "") -> Appeal:
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


def answer(row: ModerationDecision) -> None:
    """Closes the pending appeal with a decision; called in the transaction of the decision."""
    outcomes = {
        Comment.State.APPROVED: Appeal.Outcome.GRANTED,
        Comment.State.REJECTED: Appeal.Outcome.REJECTED,
        Comment.State.SPAM: Appeal.Outcome.REJECTED,
    }
    if outcome := outcomes.get(Comment.State(row.decision)):
        appeal = Appeal.objects.pending().filter(comment=row.comment_id)
        appeal.update(outcome=outcome, decision=row)


def reopen(row: ModerationDecision) -> None:
    """Reopens the appeal that a decision closed; called in the transaction that undoes the decision.

    A pending appeal against the undone rejection is deleted; the commenter can appeal again later.
    """
    Appeal.objects.pending().filter(comment=row.comment_id).delete()
    Appeal.objects.filter(decision=row).update(outcome=Appeal.Outcome.PENDING, decision=None)


def drop(comment: Comment) -> None:
    """Closes the pending appeal; called in the transaction in which the commenter deletes the comment."""
    Appeal.objects.pending().filter(comment=comment).update(outcome=Appeal.Outcome.DELETED)
