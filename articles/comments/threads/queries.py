"""The rows that one page of a thread is made of: one query, however long the thread is.

Written out: putting it together took longer than answering it, for every reader of an article. The
places and counts it reads are kept by PostgreSQL (`CommentPosition`).
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from django.db import connection

from articles.comments.models import Comment
from articles.editorial.models import Article

TOPS: Final = 50
"""Comments of the first level on a page."""
MOST: Final = 150
"""Comments in all on a page."""


class Order(StrEnum):
    """Orders of the first level; answers stand in the order of time everywhere."""

    OLDEST = ""
    NEWEST = "newest"
    DISCUSSED = "discussed"


BY: Final = {
    Order.OLDEST: "created_at, comment_id",
    Order.NEWEST: "created_at DESC, comment_id DESC",
    Order.DISCUSSED: "descendant_count DESC, created_at, comment_id",
}

SHARED: Final = """
share AS (
    SELECT {answers} / greatest(count(*) FILTER (WHERE descendant_count > 0), 1) AS most FROM page
)"""
"""So many answers of each: the first ones, which are all there is where a thread is small. By number,
since what is answered always has the lower one, and so stands on the page with its answer."""

COLUMNS: Final = """
SELECT comment.id, comment.parent_id, comment.user_id, comment.state, comment.created_at,
    comment.edited_at, comment.featured, place.level, place.display_parent_id, place.descendant_count,
    CASE WHEN comment.state = 'approved' THEN comment.text END AS shown_text,
    CASE WHEN comment.state = 'approved' THEN comment.name END AS shown_name,
    writer.display_name AS writer_name, writer.is_staff AS writer_is_staff,
    CASE WHEN writer.has_public_profile AND writer.is_active THEN writer.id END AS writer_with_page,
    comment.user_id IS NOT NULL AND EXISTS (
        SELECT FROM articles_byline AS byline
        JOIN accounts_authorprofile AS author ON author.id = byline.author_id
        WHERE byline.article_id = comment.article_id AND author.user_id = comment.user_id
    ) AS writer_is_author,
    CASE WHEN answered.state = 'approved' THEN answered.name END AS answered_name,
    answered.user_id AS answered_user, answerer.display_name AS answered_writer, answered.state AS answered_state,
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
    LIMIT {tops} OFFSET %(before)s
), page AS MATERIALIZED (
    SELECT comment_id, descendant_count FROM ids JOIN articles_commentposition USING (comment_id)
), {share}, chosen AS (
    SELECT comment_id FROM page
    UNION ALL
    SELECT answer.comment_id FROM page CROSS JOIN share CROSS JOIN LATERAL (
        SELECT comment_id FROM articles_commentposition
        WHERE root_id = page.comment_id AND level > 1 AND shown ORDER BY comment_id LIMIT most
    ) AS answer WHERE page.descendant_count > 0
)
{columns}
    (SELECT readable FROM articles_threadcount WHERE article_id = %(article)s) AS readable,
    (SELECT top_level_count FROM articles_threadcount WHERE article_id = %(article)s) AS siblings
{tables}
"""

ANSWERS: Final = """
WITH ids AS MATERIALIZED (
    SELECT comment_id FROM articles_commentposition
    WHERE display_parent_id = %(host)s AND shown ORDER BY created_at, comment_id
    LIMIT {tops} OFFSET %(before)s
), page AS MATERIALIZED (
    SELECT comment_id, descendant_count FROM ids JOIN articles_commentposition USING (comment_id)
), {share}, chosen AS (
    SELECT comment_id FROM page
    UNION ALL
    SELECT answer.comment_id FROM page CROSS JOIN share CROSS JOIN LATERAL (
        SELECT comment_id FROM articles_commentposition
        WHERE display_parent_id = page.comment_id AND shown ORDER BY comment_id LIMIT most
    ) AS answer WHERE page.descendant_count > 0
    UNION ALL
    SELECT above.id FROM articles_commentposition AS head
    CROSS JOIN LATERAL (
        SELECT head.comment_id UNION SELECT head.display_parent_id WHERE head.display_parent_id IS NOT NULL
    ) AS above(id)
    WHERE head.comment_id = %(host)s AND head.article_id = %(article)s AND head.level < 3
        AND head.shown
)
{columns}
    (SELECT readable FROM articles_threadcount WHERE article_id = %(article)s) AS readable,
    (SELECT count(*) FROM articles_commentposition
        WHERE display_parent_id = %(host)s AND shown) AS siblings
{tables}
"""


def _sql(text: str, order: Order) -> str:
    share = SHARED.format(answers=MOST - TOPS)
    return text.format(order=BY[order], tops=TOPS, share=share, columns=COLUMNS, tables=FROM)


_THREADS: Final = {order: _sql(THREAD, order) for order in Order}
_ANSWERS: Final = _sql(ANSWERS, Order.OLDEST)


class Row(NamedTuple):
    """A comment as one page needs it, in the order of the columns above.

    No model: of fifty on every article's page, making models cost more than drawing them.
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
    writer_name: str | None
    writer_is_staff: bool | None
    writer_with_page: int | None
    writer_is_author: bool
    answered_name: str | None
    answered_user: int | None
    answered_writer: str | None
    answered_state: str | None
    readable: int | None
    """Of the whole thread."""
    siblings: int | None
    """Those among which the page is one of several."""

    @property
    def is_visible(self) -> bool:
        return self.state == Comment.State.APPROVED


def rows_of_thread(article: Article, order: Order, page: int) -> list[Row]:
    """What stands on a page of the thread below an article, without the words of what is hidden."""
    return _rows(_THREADS[order], {"article": article.pk, "before": (page - 1) * TOPS})


def rows_of_answers(article: Article, host: int, page: int) -> list[Row]:
    """The same of the answers below one comment; the comment itself and what it answers are among them.

    None of these two are there where the comment is not, not below this article, or on the last level.
    """
    before = (page - 1) * TOPS
    return _rows(_ANSWERS, {"article": article.pk, "host": host, "before": before})


def _rows(sql: str, values: Mapping[str, int]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Row(*row) for row in cursor.fetchall()]
