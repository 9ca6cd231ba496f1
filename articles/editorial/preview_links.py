"""Links that show an unpublished article, or changes, for a week to anyone who has them."""

from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse
from django.utils import timezone

from articles.editorial import permissions
from articles.editorial.models import Article
from articles.editorial.versions import drafts
from articles.editorial.versions.content import content_of_revision, show
from iria.core.security import BrokenToken, ExpiredToken, make_token, read_token

PURPOSE: Final = "preview"
VALID_FOR: Final = timedelta(days=7)


def make_preview_token(article: Article) -> str:
    """A token for the article; the link shows its last saved version."""
    return make_token([article.pk, article.state], purpose=PURPOSE)


def preview_url(article: Article) -> str:
    return reverse("preview", args=[make_preview_token(article)])


def expires_at() -> datetime:
    """When a link made now stops working."""
    return timezone.now() + VALID_FOR


def last_saved(article_id: int, *, user: permissions.AnyUser) -> Article | None:
    """The article as this user may see it, with all that a page shows.

    As it was saved last, or as readers see it; None if the user may not see it.
    """
    article = Article.objects.for_page().filter(pk=article_id).first()
    if article is None or not permissions.may_see(user, article):
        return None
    if article.is_published and permissions.may_see_draft(user, article):
        draft = drafts.draft_of(article)
        if draft is not None:
            show(article, content_of_revision(draft.revision))
    return article


def read_preview_token(token: str) -> tuple[Article, bool]:
    """The article behind a preview link, with all that a page shows, and whether readers see it so.

    A link from before the article was unpublished stops working. One from before it was published
    does not show later changes.

    Raises:
        ExpiredToken: the link is too old, or its article was unpublished, moved to the trash or
            deleted since.
        BrokenToken: it is incomplete or was changed.
    """
    value = read_token(token, purpose=PURPOSE, valid_for=VALID_FOR)
    match value:
        case [int() as pk, str() as state]:
            pass
        case _:
            raise BrokenToken
    article = Article.objects.for_page().filter(pk=pk).first()
    if article is None or article.is_in_trash:
        raise ExpiredToken
    if article.state == Article.State.UNPUBLISHED and state != Article.State.UNPUBLISHED:
        raise ExpiredToken
    if not article.is_published:
        return article, False
    draft = drafts.draft_of(article) if state == Article.State.PUBLISHED else None
    if draft is None:
        return article, True
    show(article, content_of_revision(draft.revision))
    return article, False
