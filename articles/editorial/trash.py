"""The trash: articles that are kept for thirty days before they are deleted for good.

A state change says who moved an article there and when. Everything else of it stays as it is, so that
it can be restored complete.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import OuterRef, ProtectedError, QuerySet, RestrictedError, Subquery
from django.utils import timezone

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article, StateChange
from iria.core.blockers import Blocked
from iria.core.jobs import job

logger = logging.getLogger(__name__)

KEPT_FOR: Final = timedelta(days=30)


class NotMoved(Blocked):
    """The article cannot be moved to the trash."""


class StillUsed(Blocked):
    """The article cannot be deleted, because something else needs it."""


@dataclass(frozen=True, slots=True)
class TrashedArticle:
    article: Article
    moved_by: User | None
    """None if the account was deleted since."""
    moved_at: datetime

    @property
    def expires_at(self) -> datetime:
        """When the nightly job deletes it, at the latest a day later."""
        return self.moved_at + KEPT_FOR


def move(article: Article, *, by: User | None) -> None:
    """Moves a draft or an unpublished article to the trash; repeating it changes nothing.

    Forms that are open get a new version, so that they cannot save to it.

    Raises:
        NotMoved: it is published or scheduled.
    """
    with transaction.atomic():
        current = Article.objects.locked().get(pk=article.pk)
        if not current.is_in_trash:
            if message := _blocker(current):
                raise NotMoved([message])
            current.version += 1
            publishing.change_state(current, Article.State.TRASH, by=by)
    article.refresh_from_db()


def restore(article: Article, *, by: User) -> bool:
    """Takes the article out of the trash, in its former state; False if it was not there."""
    with transaction.atomic():
        current = Article.objects.locked().get(pk=article.pk)
        in_trash = current.is_in_trash
        if in_trash:
            publishing.change_state(current, publishing.state_while_not_public(current), by=by)
    article.refresh_from_db()
    return in_trash


def delete(article_id: int) -> bool:
    """Deletes an article in the trash for good, with its comments and versions; False if it is not there.

    Raises:
        StillUsed: with what needs it.
    """
    with transaction.atomic():
        current = Article.objects.locked(to_delete=True).filter(pk=article_id).first()
        if current is None or not current.is_in_trash:
            return False
        try:
            current.delete()
        except (ProtectedError, RestrictedError) as error:
            raise StillUsed([_needed_by(current, error)]) from error
    return True


def contents(articles: QuerySet[Article]) -> QuerySet[StateChange]:
    """The latest state change of each of these articles that is in the trash, the newest first."""
    moves = StateChange.objects.filter(state=Article.State.TRASH)
    latest = moves.filter(article=OuterRef("article")).order_by("-created_at", "-pk")
    return (
        moves.filter(article__in=articles.filter(state=Article.State.TRASH))
        .filter(pk=Subquery(latest.values("pk")[:1]))
        .select_related("article", "created_by")
        .defer("article__body")
        .order_by("-created_at", "-pk")
    )


def trashed_articles(moves: Collection[StateChange]) -> list[TrashedArticle]:
    return [TrashedArticle(each.article, each.created_by, each.created_at) for each in moves]


@job("editorial.empty_trash", cron="50 3 * * *")
def delete_expired() -> int:
    """Deletes for good what has been in the trash for thirty days; returns how many.

    Each in a transaction of its own, so that a failure does not affect the others.
    """
    deleted = 0
    expired = contents(Article.objects.all()).filter(created_at__lte=timezone.now() - KEPT_FOR)
    for article_id in list(expired.values_list("article", flat=True)):
        try:
            deleted += _delete_if_expired(article_id)
        except Exception:
            logger.exception("Article %s could not be deleted from the trash.", article_id)
    return deleted


def _delete_if_expired(article_id: int) -> bool:
    """Looks at the row again: the article may have been restored, and moved once more."""
    with transaction.atomic():
        Article.objects.locked(to_delete=True).filter(pk=article_id).first()
        move = contents(Article.objects.filter(pk=article_id)).first()
        if move is None or move.created_at > timezone.now() - KEPT_FOR:
            return False
        return delete(article_id)


def _blocker(article: Article) -> str:
    match article.state:
        case Article.State.PUBLISHED:
            return "It is published. Unpublish it first."
        case Article.State.SCHEDULED:
            return "It is scheduled. Unschedule it first."
        case _:
            return ""


def _needed_by(article: Article, error: ProtectedError | RestrictedError) -> str:
    is_protected = isinstance(error, ProtectedError)
    rows = error.protected_objects if is_protected else error.restricted_objects  # type: ignore[union-attr]
    named = ", ".join(sorted(f"{row._meta.verbose_name} “{row}”" for row in list(rows)[:5]))
    return f"“{article}” is still used by: {named}. Remove it there first."
