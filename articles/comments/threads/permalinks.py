"""The page of a comment, and the URLs of threads."""

from typing import Any

from django.db import connection
from django.db.models import Q
from django.http import HttpRequest

from articles.comments.models import Comment, CommentPosition
from articles.comments.threads.queries import TOPS, Order, Row, rows_of_answers, rows_of_thread
from iria.core.http import cache_versions

ARTICLE = "SELECT id FROM articles_article WHERE year = %s AND month = %s AND slug = %s"
"""Written out: it is all there is to do for a reader who holds the page already."""


def thread_scope(
    request: HttpRequest, year: int, month: int, slug: str, **rest: Any
) -> tuple[str, ...]:
    """The scope of the thread below the article at an address, for `public_page(also=…)`."""
    with connection.cursor() as cursor:
        cursor.execute(ARTICLE, [year, month, slug])
        found = cursor.fetchone()
    return (cache_versions.thread(found[0]),) if found else ()


def thread_url(base: str, order: Order = Order.OLDEST, number: int = 1) -> str:
    """A page of the thread below the article at `base`; the first one stands on the article's own."""
    if order is Order.OLDEST and number == 1:
        return f"{base}#comments"
    path = f"{base}comments/{order}/" if order else f"{base}comments/"
    return path if number == 1 else f"{path}?page={number}"


def replies_url(base: str, comment: int, number: int = 1) -> str:
    """A page of what stands below one comment."""
    path = f"{base}comments/{comment}/"
    return path if number == 1 else f"{path}?page={number}"


def permalink(comment: Comment) -> str:
    """Where a comment that can be read stands now, in the order in which readers first see a thread."""
    place = CommentPosition.objects.get(comment=comment)
    article = comment.article
    base = article.get_absolute_url()
    root = place if place.level == 1 else CommentPosition.objects.get(comment=place.root_id)
    page = _page_among(root, Q(article=article, level=1))
    address = thread_url(base, number=page).partition("#")[0]
    if place.level > 1 and not _contains(rows_of_thread(article, Order.OLDEST, page), comment):
        address = _among_answers(place, comment, base)
    return f"{address}#{comment.anchor}"


def _among_answers(place: CommentPosition, comment: Comment, base: str) -> str:
    branch = (
        place if place.level == 2 else CommentPosition.objects.get(comment=place.display_parent_id)
    )
    page = _page_among(branch, Q(display_parent=branch.display_parent_id))
    if place.level == 2 or _contains(
        rows_of_answers(comment.article, place.root_id, page), comment
    ):
        return replies_url(base, place.root_id, page)
    return replies_url(
        base, branch.comment_id, _page_among(place, Q(display_parent=place.display_parent_id))
    )


def _page_among(place: CommentPosition, siblings: Q) -> int:
    earlier = Q(created_at__lt=place.created_at) | Q(
        created_at=place.created_at, comment__lt=place.comment_id
    )
    return CommentPosition.objects.filter(siblings, earlier, shown=True).count() // TOPS + 1


def _contains(rows: list[Row], comment: Comment) -> bool:
    return any(row.id == comment.pk for row in rows)
