"""Undoing a decision within seconds, as a decision of its own, so that the log stays complete."""

from collections.abc import Iterable
from operator import attrgetter

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from articles.comments.flags import flagging
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import appeals
from articles.comments.moderation.models import UNDO_ACCEPTED_FOR


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
        message = "This comment was decided again in the meantime."
        raise UndoExpired(message)
    if row.created_by_id != by.pk or row.undoes_id is not None:
        message = "You can undo only your own last decision. Make a new decision instead."
        raise UndoExpired(message)
    if timezone.now() - row.created_at > UNDO_ACCEPTED_FOR:
        message = "Undo has expired. Make a new decision instead."
        raise UndoExpired(message)
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
    appeals.reopen(row)
    return 1
