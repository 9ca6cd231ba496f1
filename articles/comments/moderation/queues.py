"""The search and the queues of moderators.

Every word must be held, quotes bind, a minus keeps out; a comment is read in the language of its article,
without accents. PostgreSQL keeps the words (`migrations/sql/comment_search.sql`), so that they are right for every commenter of the table.

What waits for moderators, sorted by why.
"""

from datetime import timedelta
from typing import Final

from django.contrib.postgres.search import SearchQuery
from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from articles.comments.flags.models import Flag
from articles.comments.models import Comment, CommentSearchVector, ModerationDecision
from articles.comments.models.comment import CommentQuerySet
from articles.comments.moderation.models import Appeal
from articles.editorial.text_search_config import CONFIGURATIONS, PLAIN


def found(comments: CommentQuerySet, words: str) -> CommentQuerySet:
    """The comments whose text or commenter holds the words, or whose article's headline does; all, if none is typed."""
    words = words.replace("\x00", " ").strip()
    if not words:
        return comments
    holding = Q(pk__in=[])
    for name in {*CONFIGURATIONS.values(), PLAIN}:
        query = SearchQuery(words, config=name, search_type="websearch")
        holding |= Q(configuration=name, vector=query)
    held = CommentSearchVector.objects.filter(holding).values("comment")
    below = comments.model.objects.filter(article__headline__icontains=words).order_by()
    return comments.filter(pk__in=held.union(below.values("pk")))


REPORTED: Final = "reported"
ASKED: Final = "asked"
NEW: Final = "new"
EVERYTHING: Final = "all"
NEW_FOR: Final = timedelta(days=14)
"""What no person looked at for longer than that is not new any more."""

COUNTS: Final = "comments:queues"
KEPT_SECONDS: Final = 5

WORDS: Final = {
    Comment.State.PENDING.value: "Pending",
    REPORTED: "Reported",
    ASKED: "Appeals",
    NEW: "New",
    Comment.State.SPAM.value: "Spam",
}
"""The queues that somebody works through, in the order of their urgency."""


KNOWN: Final = frozenset({*WORDS, *Comment.State.values, EVERYTHING})


def named(words: str | None, otherwise: str = Comment.State.PENDING.value) -> str:
    """The queue that an address names; where it names none there is, the other."""
    return words if words in KNOWN else otherwise


def in_queue(queue: str, comments: QuerySet[Comment]) -> QuerySet[Comment]:
    """Those of the comments that stand in a queue; of a state, if it is named for one."""
    if queue == EVERYTHING:
        return comments
    if queue == REPORTED:
        return comments.filter(Exists(Flag.objects.pending().filter(comment=OuterRef("pk"))))
    if queue == ASKED:
        return comments.filter(Exists(Appeal.objects.pending().filter(comment=OuterRef("pk"))))
    if queue == NEW:
        lately = comments.filter(
            state=Comment.State.APPROVED, created_at__gt=timezone.now() - NEW_FOR
        )
        return lately.filter(_not_looked_at())
    return comments.filter(state=queue)


def _not_looked_at() -> Q:
    """No person decided anything, or none since the commenter changed the words."""
    people = ModerationDecision.objects.by_people().filter(comment=OuterRef("pk"))
    since = people.filter(created_at__gte=OuterRef("edited_at"))
    return Q(~Exists(people)) | Q(edited_at__isnull=False) & Q(~Exists(since))


def in_order(queue: str) -> list[str]:
    """The longest waiting first; where nothing waits, the newest."""
    waits = queue in {Comment.State.PENDING, REPORTED, ASKED}
    return ["created_at", "pk"] if waits else ["-created_at", "-pk"]


def lately_counted() -> dict[str, int]:
    """The counts, at most some seconds old, for pages that poll them.

    A decision counts again (`counts`), so moderators always see their own.
    """
    known: dict[str, int] | None = cache.get(COUNTS)
    return known if known is not None else counts()


def counts() -> dict[str, int]:
    """Queue or state → how many stand in it. Reads an index of all comments."""
    found = _counted()
    cache.set(COUNTS, found, KEPT_SECONDS)
    return found


def _counted() -> dict[str, int]:
    by_state = Comment.objects.order_by().values_list("state").annotate(number=Count("pk"))
    found = dict.fromkeys(Comment.State.values, 0) | dict(by_state)
    found[EVERYTHING] = sum(found.values())
    found[REPORTED] = Flag.objects.pending().aggregate(n=Count("comment", distinct=True))["n"]
    found[ASKED] = Appeal.objects.pending().count()
    found[NEW] = in_queue(NEW, Comment.objects.all()).count()
    return found
