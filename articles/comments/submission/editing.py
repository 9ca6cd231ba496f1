"""Editing one's own comment for a few minutes; moderators can see earlier versions."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from articles.comments.models import Comment, CommentRevision
from articles.comments.screening import pipeline
from articles.comments.screening.pipeline import Event
from articles.comments.submission.validation import (
    SubmissionError,
    validate_comment,
    validate_storable_fields,
    with_plain_breaks,
)

CHANGEABLE_FOR: Final = timedelta(minutes=5)
OPEN_TO_CHANGES: Final = {
    Comment.State.UNCONFIRMED,
    Comment.State.PENDING,
    Comment.State.APPROVED,
}
MOST: Final = 10
"""Changes of one comment."""


def may_change(comment: Comment) -> bool:
    """Whether its commenter may still change it. A clock that was set back takes nothing from anybody."""
    return comment.state in OPEN_TO_CHANGES and (
        timezone.now() - comment.created_at < CHANGEABLE_FOR
    )


def change(comment: Comment, *, text: str, by: User | None) -> bool:
    """Puts other words in the place of its own; True when that changed something.

    The rules look at the new words as they did at the first ones. They can only make the state
    stricter: what was held stays held, and what stood is read again where a rule objects to it now.

    Args:
        by: the account that wrote it; None for a guest, who holds the comment's link.

    Raises:
        Refused: with what the commenter can do about it.
    """
    validate_storable_fields(text=text)
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if not may_change(current):
            raise SubmissionError({"text": _too_late(current)})
        before, current.text = current.text, with_plain_breaks(text)
        validate_comment(current, only_text=True)
        if current.text == before:
            return False
        if current.versions.count() >= MOST:
            sentence = gettext(
                "A comment can be edited ten times. You can delete it and post again."
            )
            raise SubmissionError({"text": sentence})
        CommentRevision.objects.create(comment=current, text=before, replaced_by=by)
        current.edited_at = timezone.now()
        decision = pipeline.decide(current, Event.EDITED)
        pipeline.apply(current, decision, fields=("text", "edited_at"), ask_akismet=True)
    comment.refresh_from_db()
    return True


def _too_late(comment: Comment) -> str:
    if comment.state == Comment.State.DELETED:
        return gettext("You deleted this comment, so it cannot be edited.")
    if comment.state not in OPEN_TO_CHANGES:
        return gettext("A moderator has decided on this comment, so it cannot be edited.")
    return gettext(
        "The five minutes for editing are over. You can delete the comment and post again."
    )
