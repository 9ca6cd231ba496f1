"""Submitting a comment, confirming its e-mail address, and editing and deleting one's own.

A comment can be edited for a few minutes; moderators can see earlier versions.
"""

from datetime import timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from psycopg.errors import ForeignKeyViolation

from accounts.models import User
from articles.comments.models import Comment, CommentRevision, ModerationDecision
from articles.comments.moderation import ban_matching, decisions, flagging
from articles.comments.notifications import follows
from articles.comments.screening import akismet, pipeline
from articles.comments.screening.pipeline import Details, Event
from articles.comments.submission.form import CommentTextField, Submission
from iria.core.jobs import enqueue
from iria.core.security import count_and_allow

DELETED: Final = "The commenter deleted it."


PER_IP_ADDRESS: Final = (6, timedelta(minutes=10))
PER_ARTICLE: Final = (400, timedelta(minutes=10))


def post(submission: Submission) -> Comment:
    """Saves a submitted comment with the decision of the screening pipeline, and queues its e-mails.

    If the same form is submitted twice, the first comment is returned.

    Raises:
        ValidationError: with what the commenter can do about it; its code is `used` if the form was
            used for another comment, and `busy` after too many comments.
    """
    comment = submission.comment
    if first := _already_submitted(comment):
        return first
    _limit_rate(comment.article_id, submission.ip_address)
    details = Details(
        honeypot=submission.honeypot,
        ip_address=submission.ip_address,
        must_confirm=submission.must_confirm,
        policy=submission.policy,
    )
    decision = pipeline.decide(comment, Event.SUBMITTED, details)
    try:
        with transaction.atomic():
            pipeline.apply(comment, decision, ask_akismet=True)
            ban_matching.store_ip_address(comment, submission.ip_address)
            # No e-mail to bots: they fill the honeypot and give the addresses of strangers.
            if comment.state == Comment.State.UNCONFIRMED:
                enqueue("comments.confirm", comment_id=comment.pk)
            elif comment.state == Comment.State.PENDING and not akismet.is_pending(comment):
                enqueue("comments.received", comment_id=comment.pk)
            if submission.follow:
                follows.follow_replies(comment, submission.follow)
    except IntegrityError as error:
        if isinstance(error.__cause__, ForeignKeyViolation):
            raise ValidationError(gettext("The article or comment no longer exists.")) from error
        # Two requests may have submitted the same form at once; the other one was first.
        if first := _already_submitted(comment):
            return first
        raise
    return comment


def _already_submitted(comment: Comment) -> Comment | None:
    """Returns the comment submitted with this form before, if any.

    Raises:
        ValidationError: the form was used for another text, which must not get lost.
    """
    if comment.form_id is None:
        return None
    first = Comment.objects.filter(form_id=comment.form_id).first()
    if first and (first.text, first.parent_id) != (comment.text, comment.parent_id):
        message = gettext(
            "A comment was already submitted with this form. Submit again to add "
            "this text as another comment."
        )
        raise ValidationError(message, code="used")
    return first


def _limit_rate(article_id: int, ip_address: str) -> None:
    """Counts a comment. Of IPv6 addresses, a /64 counts as one, because it is one connection."""
    limits = [("comments below", str(article_id), PER_ARTICLE)]
    if ip_address:
        limits.append(("comments from", ip_address, PER_IP_ADDRESS))
    for purpose, who, (limit, per) in limits:
        if not count_and_allow(purpose, who, limit=limit, per=per):
            message = gettext("Too many comments. Try again in ten minutes.")
            raise ValidationError(message, code="busy")


RESTORABLE_FOR: Final = timedelta(minutes=10)


def delete_own(comment: Comment, *, by: User | None) -> None:
    """Deletes one's own comment; a placeholder is left if it has replies."""
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if current.state != Comment.State.DELETED:
            decisions.log_state(current)
            current.state = Comment.State.DELETED
            current.save(update_fields=["state"])
            ModerationDecision.objects.create(
                comment=current, decision=current.state, reason=DELETED, created_by=by
            )
            flagging.close_without_decision(current)
            decisions.close_appeal(current)
    comment.refresh_from_db()


def may_restore(comment: Comment) -> bool:
    """Whether the commenter may still undo the deletion."""
    if comment.state != Comment.State.DELETED:
        return False
    # An imported comment may have been deleted without a decision.
    decisions = comment.moderations.all()[:2]
    return len(decisions) == 2 and timezone.now() - decisions[0].created_at < RESTORABLE_FOR


def restore_own(comment: Comment, *, by: User | None) -> None:
    """Undoes the deletion of one's own comment, which has the state from before again."""
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if may_restore(current):
            deletion, before = current.moderations.all()[:2]
            current.state = before.decision
            current.save(update_fields=["state"])
            ModerationDecision.objects.create(
                comment=current, decision=current.state, created_by=by, undoes=deletion
            )
            decisions.reopen_deleted(current)
    comment.refresh_from_db()


