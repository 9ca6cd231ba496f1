"""The rows of one page of a thread, in one query for a thread of any length; permalinks.

In plain SQL, because building the query with the ORM took longer than executing it. Triggers
maintain the positions and counts it reads (`CommentPosition`).
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Q
from django.http import HttpRequest

from articles.comments.models import Comment, CommentPosition
from articles.editorial.models import Article
from iria.core.db.replica import reading
from iria.core.http import cache_versions

TOP_LEVEL_PER_PAGE: Final = 50
"""Comments of the first level per page."""
PER_PAGE: Final = 150
"""Comments of all levels per page."""


class Order(StrEnum):
    """Orders of the first level; replies are always in the order of time."""

    OLDEST = ""
    NEWEST = "newest"
    DISCUSSED = "discussed"


ORDER_BY: Final = {
    Order.OLDEST: "created_at, comment_id",
    Order.NEWEST: "created_at DESC, comment_id DESC",
    Order.DISCUSSED: "descendant_count DESC, created_at, comment_id",
}

SHARE: Final = """
share AS (
    SELECT {replies} / greatest(count(*) FILTER (WHERE descendant_count > 0), 1) AS most FROM page
)"""
"""The number of replies per comment: the first ones by id. A comment has a lower id than its replies,
so a page that shows a reply also shows what it replies to."""

COLUMNS: Final = """
SELECT comment.id, comment.parent_id, comment.user_id, comment.state, comment.created_at,
    comment.edited_at, comment.featured, place.level, place.display_parent_id, place.descendant_count,
    CASE WHEN comment.state = 'approved' THEN comment.text END AS shown_text,
    CASE WHEN comment.state = 'approved' THEN comment.name END AS shown_name,
    writer.display_name AS display_name, writer.is_staff AS is_by_staff,
    CASE WHEN writer.has_public_profile AND writer.is_active THEN writer.id END AS profile_id,
    comment.user_id IS NOT NULL AND EXISTS (
        SELECT FROM articles_byline AS byline
        JOIN accounts_authorprofile AS author ON author.id = byline.author_id
        WHERE byline.article_id = comment.article_id AND author.user_id = comment.user_id
    ) AS is_by_author,
    CASE WHEN comment.state = 'approved' THEN (
        SELECT count(*) FROM articles_recommendation AS vote WHERE vote.comment_id = comment.id
    ) END AS recommendation_count,
    CASE WHEN answered.state = 'approved' THEN answered.name END AS answered_name,
    answered.user_id AS answered_user, answerer.display_name AS answered_display_name, answered.state AS answered_state,
"""
FROM: Final = """
FROM chosen JOIN articles_commentposition AS place USING (comment_id)
    JOIN articles_comment AS comment ON comment.id = place.comment_id
    LEFT JOIN accounts_user AS writer ON writer.id = comment.user_id
    LEFT JOIN articles_comment AS answered ON place.level = 3
        AND comment.parent_id <> place.display_parent_id AND answered.id = comment.parent_id
    LEFT JOIN accounts_user AS answerer ON answerer.id = answered.user_id
