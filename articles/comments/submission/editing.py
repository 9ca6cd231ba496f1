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
    normalise_line_breaks,
    validate_comment,
    validate_storable_fields,
)

EDITABLE_FOR: Final = timedelta(minutes=5)
EDITABLE_STATES: Final = {
    Comment.State.UNCONFIRMED,
    Comment.State.PENDING,
    Comment.State.APPROVED,
}
MAX_EDITS: Final = 10


def may_change(comment: Comment) -> bool:
    """Whether the commenter may still edit it. A clock that is set back only extends the time."""
    return comment.state in EDITABLE_STATES and (timezone.now() - comment.created_at < EDITABLE_FOR)


def change(comment: Comment, *, text: str, by: User | None) -> bool:
    """Replaces the text of a comment; returns whether it changed.

    The new text is screened as the first one was. Screening can only make the state stricter: a
    pending comment stays pending, and an approved one becomes pending if a check matches it.

    Args:
        by: the account of the commenter; None for a guest, who has the link of the comment.

    Raises:
        SubmissionError: with what the commenter can do about it.
    """
    validate_storable_fields(text=text)
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if not may_change(current):
            raise SubmissionError({"text": _not_editable_message(current)})
        before, current.text = current.text, normalise_line_breaks(text)
        validate_comment(current, only_text=True)
        if current.text == before:
            return False
        if current.versions.count() >= MAX_EDITS:
            message = gettext(
                "A comment can be edited ten times. You can delete it and post again."
            )
            raise SubmissionError({"text": message})
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
