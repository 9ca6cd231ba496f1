"""Learning from what moderators decided: a new version of the spam model."""

from typing import Final

from django.db import connection, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from articles.comments.models import Comment, ModerationDecision
from articles.comments.screening.models import SpamModelVersion
from articles.comments.spam.model import VERSION, Example, TooFew, train

MOST_OF_EACH: Final = 3_000
"""The newest decisions of a kind; spammers change their words, and learning must end within minutes."""

MOST_WEIGHTS: Final = 60_000
KEPT: Final = 10
"""Versions; older ones are of no use to anybody."""


def learn() -> SpamModelVersion | None:
    """A new version from the moderators' own decisions, or None where nothing new was decided.

    Only decisions of people teach: a rule's or a model's own opinion would confirm itself.

    Raises:
        TooFew: there are not enough decisions of a kind.
    """
    ham = _examples(Comment.State.APPROVED)
    spam = _examples(Comment.State.SPAM)
    latest = SpamModelVersion.objects.first()
    if (
        latest
        and latest.content.get("version") == VERSION
        and (latest.ham_count, latest.spam_count) == (len(ham), len(spam))
        and not _newer(latest)
    ):
        return None
    trained = train([*ham, *spam])
    content = trained.model.as_json()
    strongest = sorted(content["weights"].items(), key=lambda each: -abs(each[1]))[:MOST_WEIGHTS]
    content["weights"] = dict(strongest)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('spam model', 0))")
        made = SpamModelVersion.objects.create(
            ham_count=len(ham),
            spam_count=len(spam),
            precision=trained.precision,
            recall=trained.recall,
            content=content,
        )
        kept = SpamModelVersion.objects.values("pk")[:KEPT]
        SpamModelVersion.objects.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    return made


def try_to_learn() -> str:
    """For the worker: learns if there is enough to learn from; what came of it, in words."""
    try:
        made = learn()
    except TooFew as few:
        return str(few)
    return f"{made} learnt." if made else "Nothing new was decided."


def _decided() -> "QuerySet[Comment]":
    human = ModerationDecision.objects.by_people().filter(comment=OuterRef("pk"))
    return Comment.objects.annotate(human=Subquery(human.values("decision")[:1]))


def _examples(kind: Comment.State) -> list[Example]:
    newest = _decided().filter(Q(human=kind)).order_by("-created_at")
    return [
        Example(text, kind is Comment.State.SPAM, str(article))
        for text, article in newest.values_list("text", "article_id")[:MOST_OF_EACH]
    ]


def _newer(latest: SpamModelVersion) -> bool:
    return ModerationDecision.objects.filter(
        created_by__isnull=False, created_at__gt=latest.created_at
    ).exists()