"""

THREAD: Final = """
WITH ids AS MATERIALIZED (
    SELECT comment_id FROM articles_commentposition
    WHERE article_id = %(article)s AND level = 1 AND shown ORDER BY {order}
    LIMIT {limit} OFFSET %(before)s
), page AS MATERIALIZED (
    SELECT comment_id, descendant_count FROM ids JOIN articles_commentposition USING (comment_id)
), {share}, chosen AS (
    SELECT comment_id FROM page
    UNION ALL
    SELECT reply.comment_id FROM page CROSS JOIN share CROSS JOIN LATERAL (
        SELECT comment_id FROM articles_commentposition
        WHERE root_id = page.comment_id AND level > 1 AND shown ORDER BY comment_id LIMIT most
    ) AS reply WHERE page.descendant_count > 0
)
{columns}
    (SELECT readable FROM articles_threadcount WHERE article_id = %(article)s) AS readable,
    (SELECT top_level_count FROM articles_threadcount WHERE article_id = %(article)s) AS siblings
{tables}
"""

REPLIES: Final = """
WITH ids AS MATERIALIZED (
    SELECT comment_id FROM articles_commentposition
    WHERE display_parent_id = %(parent)s AND shown ORDER BY created_at, comment_id
    LIMIT {limit} OFFSET %(before)s
), page AS MATERIALIZED (
    SELECT comment_id, descendant_count FROM ids JOIN articles_commentposition USING (comment_id)
), {share}, chosen AS (
    SELECT comment_id FROM page
    UNION ALL
    SELECT reply.comment_id FROM page CROSS JOIN share CROSS JOIN LATERAL (
        SELECT comment_id FROM articles_commentposition
        WHERE display_parent_id = page.comment_id AND shown ORDER BY comment_id LIMIT most
    ) AS reply WHERE page.descendant_count > 0
    UNION ALL
    SELECT above.id FROM articles_commentposition AS head
    CROSS JOIN LATERAL (
        SELECT head.comment_id UNION SELECT head.display_parent_id WHERE head.display_parent_id IS NOT NULL
    ) AS above(id)
    WHERE head.comment_id = %(parent)s AND head.article_id = %(article)s AND head.level < 3
        AND head.shown
)
{columns}
    (SELECT readable FROM articles_threadcount WHERE article_id = %(article)s) AS readable,
    (SELECT count(*) FROM articles_commentposition
        WHERE display_parent_id = %(parent)s AND shown) AS siblings
{tables}
"""


def _sql(text: str, order: Order) -> str:
    share = SHARE.format(replies=PER_PAGE - TOP_LEVEL_PER_PAGE)
    return text.format(
        order=ORDER_BY[order], limit=TOP_LEVEL_PER_PAGE, share=share, columns=COLUMNS, tables=FROM
    )


_THREADS: Final = {order: _sql(THREAD, order) for order in Order}
_REPLIES: Final = _sql(REPLIES, Order.OLDEST)


class Row(NamedTuple):
    """A comment as one page needs it, in the order of the columns above.

    A tuple, because creating fifty model instances took longer than rendering them.
    """

    id: int
    parent_id: int | None
    user_id: int | None
    state: str
    created_at: datetime
    edited_at: datetime | None
    featured: bool
    level: int
    display_parent_id: int | None
    descendant_count: int
    shown_text: str | None
    shown_name: str | None
    display_name: str | None
    is_by_staff: bool | None
    profile_id: int | None
    is_by_author: bool
    recommendation_count: int | None
    answered_name: str | None
    answered_user: int | None
    answered_display_name: str | None
    answered_state: str | None
    readable: int | None
    """The number of readable comments in the whole thread."""
    siblings: int | None
    """The number of comments that are divided into pages."""

    @property
    def is_visible(self) -> bool:
        return self.state == Comment.State.APPROVED


def thread_rows(article: Article, order: Order, page: int) -> list[Row]:
    """Returns a page of the thread of an article, without the texts of hidden comments."""
    return _rows(
        _THREADS[order], {"article": article.pk, "before": (page - 1) * TOP_LEVEL_PER_PAGE}
    )


def reply_rows(article: Article, parent: int, page: int) -> list[Row]:
    """Returns a page of the replies to a comment, with the comment itself and its display parent.

    These two are missing if the comment is not shown, on another article, or on the last level.
    """
    before = (page - 1) * TOP_LEVEL_PER_PAGE
    return _rows(_REPLIES, {"article": article.pk, "parent": parent, "before": before})


def _rows(sql: str, values: Mapping[str, int]) -> list[Row]:
    with reading.cursor() as cursor:
        cursor.execute(sql, values)
        return [Row(*row) for row in cursor.fetchall()]


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
