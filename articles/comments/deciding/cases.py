"""A comment as a moderator needs it: with its writer's history, what rules said, what readers reported."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet
from django.db.models.functions import Lower

from accounts.models import User
from articles.comments.deciding.claiming import claimed_by_others
from articles.comments.deciding.models import Appeal
from articles.comments.flagging.models import Flag
from articles.comments.models import Comment
from articles.comments.screening.models import Phase


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
        return [each["says"] for each in findings if each["phase"] != Phase.EVERYONE]

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
