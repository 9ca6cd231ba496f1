"""Comments of guests until the e-mail address is confirmed."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from articles.comments.models import Comment
from articles.comments.notifications import follows
from articles.comments.screening import pipeline
from articles.comments.screening.pipeline import Details, Event

KEPT_FOR: Final = timedelta(days=7)
TRIED_FOR: Final = timedelta(hours=12)
NOT_REACHED: Final = "E-mail address not confirmed: no e-mail could be sent to it."


def confirm(comment: Comment) -> bool:
    """Puts the comment before the rules; True the first time, since a link can be opened twice."""
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if current.state != Comment.State.UNCONFIRMED:
            # A moderator may have it already; whose address it is, is known now all the same.
            unproven = Comment.objects.filter(pk=current.pk, email_confirmed_at=None)
            unproven.update(email_confirmed_at=timezone.now())
            comment.refresh_from_db()
            return False
        current.email_confirmed_at = timezone.now()
        decision = pipeline.decide(current, Event.CONFIRMED)
        pipeline.apply(current, decision, fields=("email_confirmed_at",), ask_akismet=True)
        follows.confirm_with(current)
    comment.refresh_from_db()
    return True


def moderate_unsent(comment: Comment, because: str) -> None:
    """Puts a comment before a moderator whose commenter cannot be asked; else nobody would ever see it."""
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if current.state != Comment.State.UNCONFIRMED:
            return
        decision = pipeline.decide(current, Event.UNCONFIRMABLE, Details(reason=because))
        pipeline.apply(current, decision)


def moderate_unreached() -> int:
    """Puts before a moderator what no mail could ask about for half a day; how many."""
    before = timezone.now() - TRIED_FOR
    waiting = Comment.objects.filter(state=Comment.State.UNCONFIRMED, confirmation_sent_at=None)
    unreached = list(waiting.filter(created_at__lt=before)[:1000])
    for comment in unreached:
        moderate_unsent(comment, NOT_REACHED)
    return len(unreached)


def delete_unconfirmed() -> int:
    """Removes what nobody confirmed within a week of being asked, with the address; how many.

    Only where an e-mail left us: an e-mail server that was away for a week costs nobody their words.
    """
    old = Comment.objects.filter(
        state=Comment.State.UNCONFIRMED, confirmation_sent_at__lt=timezone.now() - KEPT_FOR
    )
    removed = 0
    for pk in old.values_list("pk", flat=True)[:1000]:
        # One by one and looked at again: somebody may be confirming it at this moment.
        removed += bool(Comment.objects.filter(pk=pk, state=Comment.State.UNCONFIRMED).delete()[0])
    return removed
