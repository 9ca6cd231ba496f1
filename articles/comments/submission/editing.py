"""Changing one's own comment, for a few minutes: what it said before is kept for moderators."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from articles.comments.akismet import pending
from articles.comments.bans import identifiers
from articles.comments.models import Comment, CommentVersion, Moderation
from articles.comments.screening.engine import Verdict, screen
from articles.comments.submission.comment_policy import admission, as_admitted
from articles.comments.submission.validation import (
    Refused,
    refuse_unfit,
    refuse_unstorable_fields,
    with_plain_breaks,
)
from iria.publication.models import current_publication

CHANGEABLE_FOR: Final = timedelta(minutes=5)
CHANGED: Final = "Its writer changed it."
OPEN_TO_CHANGES: Final = {
    Comment.State.UNCONFIRMED,
    Comment.State.PENDING,
    Comment.State.APPROVED,
}
FROM_MILD_TO_STRICT: Final = [
    Comment.State.APPROVED,
    Comment.State.PENDING,
    Comment.State.SPAM,
    Comment.State.REJECTED,
]
MOST: Final = 10
"""Changes of one comment."""


def may_change(comment: Comment) -> bool:
    """Whether its writer may still change it. A clock that was set back takes nothing from anybody."""
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
        Refused: with what the writer can do about it.
    """
    refuse_unstorable_fields(text=text)
    with transaction.atomic():
        current = Comment.objects.select_for_update().get(pk=comment.pk)
        if not may_change(current):
            raise Refused({"text": _too_late(current)})
        before, current.text = current.text, with_plain_breaks(text)
        refuse_unfit(current, only_text=True)
        if current.text == before:
            return False
        if current.versions.count() >= MOST:
            sentence = gettext(
                "A comment can be changed ten times; take it back and write another one."
            )
            raise Refused({"text": sentence})
        CommentVersion.objects.create(comment=current, text=before, replaced_by=by)
        current.edited_at = timezone.now()
        _look_again(current)
    comment.refresh_from_db()
    return True


def _look_again(comment: Comment) -> None:
    verdict = as_admitted(
        screen(comment, trap="", address=identifiers.address_of(comment)),
        admission(comment.article, current_publication()),
        comment,
    )
    if comment.state != Comment.State.UNCONFIRMED:
        verdict = pending.until_answered(verdict, comment)
    if comment.state != Comment.State.UNCONFIRMED:
        comment.findings = [each.as_json() for each in verdict.findings]
    stricter = _is_stricter(verdict, comment)
    if stricter:
        comment.state = verdict.state
    comment.save(update_fields=["text", "edited_at", "findings", "state"])
    row = None
    if stricter:
        reason = verdict.told or f"{CHANGED} {verdict.words}"
        row = Moderation.objects.create(
            comment=comment,
            decision=comment.state,
            reason=reason[:500],
            told=bool(verdict.told),
        )
    pending.ask(comment, row)


def _is_stricter(verdict: Verdict, comment: Comment) -> bool:
    if comment.state == Comment.State.UNCONFIRMED:
        return False  # It is looked at once the address is confirmed.
    order = FROM_MILD_TO_STRICT
    return order.index(verdict.state) > order.index(Comment.State(comment.state))


def _too_late(comment: Comment) -> str:
    if comment.state == Comment.State.DELETED:
        return gettext("You took this comment back, so it cannot be changed any more.")
    if comment.state not in OPEN_TO_CHANGES:
        return gettext("A decision was taken about this comment, so it cannot be changed any more.")
    return gettext(
        "A comment can be changed for five minutes, and these are over. "
        "You can take it back and write another one."
    )
