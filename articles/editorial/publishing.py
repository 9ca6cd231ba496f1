"""Publishing, scheduling and withdrawing: the same verbs for the admin, commands and jobs."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from articles.editorial import signals
from articles.editorial.checklist import obstacles
from articles.editorial.models import Article, StateChange
from iria.kit.slugs import slug_from
from iria.publication.models import current_publication


class NotReady(Exception):
    """The article cannot go out; `reasons` are sentences for the editor."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


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
            _refuse_unready(current)
            moment = at or timezone.now()
            current.state = Article.State.PUBLISHED
            current.published_at = current.published_at or moment
            current.publish_at = current.withdrawn_at = None
            _give_address(current, current.published_at)
            current.save()
            StateChange.objects.create(article=current, state=current.state, made_by=by)
            transaction.on_commit(
                lambda: signals.published.send(sender=Article, article_id=current.pk)
            )
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
        _refuse_unready(current)
        current.state, current.publish_at = Article.State.SCHEDULED, at
        current.slug = current.slug or slug_from(current.headline, fallback="article")
        current.save()
        StateChange.objects.create(article=current, state=current.state, made_by=by, publish_at=at)
    article.refresh_from_db()


def withdraw(article: Article, *, by: User) -> None:
    """Takes a published article off the site, or a scheduled one off its schedule."""
    with transaction.atomic():
        current = _locked(article)
        was_published = current.state == Article.State.PUBLISHED
        if was_published:
            current.state, current.withdrawn_at = Article.State.WITHDRAWN, timezone.now()
        elif current.state == Article.State.SCHEDULED:
            current.state, current.publish_at = Article.State.DRAFT, None
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

    Each in a transaction of its own: one that is no longer ready goes back to draft and does not
    hold up the others.
    """
    published = 0
    for article in Article.objects.due().order_by("publish_at"):
        try:
            publish(article, by=None, at=article.publish_at)
            published += 1
        except NotReady:
            Article.objects.filter(pk=article.pk, state=Article.State.SCHEDULED).update(
                state=Article.State.DRAFT, publish_at=None
            )
    return published


def _locked(article: Article) -> Article:
    current: Article = Article.objects.select_for_update().get(pk=article.pk)
    return current


def _refuse_unready(article: Article) -> None:
    if reasons := obstacles(article):
        raise NotReady(reasons)


def _give_address(article: Article, moment: datetime) -> None:
    """Year, month and a slug that is free in them. An address once given stays."""
    if article.year is not None:
        return
    local = current_publication().local(moment)
    article.year, article.month = local.year, local.month
    article.slug = free_slug(article, article.slug or article.headline)


def free_slug(article: Article, wish: str) -> str:
    """The wished slug, with a number where another article of the month has it."""
    base = slug_from(wish, fallback="article", length=74)
    taken = set(
        Article.objects.filter(year=article.year, month=article.month, slug__startswith=base)
        .exclude(pk=article.pk)
        .values_list("slug", flat=True)
    )
    slug, number = base, 2
    while slug in taken or slug == "feed":
        slug, number = f"{base}-{number}", number + 1
    return slug