EDITABLE_FOR: Final = timedelta(minutes=5)
EDITABLE_STATES: Final = {
    Comment.State.UNCONFIRMED,
    Comment.State.PENDING,
    Comment.State.APPROVED,
}
MAX_EDITS: Final = 10


def may_edit(comment: Comment) -> bool:
    """Whether the commenter may still edit it. A clock that is set back only extends the time."""
    return comment.state in EDITABLE_STATES and (timezone.now() - comment.created_at < EDITABLE_FOR)


def edit_own(comment: Comment, *, text: str, by: User | None) -> bool:
    """Replaces the text of a comment; returns whether it changed.

    The new text is screened as the first one was. Screening can only make the state stricter: a
    pending comment stays pending, and an approved one becomes pending if a check matches it.

    Args:
        by: the account of the commenter; None for a guest, who has the link of the comment.

    Raises:
        ValidationError: with what the commenter can do about it.
    """
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if not may_edit(current):
            raise ValidationError(_not_editable_message(current))
        before, current.text = current.text, CommentTextField().clean(text)
        if current.text == before:
            return False
        if current.versions.count() >= MAX_EDITS:
            message = gettext(
                "A comment can be edited ten times. You can delete it and post again."
            )
            raise ValidationError(message)
        CommentRevision.objects.create(comment=current, text=before, replaced_by=by)
        current.edited_at = timezone.now()
        decision = pipeline.decide(current, Event.EDITED)
        pipeline.apply(current, decision, fields=("text", "edited_at"), ask_akismet=True)
    comment.refresh_from_db()
    return True


def _not_editable_message(comment: Comment) -> str:
    if comment.state == Comment.State.DELETED:
        return gettext("You deleted this comment, so it cannot be edited.")
    if comment.state not in EDITABLE_STATES:
        return gettext("A moderator has decided on this comment, so it cannot be edited.")
    return gettext(
        "The five minutes for editing are over. You can delete the comment and post again."
    )


RETENTION: Final = timedelta(days=7)
SENDING_TIMEOUT: Final = timedelta(hours=12)
PUBLISHED_REASON: Final = (
    "E-mail address not confirmed: it was published meanwhile and has replies."
)
NOT_SENT_REASON: Final = "E-mail address not confirmed: no e-mail could be sent to it."


def confirm_email(comment: Comment) -> bool:
    """Confirms the address and screens the comment; returns False if it was confirmed before."""
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if current.state != Comment.State.UNCONFIRMED:
            # A moderator may have decided already; the address is confirmed anyway.
            unconfirmed = Comment.objects.filter(pk=current.pk, email_confirmed_at=None)
            unconfirmed.update(email_confirmed_at=timezone.now())
            comment.refresh_from_db()
            return False
        current.email_confirmed_at = timezone.now()
        decision = pipeline.decide(current, Event.CONFIRMED)
        pipeline.apply(current, decision, fields=("email_confirmed_at",), ask_akismet=True)
        follows.confirm_with(current)
    comment.refresh_from_db()
    return True


def moderate_without_confirmation(comment: Comment, reason: str) -> None:
    """Makes an unconfirmed comment pending, so that a moderator sees it.

    Args:
        reason: why it cannot be confirmed, or not be deleted.
    """
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if current.state != Comment.State.UNCONFIRMED:
            return
        decision = pipeline.decide(current, Event.UNCONFIRMABLE, Details(reason=reason))
        pipeline.apply(current, decision)


def moderate_unreached() -> int:
    """Makes comments pending whose e-mail could not be sent for half a day; returns how many."""
    before = timezone.now() - SENDING_TIMEOUT
    unsent = Comment.objects.filter(state=Comment.State.UNCONFIRMED, confirmation_sent_at=None)
    unreached = list(unsent.filter(created_at__lt=before)[:1000])
    for comment in unreached:
        moderate_without_confirmation(comment, NOT_SENT_REASON)
    return len(unreached)


def delete_unconfirmed() -> int:
    """Deletes comments not confirmed within a week of the e-mail; returns how many.

    Only if the e-mail was sent: an e-mail server that is down for a week must not lose comments. One
    with replies, whose approval was undone, becomes pending instead.
    """
    old = Comment.objects.filter(
        state=Comment.State.UNCONFIRMED, confirmation_sent_at__lt=timezone.now() - RETENTION
    )
    deleted = 0
    for comment in old[:1000]:
        if comment.replies.exists():
            moderate_without_confirmation(comment, PUBLISHED_REASON)
            continue
        # One by one, checking the state again: somebody may be confirming it right now.
        unconfirmed = Comment.objects.filter(pk=comment.pk, state=Comment.State.UNCONFIRMED)
        deleted += bool(unconfirmed.delete()[0])
    return deleted
