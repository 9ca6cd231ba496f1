"""Who has which comment before them, so that two moderators never work at the same one.

A claim is a row that runs out by itself: whoever closes the lid of a laptop blocks nobody for long.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from articles.comments.deciding.models import Claim
from articles.comments.models import Comment

CLAIMED_FOR: Final = timedelta(minutes=2)


def next_for(by: User, queue: QuerySet[Comment]) -> Comment | None:
    """The first comment of a queue that nobody else has before them; from now on it is theirs.

    Rows that somebody is claiming at this very moment are passed over, not waited for.
    """
    theirs = _of_others(by).filter(comment=OuterRef("pk"))
    with transaction.atomic():
        _in_turn()
        free = queue.filter(~Exists(theirs)).select_for_update(skip_locked=True, of=("self",))
        found = free.first()
        if found is not None:
            _give(found, by)
    return found


def take(comment: Comment, *, by: User) -> str:
    """Claims a comment. Empty, or the name of whoever has it before them already."""
    with transaction.atomic():
        _in_turn()
        locked = Comment.objects.select_for_update().filter(pk=comment.pk).first()
        if locked is None:
            return ""
        if other := claimed_by_others([locked], than=by).get(locked.pk):
            return other
        _give(locked, by)
    return ""


def claimed_by_others(comments: Iterable[Comment], *, than: User) -> dict[int, str]:
    """Comment → who has it before them, for those that somebody else has."""
    claims = _of_others(than).filter(comment__in=[each.pk for each in comments])
    return {claim.comment_id: claim.by.public_name for claim in claims.select_related("by")}


def let_go(*, by: User) -> None:
    """Gives back whatever somebody has before them."""
    Claim.objects.filter(by=by).delete()


def forget_old() -> int:
    """Claims that ran out; how many."""
    deleted, _ = Claim.objects.filter(until__lte=timezone.now()).delete()
    return deleted


def _in_turn() -> None:
    """One claim after the other, on the whole desk: each lets go of rows that another may be taking.

    Whoever goes through a queue by keys sends several at once, and those met in a deadlock.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('claims of comments'))")


def _of_others(by: User) -> QuerySet[Claim]:
    return Claim.objects.filter(until__gt=timezone.now()).exclude(by=by)


def _give(comment: Comment, by: User) -> None:
    """A moderator has one comment before them at a time."""
    Claim.objects.filter(by=by).exclude(comment=comment).delete()
    until = timezone.now() + CLAIMED_FOR
    Claim.objects.update_or_create(comment=comment, defaults={"by": by, "until": until})
