"""Publishing, scheduling and unpublishing, for the admin, commands and jobs."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from articles.editorial import article_urls, signals
from articles.editorial.checklist import NotReady as NotReady
from articles.editorial.checklist import headline_blockers, publish_blockers
from articles.editorial.models import Article, StateChange
from articles.editorial.models.article import PUBLICATION_FIELDS
from articles.editorial.versions import changes, revisions
from iria.core.db.bulk_updates import update_rows

logger = logging.getLogger(__name__)


def publish(article: Article, *, by: User | None, at: datetime | None = None) -> None:
    """Publishes the article now; a published one is not changed.

    Args:
        by: the user; None when the worker publishes a scheduled article.
        at: the time of publication, for imports and the demo; now if not given.

    Raises:
        NotReady: with what must be fixed first.
    """
    with transaction.atomic():
        current = Article.objects.locked().get(pk=article.pk)
        _check_not_in_trash(current)
        if current.state != Article.State.PUBLISHED:
            current.published_at = current.published_at or at
            _check_ready(current)
            _publish(current, by=by, moment=timezone.now())
    article.refresh_from_db()


def publish_imported(moments: Mapping[Article, datetime], *, by: User | None) -> None:
    """Publishes drafts that were public elsewhere, each at its date there; published ones are not changed.

    Readers had them as they are, so nothing but a headline is required; PostgreSQL checks the credits of their
    images all the same. Nobody is notified of them.

    Raises:
        NotReady: one of them has no headline or is in the trash; none was published.
    """
    with transaction.atomic():
        rows = Article.objects.locked().filter(pk__in=[each.pk for each in moments])
        now = {row.pk: row for row in rows.order_by("pk")}
        drafts: list[tuple[Article, datetime]] = []
        for article, at in moments.items():
            current = now[article.pk]
            _check_not_in_trash(current)
            if current.state != Article.State.PUBLISHED:
                if found := headline_blockers(current):
                    raise NotReady(found)
                current.published_at = current.published_at or at
                drafts.append((current, at))
        _make_public(drafts, by=by)
    for article in moments:
        for name in MADE_PUBLIC:
            setattr(article, name, getattr(now[article.pk], name))


def schedule(article: Article, *, by: User | None, at: datetime) -> None:
    """Schedules the article for a time in the future; the worker publishes it.

    Raises:
        NotReady: the time has passed, or the article is not ready.
    """
    with transaction.atomic():
        current = Article.objects.locked().get(pk=article.pk)
        _check_not_in_trash(current)
        if current.state == Article.State.PUBLISHED:
            raise NotReady(["The article is already published. Unpublish it first."])
        if at <= timezone.now():
            raise NotReady(["The time is in the past. Choose a later one."])
        _check_ready(current, at=at)
        current.state, current.publish_at = Article.State.SCHEDULED, at
        current.slug = article_urls.wished_slug(current)
        current.save()
        StateChange.objects.create(
            article=current, state=current.state, created_by=by, publish_at=at
        )
    article.refresh_from_db()


def unpublish(article: Article, *, by: User) -> None:
    """Unpublishes a published article or unschedules a scheduled one."""
    with transaction.atomic():
        current = Article.objects.locked().get(pk=article.pk)
        was_published = current.state == Article.State.PUBLISHED
        if was_published:
            changes.merge_into_row(current)
            current.state, current.withdrawn_at = Article.State.UNPUBLISHED, timezone.now()
        elif current.state == Article.State.SCHEDULED:
            _unschedule(current)
        else:
            return
        current.save()
        StateChange.objects.create(article=current, state=current.state, created_by=by)
        if was_published:
            transaction.on_commit(
                lambda: signals.unpublished.send(sender=Article, article_id=current.pk)
            )
    article.refresh_from_db()


def publish_due() -> int:
    """Publishes every scheduled article whose time has come; returns how many.

    Each in a transaction of its own, so that a failure does not affect the others.
    """
    published = 0
    for pk in Article.objects.due().order_by("publish_at").values_list("pk", flat=True):
        try:
            published += _publish_if_due(pk)
        except Exception:
            logger.exception("The scheduled article %s could not be published.", pk)
    return published


def _publish_if_due(pk: int) -> bool:
    """Publishes the article if it is still scheduled and due.

    An article that is no longer ready is unscheduled. The state change has no user and the missed
    time, and the dashboard lists the article as overdue.
    """
    with transaction.atomic():
        current = Article.objects.locked().due().filter(pk=pk).first()
        if current is None:
            return False
        due = current.publish_at
        if not publish_blockers(current):
            _publish(current, by=None, moment=due or timezone.now())
            return True
        _unschedule(current)
        current.save()
        StateChange.objects.create(article=current, state=current.state, publish_at=due)
        return False


def _publish(article: Article, *, by: User | None, moment: datetime) -> None:
    """Publishes a locked article."""
    _make_public([(article, moment)], by=by)
    transaction.on_commit(lambda: signals.published.send(sender=Article, article_id=article.pk))


MADE_PUBLIC: Final = (*PUBLICATION_FIELDS, "slug", "modified_at")
"""What publication changes."""


def _make_public(moments: Sequence[tuple[Article, datetime]], *, by: User | None) -> None:
    """Publishes locked articles, each at its moment if it was not published before."""
    if not moments:
        return
    articles = [article for article, _ in moments]
    now = timezone.now()
    for article, moment in moments:
        article.state = Article.State.PUBLISHED
        article.published_at = article.published_at or moment
        article.publish_at = article.withdrawn_at = None
        article.modified_at = now
    article_urls.assign_urls([(each, each.published_at or now) for each in articles])
    update_rows(articles, MADE_PUBLIC)
    revisions.mark_all_published(articles, by=by)
    StateChange.objects.bulk_create(
        StateChange(article=article, state=article.state, created_by=by) for article in articles
    )


def state_while_not_public(article: Article) -> Article.State:
    """Draft, or unpublished if it was published once."""
    was_public = article.published_at is not None
    return Article.State.UNPUBLISHED if was_public else Article.State.DRAFT


def _unschedule(article: Article) -> None:
    article.state, article.publish_at = state_while_not_public(article), None


def _check_not_in_trash(article: Article) -> None:
    if article.is_in_trash:
        raise NotReady(["The article is in the trash. Restore it first."])


def _check_ready(article: Article, *, at: datetime | None = None) -> None:
    if found := publish_blockers(article, at=at):
        raise NotReady(found)
