"""A writer whose comment was rejected asks, once, that somebody look at it again."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from articles.comments.models import Comment, Moderation
from articles.comments.moderation.models import APPEAL_MAX_LENGTH, Appeal
from iria.core.text.validators import validate_storable


class Refused(Exception):
    """It was not taken; the sentence is for the writer."""


def may_ask(comment: Comment) -> bool:
    """Only about a rejection, and only once."""
    rejected = comment.state == Comment.State.REJECTED
    return rejected and not Appeal.objects.filter(comment=comment).exists()


def ask(comment: Comment, *, words: str = "") -> Appeal:
    """Puts the comment among those that moderators look at again; it stays rejected until they do.

    Asked twice by an impatient finger it is one asking, and the first one comes back.

    Raises:
        Refused
    """
    words = words.replace("\r\n", "\n").strip()
    try:
        validate_storable(words)
    except ValidationError as mistake:
        raise Refused(mistake.messages[0]) from mistake
    if len(words) > APPEAL_MAX_LENGTH:
        raise Refused(
            gettext("At most %(most)s characters can be kept, please shorten it.")
            % {"most": f"{APPEAL_MAX_LENGTH:,}"}
        )
    try:
        with transaction.atomic():
            current = Comment.objects.select_for_update().get(pk=comment.pk)
            first = Appeal.objects.filter(comment=current).first()
            if first is not None and first.outcome == Appeal.Outcome.WAITING:
                return first
            if first is not None:
                raise Refused(gettext("You asked for another look already, and it was taken."))
            if current.state != Comment.State.REJECTED:
                raise Refused(gettext("This comment is not rejected, so there is nothing to ask."))
            return Appeal.objects.create(comment=current, words=words)
    except (IntegrityError, Comment.DoesNotExist) as mistake:
        raise Refused(gettext("The comment is not there any more.")) from mistake


def answer(row: Moderation) -> None:
    """Within the transaction of a decision: the asking that waits is answered by it."""
    outcomes = {
        Comment.State.APPROVED: Appeal.Outcome.GRANTED,
        Comment.State.REJECTED: Appeal.Outcome.KEPT,
        Comment.State.SPAM: Appeal.Outcome.KEPT,
    }
    if outcome := outcomes.get(Comment.State(row.decision)):
        waiting = Appeal.objects.waiting().filter(comment=row.comment_id)
        waiting.update(outcome=outcome, decision=row)


def reopen(row: Moderation) -> None:
    """Within the transaction in which a decision is taken back: what it answered waits again.

    Who asked for another look at a rejection that is taken back has got it, and may ask again.
    """
    Appeal.objects.waiting().filter(comment=row.comment_id).delete()
    Appeal.objects.filter(decision=row).update(outcome=Appeal.Outcome.WAITING, decision=None)


def drop(comment: Comment) -> None:
    """Within the transaction in which its writer takes a comment back: nothing is left to decide."""
    Appeal.objects.waiting().filter(comment=comment).update(outcome=Appeal.Outcome.GONE)
