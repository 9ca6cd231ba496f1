"""The search and the queues of moderators.

The search needs every word, with quotes for phrases and a minus to exclude a word, in the language of
the article and without accents. Triggers maintain its vectors (`migrations/sql/comment_search.sql`).
"""

from datetime import timedelta
from typing import Final

from django.contrib.postgres.search import SearchQuery
from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from articles.comments.flags.models import Flag
from articles.comments.models import (
    Comment,
    CommentQuerySet,
    CommentSearchVector,
    ModerationDecision,
)
from articles.comments.moderation.models import Appeal
from articles.editorial.text_search_config import CONFIGURATIONS, PLAIN


def search(comments: CommentQuerySet, text: str) -> CommentQuerySet:
    """Filters by text, name or the headline of the article; an empty search returns all comments."""
    text = text.replace("\x00", " ").strip()
    if not text:
        return comments
    matches = Q(pk__in=[])
    for name in {*CONFIGURATIONS.values(), PLAIN}:
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
    since = reviews.filter(created_at__gte=OuterRef("edited_at"))
    return Q(~Exists(reviews)) | Q(edited_at__isnull=False) & Q(~Exists(since))


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
