"""Undoing an unpublication, for a minute.

Unpublishing writes the draft of an article to its rows. Undoing it brings back what readers saw, and
the draft beside it; the token says what there was.
"""

from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.checklist import NotReady
from articles.editorial.models import Article, Draft, Revision
from articles.editorial.versions import drafts
from articles.editorial.versions.content import of_revision
from articles.editorial.versions.revisions import Reason
from iria.core.security.signed_tokens import BrokenToken, make_token, read_token

PURPOSE: Final = "undo-unpublishing"
VALID_FOR: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Before:
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


def unpublish(article: Article, *, by: User) -> str:
    """Unpublishes or unschedules the article; returns the token for `undo`.

    It is empty if the article was not published.
    """
    with transaction.atomic():
        current = Article.objects.locked().filter(pk=article.pk).first()
        was_published = current is not None and current.is_published
        draft = drafts.draft_of(article) if was_published else None
        live = draft and _live_revision(article)
        updated_at = current.updated_at if current is not None else None
        publishing.unpublish(article, by=by)
        if not was_published or (draft is not None and live is None):
            return ""
        before = Before(
            article_id=article.pk,
            state_change_id=article.state_changes.values_list("pk", flat=True)[0],
            version=article.version,
            updated_at=_written(updated_at),
            live_id=live.pk if live else 0,
            draft_id=draft.revision_id if draft else 0,
            publish_at=_written(draft.publish_at) if draft else "",
        )
    return make_token(list(astuple(before)), purpose=PURPOSE)


def read(token: str) -> Before:
    """What a token says.

    Raises:
        ExpiredToken: the minute is over.
        BrokenToken: it is incomplete or was changed.
    """
    value = read_token(token, purpose=PURPOSE, valid_for=VALID_FOR)
    match value:
        case [int(), int(), int(), str(), int(), int(), str()]:
            return Before(*value)
        case _:
            raise BrokenToken


def undo(before: Before, *, by: User) -> Article:
    """Publishes the article again, with the same dates and the draft beside it.

    Raises:
        NotReady: the article was changed since, or it cannot be published; nothing is changed.
    """
    with transaction.atomic():
        article = Article.objects.locked().filter(pk=before.article_id).first()
        if article is None or not _is_unchanged(article, before):
            raise NotReady(["The article was changed since. Check it, then publish it."])
        if before.draft_id:
            _write_revision(article, before.live_id, by)
        publishing.publish(article, by=by)
        Article.objects.filter(pk=article.pk).update(updated_at=_read(before.updated_at))
        if before.draft_id:
            _write_revision(article, before.draft_id, by)
            publish_at = _read(before.publish_at)
            Draft.objects.filter(article=article).update(publish_at=publish_at)
    article.refresh_from_db()
    return article


def _is_unchanged(article: Article, before: Before) -> bool:
    latest = article.state_changes.values_list("pk", flat=True).first()
    return (latest, article.version) == (before.state_change_id, before.version)


def _write_revision(article: Article, revision_id: int, by: User) -> None:
    revision = Revision.objects.get(pk=revision_id, article=article)
    drafts.save(article, of_revision(revision), by=by, reason=Reason.RESTORE)


def _live_revision(article: Article) -> Revision | None:
    seen = article.revisions.filter(published_at__isnull=False)
    return seen.order_by("-published_at", "-number").first()


def _written(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _read(moment: str) -> datetime | None:
    return datetime.fromisoformat(moment) if moment else None
