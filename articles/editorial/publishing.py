"""Publishing, scheduling and unpublishing, for the admin, commands and jobs: of articles, and of the changes of
published ones. Nothing else writes the state of an article.

Unpublishing writes the draft of an article to its rows, and can be undone for a minute. Undoing it brings
back what readers saw, and the draft beside it; the token says what there was.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from articles.editorial import article_urls, signals
from articles.editorial.checklist import NotReady as NotReady
from articles.editorial.checklist import (
    check_not_in_trash,
    headline_blockers,
    publish_blockers,
    text_blockers,
)
from articles.editorial.models import Article, Draft, Revision, StateChange
from articles.editorial.models.article import PUBLICATION_FIELDS
from articles.editorial.versions import drafts, revisions
from articles.editorial.versions.content import content_of_revision
from articles.editorial.versions.revisions import Reason
from iria.core.db.bulk import update_rows
from iria.core.security import BrokenToken, make_token, read_token

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
        check_not_in_trash(current)
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
        locked = {row.pk: row for row in rows.order_by("pk")}
        public: list[tuple[Article, datetime]] = []
        for article, at in moments.items():
            current = locked[article.pk]
            check_not_in_trash(current)
            if current.state != Article.State.PUBLISHED:
                if found := headline_blockers(current):
                    raise NotReady(found)
                current.published_at = current.published_at or at
                public.append((current, at))
        _make_public(public, by=by)
    for article in moments:
        for name in PUBLISHED_FIELDS:
            setattr(article, name, getattr(locked[article.pk], name))


def schedule(article: Article, *, by: User | None, at: datetime) -> None:
    """Schedules the article for a time in the future; the worker publishes it.

    Raises:
        NotReady: the time has passed, or the article is not ready.
    """
    with transaction.atomic():
        current = Article.objects.locked().get(pk=article.pk)
        check_not_in_trash(current)
        if current.state == Article.State.PUBLISHED:
            raise NotReady(["The article is already published. Unpublish it first."])
        if at <= timezone.now():
            raise NotReady(["The time is in the past. Choose a later one."])
        _check_ready(current, at=at)
        current.slug = article_urls.proposed_slug(current)
        change_state(current, Article.State.SCHEDULED, by=by, publish_at=at)
    article.refresh_from_db()


def unpublish(article: Article, *, by: User) -> None:
    """Unpublishes a published article or unschedules a scheduled one."""
    with transaction.atomic():
        current = Article.objects.locked().get(pk=article.pk)
        was_published = current.state == Article.State.PUBLISHED
        if was_published:
            if draft := drafts.draft_of(current):
                drafts.write_draft(current, draft)
                draft.delete()
            current.withdrawn_at = timezone.now()
        elif current.state != Article.State.SCHEDULED:
            return
        change_state(current, state_while_not_public(current), by=by)
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
        change_state(current, state_while_not_public(current), by=None, missed=due)
        return False


def _publish(article: Article, *, by: User | None, moment: datetime) -> None:
    """Publishes a locked article."""
    _make_public([(article, moment)], by=by)
    transaction.on_commit(lambda: signals.published.send(sender=Article, article_id=article.pk))


PUBLISHED_FIELDS: Final = (*PUBLICATION_FIELDS, "slug", "modified_at")
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
    update_rows(articles, PUBLISHED_FIELDS)
    revisions.mark_all_published(articles, by=by)
    StateChange.objects.bulk_create(
        StateChange(article=article, state=article.state, created_by=by) for article in articles
    )


def state_while_not_public(article: Article) -> Article.State:
    """Draft, or unpublished if it was published once."""
    was_public = article.published_at is not None
    return Article.State.UNPUBLISHED if was_public else Article.State.DRAFT


def change_state(
    article: Article,
    state: Article.State,
    *,
    by: User | None,
    publish_at: datetime | None = None,
    missed: datetime | None = None,
) -> None:
    """Gives a locked article a state in which readers do not see it, and records who did so.

    Args:
        publish_at: the time of a scheduled article.
        missed: the time at which it should have been published.
    """
    article.state, article.publish_at = state, publish_at
    article.save(update_fields=[*PUBLISHED_FIELDS, "version"])
    _record(article, by=by, publish_at=publish_at or missed)


def _record(
    article: Article, state: Article.State | None = None, *, by: User | None, **when: Any
) -> None:
    StateChange.objects.create(article=article, state=state or article.state, created_by=by, **when)


def _check_ready(article: Article, *, at: datetime | None = None) -> None:
    if found := publish_blockers(article, at=at):
        raise NotReady(found)


def publish_changes(article: Article, *, by: User | None) -> bool:
    """Makes the draft of a published article what readers see; False if it has none.

    Args:
        by: the user; None when the worker publishes scheduled changes.

    Raises:
        NotReady: with what must be fixed first; nothing is changed.
    """
    with transaction.atomic():
        current = Article.objects.locked().get(pk=article.pk)
        draft = drafts.draft_of(current)
        if draft is None or not current.is_published:
            return False
        drafts.write_draft(current, draft)
        if found := text_blockers(current):
            raise NotReady(found)
        revision = revisions.mark_published(current, by=by)
        draft.delete()
        _record(current, by=by, revision_number=revision.number)
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
        draft = drafts.draft_of(current)
        if draft is None or not current.is_published:
            raise NotReady(["There are no changes to schedule. Write them first."])
        _check_publishable(current, draft)
        draft.publish_at = at
        draft.save(update_fields=["publish_at"])
        # What was scheduled stays in the history, even if autosaves follow.
        Revision.objects.filter(pk=draft.revision_id).update(reason=Reason.SAVE)
        _record(
            current,
            Article.State.SCHEDULED,
            by=by,
            publish_at=at,
            revision_number=draft.revision.number,
        )


def unschedule_changes(article: Article) -> None:
    """The changes stay a draft."""
    Draft.objects.filter(article=article.pk).update(publish_at=None)


def publish_due_changes() -> int:
    """Publishes scheduled changes whose time has come; returns how many.

    Each in a transaction of its own, so that a failure does not affect the others. Changes that are
    no longer ready are unscheduled, and the dashboard lists the article as overdue.
    """
    published = 0
    due = Draft.objects.filter(publish_at__lte=timezone.now()).order_by("publish_at")
    for draft in due.select_related("article", "revision"):
        try:
            published += _publish_if_ready(draft)
        except Exception:
            logger.exception(
                "The scheduled changes of article %s could not be published.", draft.article_id
            )
    return published


def _publish_if_ready(draft: Draft) -> bool:
    article = draft.article
    try:
        return publish_changes(article, by=None)
    except NotReady:
        with transaction.atomic():
            unschedule_changes(article)
            _record(
                article,
                by=None,
                publish_at=draft.publish_at,
                revision_number=draft.revision.number,
            )
        return False


def _check_publishable(article: Article, draft: Draft) -> None:
    """Writes the changes, looks for blockers, and rolls it all back."""
    with transaction.atomic():
        drafts.write_draft(article, draft)
        found = text_blockers(article)
        transaction.set_rollback(True)
    if found:
        raise NotReady(found)


UNDO_PURPOSE: Final = "undo-unpublishing"
UNDO_VALID_FOR: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class UndoState:
    """An article as it was before it was unpublished, in values that JSON can hold."""

    article_id: int
    state_change_id: int
    """The unpublication; a later state change means that the article was changed since."""
    version: int
    """The version after it; another one means the same."""
    updated_at: str
    live_id: int
    """The revision that readers saw; 0 if there was no draft beside it."""
    draft_id: int
    """The revision of the draft; 0 if there was none."""
    publish_at: str
    """When the draft was to be published; empty if it was not scheduled."""


def unpublish_with_undo(article: Article, *, by: User) -> str:
    """Unpublishes or unschedules the article; returns the token for `undo_unpublishing`.

    It is empty if the article was not published.
    """
    with transaction.atomic():
        current = Article.objects.locked().filter(pk=article.pk).first()
        was_published = current is not None and current.is_published
        draft = drafts.draft_of(article) if was_published else None
        seen = article.revisions.filter(published_at__isnull=False)
        live = draft and seen.order_by("-published_at", "-number").first()
        updated_at = current.updated_at if current is not None else None
        unpublish(article, by=by)
        if not was_published or (draft is not None and live is None):
            return ""
        undo_state = UndoState(
            article_id=article.pk,
            state_change_id=article.state_changes.values_list("pk", flat=True)[0],
            version=article.version,
            updated_at=_to_json(updated_at),
            live_id=live.pk if live else 0,
            draft_id=draft.revision_id if draft else 0,
            publish_at=_to_json(draft.publish_at) if draft else "",
        )
    return make_token(list(astuple(undo_state)), purpose=UNDO_PURPOSE)


def read_undo_token(token: str) -> UndoState:
    """What a token says.

    Raises:
        ExpiredToken: the minute is over.
        BrokenToken: it is incomplete or was changed.
    """
    value = read_token(token, purpose=UNDO_PURPOSE, valid_for=UNDO_VALID_FOR)
    match value:
        case [int(), int(), int(), str(), int(), int(), str()]:
            return UndoState(*value)
        case _:
            raise BrokenToken


def undo_unpublishing(undo_state: UndoState, *, by: User) -> Article:
    """Publishes the article again, with the same dates and the draft beside it.

    Raises:
        NotReady: the article was changed since, or it cannot be published; nothing is changed.
    """
    with transaction.atomic():
        article = Article.objects.locked().filter(pk=undo_state.article_id).first()
        latest = article and article.state_changes.values_list("pk", flat=True).first()
        if article is None or (latest, article.version) != (
            undo_state.state_change_id,
            undo_state.version,
        ):
            raise NotReady(["The article was changed since. Check it, then publish it."])
        if undo_state.draft_id:
            _write_revision(article, undo_state.live_id, by)
        publish(article, by=by)
        Article.objects.filter(pk=article.pk).update(updated_at=_from_json(undo_state.updated_at))
        if undo_state.draft_id:
            _write_revision(article, undo_state.draft_id, by)
            publish_at = _from_json(undo_state.publish_at)
            Draft.objects.filter(article=article).update(publish_at=publish_at)
    article.refresh_from_db()
    return article


def _write_revision(article: Article, revision_id: int, by: User) -> None:
    revision = Revision.objects.get(pk=revision_id, article=article)
    drafts.save(article, content_of_revision(revision), by=by, reason=Reason.RESTORE)


def _to_json(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _from_json(moment: str) -> datetime | None:
    return datetime.fromisoformat(moment) if moment else None
