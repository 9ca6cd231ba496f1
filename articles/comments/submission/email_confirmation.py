"""Comments of guests whose e-mail address is not confirmed yet."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from articles.comments.models import Comment
from articles.comments.notifications import follows
from articles.comments.screening import pipeline
from articles.comments.screening.pipeline import Details, Event

RETENTION: Final = timedelta(days=7)
SENDING_TIMEOUT: Final = timedelta(hours=12)
NOT_SENT_REASON: Final = "E-mail address not confirmed: no e-mail could be sent to it."


def confirm(comment: Comment) -> bool:
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


def moderate_unsent(comment: Comment, reason: str) -> None:
    """Makes a comment pending if the confirmation e-mail cannot be sent, so that a moderator sees it."""
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
        moderate_unsent(comment, NOT_SENT_REASON)
    return len(unreached)


def delete_unconfirmed() -> int:
    """Deletes comments not confirmed within a week of the e-mail; returns how many.

    Only if the e-mail was sent: an e-mail server that is down for a week must not lose comments.
    """
    old = Comment.objects.filter(
        state=Comment.State.UNCONFIRMED, confirmation_sent_at__lt=timezone.now() - RETENTION
    )
    deleted = 0
    for pk in old.values_list("pk", flat=True)[:1000]:
        # One by one, checking the state again: somebody may be confirming it right now.
        deleted += bool(Comment.objects.filter(pk=pk, state=Comment.State.UNCONFIRMED).delete()[0])
    return deleted
