"""Claims, so that two moderators never review the same comment.

A claim expires by itself: a moderator who closes a laptop blocks nobody for long.

A comment as a moderator needs it: with its commenter's history, what rules said, what readers reported.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import User
from articles.comments.flags.models import Flag
from articles.comments.models import Comment
from articles.comments.moderation.models import Appeal, Claim
from articles.comments.screening.models import Check

CLAIMED_FOR: Final = timedelta(minutes=2)


def claim_next(by: User, queue: QuerySet[Comment]) -> Comment | None:
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


def claim(comment: Comment, *, by: User) -> str:
    """Claims a comment. Empty, or the name of the moderator who has claimed it already."""
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
    return {
        claim.comment_id: claim.moderator.public_name
        for claim in claims.select_related("moderator")
    }


def delete_expired() -> int:
    """Claims that ran out; how many."""
    deleted, _ = Claim.objects.filter(expires_at__lte=timezone.now()).delete()
    return deleted


def _in_turn() -> None:
    """One claim at a time: each releases rows that another may be claiming.

    Keyboard shortcuts send several at once, which ended in a deadlock.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('claims of comments'))")


def _of_others(by: User) -> QuerySet[Claim]:
    return Claim.objects.filter(expires_at__gt=timezone.now()).exclude(moderator=by)


def _give(comment: Comment, by: User) -> None:
    """A moderator has one comment before them at a time."""
    Claim.objects.filter(moderator=by).exclude(comment=comment).delete()
    expires_at = timezone.now() + CLAIMED_FOR
    Claim.objects.update_or_create(
        comment=comment, defaults={"moderator": by, "expires_at": expires_at}
    )


@dataclass(slots=True)
class Case:
    """One comment to decide about."""

    comment: Comment
    history: Counter[str] = field(default_factory=Counter)
    """State → how many other comments of the same commenter are in it."""
    flags: list[Flag] = field(default_factory=list)
    claimed_by: str = ""
    appeal: Appeal | None = None

    @property
    def kind(self) -> str:
        user = self.comment.user
        return "guest" if user is None else "staff" if user.is_staff else "account"

    @property
    def says(self) -> list[str]:
        """What the rules said, but for the one that holds every comment."""
        findings = self.comment.screening_results
        return [each["says"] for each in findings if each["phase"] != Check.EVERYONE]

    @property
    def history_in_words(self) -> str:
        labels = dict(Comment.State.choices)
        parts = [
            f"{number} {labels[state].lower()}"
            for state in Comment.State.values
            if (number := self.history[state])
        ]
        return "other comments: " + ", ".join(parts) if parts else "no other comments"


def cases_of(comments: Sequence[Comment], *, by: User) -> list[Case]:
    """The cases, in six queries at most, however many there are."""
    pks = [each.pk for each in comments]
    flags: dict[int, list[Flag]] = defaultdict(list)
    for flag in Flag.objects.pending().filter(comment__in=pks):
        flags[flag.comment_id].append(flag)
    appeals = Appeal.objects.in_bulk(pks)
    claimed = claimed_by_others(comments, than=by)
    histories = _histories(comments)
    found = []
    for comment in comments:
        others = histories[_writer(comment)].copy()
        others[comment.state] -= 1
        history = +others if _writer(comment) else Counter()
        found.append(
            Case(
                comment,
                history=history,
                flags=flags[comment.pk],
                claimed_by=claimed.get(comment.pk, ""),
                appeal=appeals.get(comment.pk),
            )
        )
    return found


def by_the_same_writer(comment: Comment) -> QuerySet[Comment]:
    """Everything by this commenter, this comment among it; a guest is known by the address they gave."""
    if comment.user_id:
        return Comment.objects.filter(user=comment.user_id)
    if not comment.email:
        return Comment.objects.filter(pk=comment.pk)
    guests = Comment.objects.filter(user=None).exclude(email="").alias(address=Lower("email"))
    return guests.filter(address=comment.email.lower())


def _histories(comments: Sequence[Comment]) -> dict[str, Counter[str]]:
    users = {each.user_id for each in comments if each.user_id}
    emails = {each.email.lower() for each in comments if not each.user_id and each.email}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    accounts = Comment.objects.filter(user__in=users).order_by().values_list("user", "state")
    for user, state, number in accounts.annotate(number=Count("pk")):
        found[f"account {user}"][state] = number
    guests = (
        Comment.objects.filter(user=None)
        .exclude(email="")
        .annotate(address=Lower("email"))
        .filter(address__in=emails)
        .order_by()
        .values_list("address", "state")
    )
    for address, state, number in guests.annotate(number=Count("pk")):
        found[address][state] = number
    return found


def _writer(comment: Comment) -> str:
    return f"account {comment.user_id}" if comment.user_id else comment.email.lower()
