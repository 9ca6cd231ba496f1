"""Trains new versions of the spam model on the decisions of moderators."""

from typing import Final

from django.db import connection, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from articles.comments.models import Comment, ModerationDecision
from articles.comments.screening.models import SpamModelVersion
from articles.comments.spam.model import VERSION, Example, TooFew, train

MAX_EXAMPLES: Final = 3_000
"""Per class. Only the newest, because spam changes and the training must end within minutes."""

MAX_WEIGHTS: Final = 60_000
MAX_VERSIONS: Final = 10


def train_new_version() -> SpamModelVersion | None:
    """Trains a new version; returns None if there are no new decisions.

    Only decisions of people are used, because automatic ones would reinforce themselves.

    Raises:
        TooFew: there are not enough decisions of a class.
    """
    ham = _examples(Comment.State.APPROVED)
    spam = _examples(Comment.State.SPAM)
    latest = SpamModelVersion.objects.first()
    if (
        latest
        and latest.content.get("version") == VERSION
        and (latest.ham_count, latest.spam_count) == (len(ham), len(spam))
        and not _has_new_decisions(latest)
    ):
        return None
    trained = train([*ham, *spam])
    content = trained.model.as_json()
    strongest = sorted(content["weights"].items(), key=lambda each: -abs(each[1]))[:MAX_WEIGHTS]
    content["weights"] = dict(strongest)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('spam model', 0))")
        version = SpamModelVersion.objects.create(
            ham_count=len(ham),
            spam_count=len(spam),
            precision=trained.precision,
            recall=trained.recall,
            content=content,
        )
        kept = SpamModelVersion.objects.values("pk")[:MAX_VERSIONS]
        SpamModelVersion.objects.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    return version


def train_if_possible() -> str:
    """Trains a new version if there are enough decisions; returns a message for the log."""
    try:
        version = train_new_version()
    except TooFew as error:
        return str(error)
    return f"{version} learnt." if version else "Nothing new was decided."


def _with_human_decision() -> "QuerySet[Comment]":
    human = ModerationDecision.objects.by_people().filter(comment=OuterRef("pk"))
    return Comment.objects.annotate(human=Subquery(human.values("decision")[:1]))


def _examples(state: Comment.State) -> list[Example]:
    newest = _with_human_decision().filter(Q(human=state)).order_by("-created_at")
    return [
        Example(text, state is Comment.State.SPAM, str(article))
        for text, article in newest.values_list("text", "article_id")[:MAX_EXAMPLES]
    ]


def _has_new_decisions(latest: SpamModelVersion) -> bool:
    return ModerationDecision.objects.filter(
        created_by__isnull=False, created_at__gt=latest.created_at
    ).exists()
