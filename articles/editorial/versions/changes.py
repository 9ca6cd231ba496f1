"""Changes of published articles: published at once or at a time, or discarded."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from articles.editorial import signals
from articles.editorial.checklist import NotReady, text_blockers
from articles.editorial.models import Article, Draft, Revision, StateChange
from articles.editorial.versions import revisions
from articles.editorial.versions.content import content_of
from articles.editorial.versions.drafts import draft_of, write_draft
from articles.editorial.versions.revisions import Reason

logger = logging.getLogger(__name__)


def publish_changes(article: Article, *, by: User | None) -> bool:
    """Makes the draft of a published article what readers see; False if it has none.

    Args:
        by: the user; None when the worker publishes scheduled changes.

    Raises:
        NotReady: with what must be fixed first; nothing is changed.
    """
    with transaction.atomic():
        current = Article.objects.locked().get(pk=article.pk)
        draft = draft_of(current)
        if draft is None or not current.is_published:
            return False
        write_draft(current, draft)
        if found := text_blockers(current):
            raise NotReady(found)
        revision = revisions.mark_published(current, by=by)
        draft.delete()
        StateChange.objects.create(
            article=current, state=current.state, created_by=by, revision_number=revision.number
        )
        transaction.on_commit(lambda: signals.changed.send(sender=Article, article_id=current.pk))
    article.refresh_from_db()
    return True


def schedule_changes(article: Article, *, by: User, at: datetime) -> None:
    """Schedules the draft of a published article for a time in the future.

    Raises:
        NotReady: the time has passed, there are no changes, or they are not ready.
    """
    if at <= timezone.now():
        raise NotReady(["The time is in the past. Choose a later one."])
    with transaction.atomic():
        current = Article.objects.locked().get(pk=article.pk)
        draft = draft_of(current)
        if draft is None or not current.is_published:
            raise NotReady(["There are no changes to schedule. Write them first."])
        _check_publishable(current, draft)
        draft.publish_at = at
        draft.save(update_fields=["publish_at"])
        # What was scheduled stays in the history, even if autosaves follow.
        Revision.objects.filter(pk=draft.revision_id).update(reason=Reason.SAVE)
        StateChange.objects.create(
            article=current,
            state=Article.State.SCHEDULED,
            created_by=by,
            publish_at=at,
            revision_number=draft.revision.number,
        )


def unschedule_changes(article: Article) -> None:
    """The changes stay a draft."""
    Draft.objects.filter(article=article.pk).update(publish_at=None)


def discard_changes(article: Article, *, by: User) -> None:
    """Deletes the draft of a published article; its revisions stay in the history."""
    with transaction.atomic():
        current = Article.objects.locked().get(pk=article.pk)
        deleted, _ = Draft.objects.filter(article=current).delete()
        if deleted:
            # The newest revision says what editors see now.
            revisions.add(current, content_of(current), by=by, reason=Reason.DISCARD)
            current.version += 1
            current.save(update_fields=["version", "modified_at"])
    article.refresh_from_db()


def merge_into_row(article: Article) -> None:
    """Writes the draft of an article that stops being published to its rows, and deletes it."""
    draft = draft_of(article)
    if draft is not None:
        write_draft(article, draft)
        draft.delete()


def publish_due_changes() -> int:
    """Publishes scheduled changes whose time has come; returns how many.

    Each in a transaction of its own, so that a failure does not affect the others. Changes that are
    no longer ready are unscheduled, and the dashboard lists the article as overdue.
    """
    published = 0
    due = Draft.objects.filter(publish_at__lte=timezone.now()).order_by("publish_at")
    for draft in due.select_related("article", "revision"):
        try:
            published += _publish_due(draft)
        except Exception:
            logger.exception(
                "The scheduled changes of article %s could not be published.", draft.article_id
            )
    return published


def _publish_due(draft: Draft) -> bool:
    article = draft.article
    try:
        return publish_changes(article, by=None)
    except NotReady:
        with transaction.atomic():
            unschedule_changes(article)
            StateChange.objects.create(
                article=article,
                state=article.state,
                publish_at=draft.publish_at,
                revision_number=draft.revision.number,
            )
        return False


def _check_publishable(article: Article, draft: Draft) -> None:
    """Writes the changes, looks for blockers, and rolls it all back."""
    with transaction.atomic():
        write_draft(article, draft)
        found = text_blockers(article)
        transaction.set_rollback(True)
    if found:
        raise NotReady(found)
