"""Taking a decision back within seconds: a row of its own, so that the log stays the whole story."""

from collections.abc import Iterable
from datetime import timedelta
from operator import attrgetter
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from articles.comments.flags import flagging
from articles.comments.models import Comment, Moderation
from articles.comments.moderation import appeals

OFFERED_FOR: Final = timedelta(seconds=10)
TAKEN_FOR: Final = timedelta(seconds=15)
"""A little longer than it is offered, for slow lines. Mail about a decision waits as long."""


class UndoExpired(Exception):
    """It cannot be taken back any more; the sentence says why."""


def undo(rows: Iterable[Moderation], *, by: User) -> int:
    """Takes back one's own decisions of the last seconds, all of them or none; how many.

    Raises:
        TooLate
    """
    with transaction.atomic():
        # Locked in the order of a ban, so that the two never wait for each other.
        return sum(_undo(row, by) for row in sorted(rows, key=attrgetter("comment_id", "pk")))


def _undo(row: Moderation, by: User) -> int:
    current = Comment.objects.select_for_update().get(pk=row.comment_id)
    latest, *before = current.moderations.order_by("-pk")[:2]
    if latest.undoes_id == row.pk:
        return 0  # An impatient finger: it is taken back already.
    if latest.pk != row.pk or not before:
        sentence = "Something else was decided about this comment since."
        raise UndoExpired(sentence)
    if row.made_by_id != by.pk or row.undoes_id is not None:
        sentence = "Only your own last decision can be taken back; decide anew instead."
        raise UndoExpired(sentence)
    if timezone.now() - row.made_at > TAKEN_FOR:
        sentence = "The time to take this back is over; decide anew instead."
        raise UndoExpired(sentence)
    current.state = before[0].decision
    if row.featured is not None:
        current.featured = not row.featured
    current.save(update_fields=["state", "featured"])
    Moderation.objects.create(
        comment=current,
        decision=current.state,
        featured=None if row.featured is None else current.featured,
        reason="Taken back.",
        made_by=by,
        undoes=row,
    )
    flagging.open_again(row)
    appeals.reopen(row)
    return 1
