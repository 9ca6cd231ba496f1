"""The page of a comment, and the URLs of threads."""

from typing import Any

from django.db import connection
from django.db.models import Q
from django.http import HttpRequest

from articles.comments.models import Comment, CommentPosition
from articles.comments.threads.queries import (
    TOP_LEVEL_PER_PAGE,
    Order,
    Row,
    reply_rows,
    thread_rows,
)
from iria.core.http import cache_versions

ARTICLE = "SELECT id FROM articles_article WHERE year = %s AND month = %s AND slug = %s"
"""Plain SQL for speed: for a page that the browser has cached, this is the only query."""


def thread_scope(
    request: HttpRequest, year: int, month: int, slug: str, **rest: Any
) -> tuple[str, ...]:
    """Returns the cache scope of the thread of the article at a URL, for `public_page(also=…)`."""
    article_id = article_id_at(year, month, slug)
    return () if article_id is None else (cache_versions.thread(article_id),)


def article_id_at(year: int, month: int, slug: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(ARTICLE, [year, month, slug])
        row = cursor.fetchone()
    return row[0] if row else None


def thread_url(base: str, order: Order = Order.OLDEST, number: int = 1) -> str:
    """Returns the URL of a page of the thread of the article at `base`; the first is the article page."""
    if order is Order.OLDEST and number == 1:
        return f"{base}#comments"
    path = f"{base}comments/{order}/" if order else f"{base}comments/"
    return path if number == 1 else f"{path}?page={number}"


def replies_url(base: str, comment: int, number: int = 1) -> str:
    """Returns the URL of a page of the replies to a comment."""
    path = f"{base}comments/{comment}/"
    return path if number == 1 else f"{path}?page={number}"


def permalink(comment: Comment) -> str:
    """Returns the URL of a visible comment on the page of the thread, oldest first, that shows it."""
    position = CommentPosition.objects.get(comment=comment)
    article = comment.article
    base = article.get_absolute_url()
    root = (
        position if position.level == 1 else CommentPosition.objects.get(comment=position.root_id)
    )
    page = _page_number(root, Q(article=article, level=1))
    url = thread_url(base, number=page).partition("#")[0]
    if position.level > 1 and not _contains(thread_rows(article, Order.OLDEST, page), comment):
        url = _replies_page_url(position, comment, base)
    return f"{url}#{comment.anchor}"


def _replies_page_url(position: CommentPosition, comment: Comment, base: str) -> str:
    branch = (
        position
        if position.level == 2
        else CommentPosition.objects.get(comment=position.display_parent_id)
    )
    page = _page_number(branch, Q(display_parent=branch.display_parent_id))
    if position.level == 2 or _contains(
        reply_rows(comment.article, position.root_id, page), comment
    ):
        return replies_url(base, position.root_id, page)
    return replies_url(
        base,
        branch.comment_id,
        _page_number(position, Q(display_parent=position.display_parent_id)),
    )


def _page_number(position: CommentPosition, siblings: Q) -> int:
    earlier = Q(created_at__lt=position.created_at) | Q(
        created_at=position.created_at, comment__lt=position.comment_id
    )
    return (
        CommentPosition.objects.filter(siblings, earlier, shown=True).count() // TOP_LEVEL_PER_PAGE
        + 1
    )


def _contains(rows: list[Row], comment: Comment) -> bool:
    return any(row.id == comment.pk for row in rows)
