"""The queues of moderators, their search, and the cases with what a decision needs.

The search needs every word, with quotes for phrases and a minus to exclude a word, in the language of
the article and without accents. Triggers maintain its vectors (`migrations/sql/comment_search.sql`).

A case has the history of the commenter, the results of the rules and the reports. A claim keeps
two moderators from reviewing the same comment; it expires, so that nobody is blocked for long.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.contrib.postgres.search import SearchQuery
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.comments.models import (
    Comment,
    CommentQuerySet,
    CommentSearchVector,
    ModerationDecision,
)
from articles.comments.moderation.models import Appeal, Claim, Flag
from articles.comments.screening.models import Check
from articles.editorial.text_search_config import configuration_for
from iria.core.hooks import DashboardItem, DashboardPanel
from iria.core.text.languages import LANGUAGES


def search(comments: CommentQuerySet, text: str) -> CommentQuerySet:
    """Filters by text, name or the headline of the article; an empty search returns all comments."""
    text = text.replace("\x00", " ").strip()
    if not text:
        return comments
    matches = Q(pk__in=[])
    for name in {configuration_for(code) for code in LANGUAGES}:
        query = SearchQuery(text, config=name, search_type="websearch")
        matches |= Q(configuration=name, vector=query)
    found = CommentSearchVector.objects.filter(matches).values("comment")
    by_headline = comments.model.objects.filter(article__headline__icontains=text).order_by()
    return comments.filter(pk__in=found.union(by_headline.values("pk")))


REPORTED: Final = "reported"
APPEALS: Final = "asked"
NEW: Final = "new"
EVERYTHING: Final = "all"
NEW_FOR: Final = timedelta(days=14)
"""Older comments are not new any more, even if nobody has reviewed them."""

COUNTS_KEY: Final = "comments:queues"
COUNTS_SECONDS: Final = 5

LABELS: Final = {
    Comment.State.PENDING.value: "Pending",
    REPORTED: "Reported",
    APPEALS: "Appeals",
    NEW: "New",
    Comment.State.SPAM.value: "Spam",
}
"""The queues to work through, the most urgent first."""


NAMES: Final = frozenset({*LABELS, *Comment.State.values, EVERYTHING})


def parse_queue(name: str | None, default: str = Comment.State.PENDING.value) -> str:
    """Returns the name of a queue if it is valid, otherwise the default."""
    return name if name in NAMES else default


def in_queue(queue: str, comments: QuerySet[Comment]) -> QuerySet[Comment]:
    """Returns the comments that are in a queue; a state is the queue of its comments."""
    if queue == EVERYTHING:
        return comments
    if queue == REPORTED:
        return comments.filter(Exists(Flag.objects.pending().filter(comment=OuterRef("pk"))))
    if queue == APPEALS:
        return comments.filter(Exists(Appeal.objects.pending().filter(comment=OuterRef("pk"))))
    if queue == NEW:
        recent = comments.filter(
            state=Comment.State.APPROVED, created_at__gt=timezone.now() - NEW_FOR
        )
        return recent.filter(_not_reviewed())
    return comments.filter(state=queue)


def _not_reviewed() -> Q:
    """No decision by a person, or none since the commenter edited the text."""
    reviews = ModerationDecision.objects.by_people().filter(comment=OuterRef("pk"))
    reviewed_since = reviews.filter(created_at__gte=OuterRef("edited_at"))
    return Q(~Exists(reviews)) | Q(edited_at__isnull=False) & Q(~Exists(reviewed_since))


def ordering(queue: str) -> list[str]:
    """Returns the order of a queue: the oldest first if it is to be worked through, else the newest."""
    oldest_first = queue in {Comment.State.PENDING, REPORTED, APPEALS}
    return ["created_at", "pk"] if oldest_first else ["-created_at", "-pk"]


def cached_counts() -> dict[str, int]:
    """Returns the counts, at most some seconds old, for pages that poll them.

    A decision refreshes them (`counts`), so that moderators always see the effect of their own.
    """
    cached: dict[str, int] | None = cache.get(COUNTS_KEY)
    return cached if cached is not None else counts()


def counts() -> dict[str, int]:
    """Counts the comments by queue and by state, from an index of all comments."""
    found = _count()
    cache.set(COUNTS_KEY, found, COUNTS_SECONDS)
    return found


def _count() -> dict[str, int]:
    by_state = Comment.objects.order_by().values_list("state").annotate(number=Count("pk"))
    found = dict.fromkeys(Comment.State.values, 0) | dict(by_state)
    found[EVERYTHING] = sum(found.values())
    found[REPORTED] = Flag.objects.pending().aggregate(n=Count("comment", distinct=True))["n"]
    found[APPEALS] = Appeal.objects.pending().count()
    found[NEW] = in_queue(NEW, Comment.objects.all()).count()
    return found


CLAIM_DURATION: Final = timedelta(minutes=2)


def claim_next(by: User, queue: QuerySet[Comment]) -> Comment | None:
    """Claims and returns the first comment of a queue that nobody else has claimed.

    Rows that are locked by another claim are skipped.
    """
    claimed = _claims_of_others(by).filter(comment=OuterRef("pk"))
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
        if other := claimed_by_others([locked], user=by).get(locked.pk):
            return other
        _save_claim(locked, by)
    return ""


def claimed_by_others(comments: Iterable[Comment], *, user: User) -> dict[int, str]:
    """By comment, the name of the moderator other than this user who has claimed it."""
    claims = _claims_of_others(user).filter(comment__in=[each.pk for each in comments])
    return {
        claim.comment_id: claim.moderator.public_name
        for claim in claims.select_related("moderator")
    }


def delete_expired_claims() -> int:
    """Deletes expired claims; returns how many."""
    deleted, _ = Claim.objects.filter(expires_at__lte=timezone.now()).delete()
    return deleted


def _lock_claims() -> None:
    """Lets one transaction at a time claim: each deletes rows that another may be claiming.

    Without the lock, keyboard shortcuts that send several requests at once caused deadlocks.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('claims of comments'))")


def _claims_of_others(by: User) -> QuerySet[Claim]:
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
    claimed = claimed_by_others(comments, user=by)
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


def pending_items(user: Any) -> list[DashboardItem]:
    """Returns the pending items of users who may decide about comments."""
    if not user.has_perm("articles.change_comment"):
        return []
    page = reverse("admin:articles_comment_changelist")
    items = []
    if count := Comment.objects.pending().count():
        label = "One comment pending" if count == 1 else f"{count} comments pending"
        items.append(DashboardItem(label, count, page))
    reported = Flag.objects.pending().filter(comment__state=Comment.State.APPROVED)
    if count := reported.aggregate(n=Count("comment", distinct=True))["n"]:
        label = "One comment reported" if count == 1 else f"{count} comments reported"
        items.append(DashboardItem(label, count, f"{page}?queue=reported"))
    if count := Appeal.objects.pending().count():
        label = "One appeal" if count == 1 else f"{count} appeals"
        items.append(DashboardItem(label, count, f"{page}?queue=asked"))
    return items


def oldest_pending(user: Any) -> DashboardPanel | None:
    """The comment that has waited longest, for users who may decide about comments."""
    if not user.has_perm("articles.change_comment"):
        return None
    pending = Comment.objects.pending()
    comment = pending.select_related("article").order_by("created_at", "pk").first()
    if comment is None:
        return None
    more = (f"{pending.count()} pending", reverse("admin:articles_comment_changelist"))
    template = "admin/dashboard/comment.html"
    return DashboardPanel("Comments", template, {"comment": comment}, more, beside=True)
