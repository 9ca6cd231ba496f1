"""Who has which comment before them, so that two moderators never work at the same one.

A claim is a row that runs out by itself: whoever closes the lid of a laptop blocks nobody for long.

A comment as a moderator needs it: with its writer's history, what rules said, what readers reported.
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


def release_claims(*, by: User) -> None:
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


@dataclass(slots=True)
class Case:
    """One comment to decide about."""

    comment: Comment
    history: Counter[str] = field(default_factory=Counter)
    """State → how many other comments of the same writer are in it."""
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
        findings = self.comment.findings
        return [each["says"] for each in findings if each["phase"] != Check.EVERYONE]

    @property
    def history_in_words(self) -> str:
        labels = dict(Comment.State.choices)
        parts = [
            f"{number} {labels[state].lower()}"
            for state in Comment.State.values
            if (number := self.history[state])
        ]
        return "before: " + ", ".join(parts) if parts else "nothing else by this writer"


def cases_of(comments: Sequence[Comment], *, by: User) -> list[Case]:
    """The cases, in six queries at most, however many there are."""
    pks = [each.pk for each in comments]
    flags: dict[int, list[Flag]] = defaultdict(list)
    for flag in Flag.objects.waiting().filter(comment__in=pks):
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
    """Everything by this writer, this comment among it; a guest is known by the address they gave."""
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
