"""Publishing, scheduling and withdrawing: the same verbs for the admin, commands and jobs."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from articles.editorial import article_urls, signals
from articles.editorial.checklist import NotReady as NotReady
from articles.editorial.checklist import publish_blockers
from articles.editorial.models import Article, StateChange

logger = logging.getLogger(__name__)


def publish(article: Article, *, by: User | None, at: datetime | None = None) -> None:
    """Publishes the article now; publishing what is published changes nothing.

    Args:
        by: who did it; None when the worker keeps a schedule.
        at: the moment of publication, for imports and the demo; now where not given.

    Raises:
        NotReady: with what the editor must mend first.
    """
    with transaction.atomic():
        current = _locked(article)
        if current.state != Article.State.PUBLISHED:
            current.published_at = current.published_at or at
            _refuse_unready(current)
            _go_out(current, by=by, moment=timezone.now())
    article.refresh_from_db()


def schedule(article: Article, *, by: User, at: datetime) -> None:
    """Sets the article to go out at a moment in the future; the worker keeps it.

    Raises:
        NotReady: the moment has passed, or the article is not ready to go out.
    """
    with transaction.atomic():
        current = _locked(article)
        if current.state == Article.State.PUBLISHED:
            raise NotReady(["The article is published already; withdraw it first."])
        if at <= timezone.now():
            raise NotReady(["The time to publish lies in the past; choose a later one."])
        _refuse_unready(current, at=at)
        current.state, current.publish_at = Article.State.SCHEDULED, at
        current.slug = article_urls.wished_slug(current)
        current.save()
        StateChange.objects.create(article=current, state=current.state, made_by=by, publish_at=at)
    article.refresh_from_db()


def unpublish(article: Article, *, by: User) -> None:
    """Takes a published article off the site, or a scheduled one off its schedule."""
    with transaction.atomic():
        current = _locked(article)
        was_published = current.state == Article.State.PUBLISHED
        if was_published:
            current.state, current.withdrawn_at = Article.State.UNPUBLISHED, timezone.now()
        elif current.state == Article.State.SCHEDULED:
            _take_off_schedule(current)
        else:
            return
        current.save()
        StateChange.objects.create(article=current, state=current.state, made_by=by)
        if was_published:
            transaction.on_commit(
                lambda: signals.withdrawn.send(sender=Article, article_id=current.pk)
            )
    article.refresh_from_db()


def publish_due() -> int:
    """Publishes every scheduled article whose time has come; returns how many.

    Each in a transaction of its own, so that one that cannot go out does not hold up the others.
    """
    published = 0
    for pk in Article.objects.due().order_by("publish_at").values_list("pk", flat=True):
        try:
            published += _keep_schedule(pk)
        except Exception:
            logger.exception("The scheduled article %s could not be published.", pk)
    return published


def _keep_schedule(pk: int) -> bool:
    """Publishes the article if it is still scheduled and due.

    One that is no longer ready is taken off its schedule; the row without an author and with the time it
    missed says so, and the first page of the desk shows it as held back.
    """
    with transaction.atomic():
        current = Article.objects.select_for_update(of=("self",)).due().filter(pk=pk).first()
        if current is None:
            return False
        due = current.publish_at
        if not publish_blockers(current):
            _go_out(current, by=None, moment=due or timezone.now())
            return True
        _take_off_schedule(current)
        current.save()
        StateChange.objects.create(article=current, state=current.state, publish_at=due)
        return False


def _go_out(article: Article, *, by: User | None, moment: datetime) -> None:
    """Makes a locked article public."""
    article.state = Article.State.PUBLISHED
    article.published_at = article.published_at or moment
    article.publish_at = article.withdrawn_at = None
    article_urls.assign_url(article, article.published_at)
    article.save()
    StateChange.objects.create(article=article, state=article.state, made_by=by)
    transaction.on_commit(lambda: signals.published.send(sender=Article, article_id=article.pk))


def _take_off_schedule(article: Article) -> None:
    """Back to what it was before: a draft, or an article that readers once saw."""
    was_public = article.published_at is not None
    article.state = Article.State.UNPUBLISHED if was_public else Article.State.DRAFT
    article.publish_at = None


def _locked(article: Article) -> Article:
    current: Article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    return current


def _refuse_unready(article: Article, *, at: datetime | None = None) -> None:
    if found := publish_blockers(article, at=at):
        raise NotReady(found)
