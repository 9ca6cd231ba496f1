"""Comments with what moderators need for a decision, and claims.

A case has the history of the commenter, the results of the rules and the reports. A claim keeps
two moderators from reviewing the same comment; it expires, so that nobody is blocked for long.
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

CLAIM_DURATION: Final = timedelta(minutes=2)


def claim_next(by: User, queue: QuerySet[Comment]) -> Comment | None:
    """Claims and returns the first comment of a queue that nobody else has claimed.

    Rows that are locked by another claim are skipped.
    """
    claimed = _of_others(by).filter(comment=OuterRef("pk"))
    with transaction.atomic():
        _lock_claims()
        free = queue.filter(~Exists(claimed)).select_for_update(skip_locked=True, of=("self",))
        comment = free.first()
        if comment is not None:
            _save_claim(comment, by)
    return comment


def claim(comment: Comment, *, by: User) -> str:
    """Claims a comment; returns the name of the moderator who has claimed it already, or nothing."""
    with transaction.atomic():
        _lock_claims()
        locked = Comment.objects.select_for_update().filter(pk=comment.pk).first()
        if locked is None:
            return ""
        if other := claimed_by_others([locked], than=by).get(locked.pk):
            return other
        _save_claim(locked, by)
    return ""


def claimed_by_others(comments: Iterable[Comment], *, than: User) -> dict[int, str]:
    """Maps the comments that other moderators have claimed to their names."""
    claims = _of_others(than).filter(comment__in=[each.pk for each in comments])
    return {
        claim.comment_id: claim.moderator.public_name
        for claim in claims.select_related("moderator")
    }


def delete_expired() -> int:
    """Deletes expired claims; returns how many."""
    deleted, _ = Claim.objects.filter(expires_at__lte=timezone.now()).delete()
    return deleted


def _lock_claims() -> None:
    """Lets one transaction at a time claim: each deletes rows that another may be claiming.

    Without the lock, keyboard shortcuts that send several requests at once caused deadlocks.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('claims of comments'))")


def _of_others(by: User) -> QuerySet[Claim]:
    return Claim.objects.filter(expires_at__gt=timezone.now()).exclude(moderator=by)


def _save_claim(comment: Comment, by: User) -> None:
    """Saves the claim, and deletes the earlier ones of this moderator."""
    Claim.objects.filter(moderator=by).exclude(comment=comment).delete()
    expires_at = timezone.now() + CLAIM_DURATION
    Claim.objects.update_or_create(
        comment=comment, defaults={"moderator": by, "expires_at": expires_at}
    )


@dataclass(slots=True)
class Case:
    """A comment to decide about."""

    comment: Comment
    history: Counter[str] = field(default_factory=Counter)
    """The number of other comments of the same commenter by state."""
    flags: list[Flag] = field(default_factory=list)
    claimed_by: str = ""
    appeal: Appeal | None = None

    @property
    def kind(self) -> str:
        user = self.comment.user
        return "guest" if user is None else "staff" if user.is_staff else "account"

    @property
    def says(self) -> list[str]:
        """The messages of the rules, without the rule that holds every comment."""
        results = self.comment.screening_results
        return [each["says"] for each in results if each["phase"] != Check.EVERYONE]

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
    """Returns the cases of comments, with at most six queries for any number."""
    pks = [each.pk for each in comments]
    flags: dict[int, list[Flag]] = defaultdict(list)
    for flag in Flag.objects.pending().filter(comment__in=pks):
        flags[flag.comment_id].append(flag)
    appeals = Appeal.objects.in_bulk(pks)
    claimed = claimed_by_others(comments, than=by)
    histories = _histories(comments)
    result = []
    for comment in comments:
        others = histories[_commenter_key(comment)].copy()
        others[comment.state] -= 1
        history = +others if _commenter_key(comment) else Counter()
        result.append(
            Case(
                comment,
                history=history,
                flags=flags[comment.pk],
                claimed_by=claimed.get(comment.pk, ""),
                appeal=appeals.get(comment.pk),
            )
        )
    return result


def by_same_commenter(comment: Comment) -> QuerySet[Comment]:
    """Returns the comments of the same commenter; a guest is identified by the e-mail address."""
    if comment.user_id:
        return Comment.objects.filter(user=comment.user_id)
    if not comment.email:
        return Comment.objects.filter(pk=comment.pk)
    guests = Comment.objects.filter(user=None).exclude(email="").alias(lower_email=Lower("email"))
    return guests.filter(lower_email=comment.email.lower())


def _histories(comments: Sequence[Comment]) -> dict[str, Counter[str]]:
    users = {each.user_id for each in comments if each.user_id}
    emails = {each.email.lower() for each in comments if not each.user_id and each.email}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    accounts = Comment.objects.filter(user__in=users).order_by().values_list("user", "state")
    for user, state, number in accounts.annotate(number=Count("pk")):
        counts[f"account {user}"][state] = number
    guests = (
        Comment.objects.filter(user=None)
        .exclude(email="")
        .annotate(lower_email=Lower("email"))
        .filter(lower_email__in=emails)
        .order_by()
        .values_list("lower_email", "state")
    )
    for email, state, number in guests.annotate(number=Count("pk")):
        counts[email][state] = number
    return counts


def _commenter_key(comment: Comment) -> str:
    return f"account {comment.user_id}" if comment.user_id else comment.email.lower()
