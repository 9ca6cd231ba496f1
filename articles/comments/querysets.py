"""Which comments, and with what a page needs of them."""

from typing import TYPE_CHECKING, Final

from django.db import models
from django.db.models.query import RawQuerySet
from django.utils import timezone

if TYPE_CHECKING:
    from articles.comments.models import Comment
    from articles.editorial.models import Article

THREAD: Final = """
SELECT comment.id, comment.article_id, comment.parent_id, comment.user_id, comment.state,
    comment.created_at,
    CASE WHEN comment.state = 'approved' THEN comment.text END AS shown_text,
    CASE WHEN comment.state = 'approved' THEN comment.name END AS shown_name,
    writer.display_name AS writer_name, writer.is_staff AS writer_is_staff
FROM articles_comment AS comment LEFT JOIN accounts_user AS writer ON writer.id = comment.user_id
WHERE comment.article_id = %s AND (comment.state = 'approved' OR comment.id IN (
    SELECT parent_id FROM articles_comment WHERE article_id = %s AND parent_id IS NOT NULL))
ORDER BY comment.created_at, comment.id
"""
"""Written out: putting it together took longer than answering it, for every reader of an article."""


class CommentQuerySet(models.QuerySet["Comment"]):
    def published(self) -> "CommentQuerySet":
        """What readers may see: approved, and below an article they may see."""
        return self.filter(
            state="approved",
            article__state="published",
            article__published_at__lte=timezone.now(),
        )

    def held(self) -> "CommentQuerySet":
        """What waits for a moderator."""
        return self.filter(state="held")

    def for_thread(self, article: "Article") -> "RawQuerySet[Comment]":
        """Every comment a thread is made of, in one query, without the words of hidden ones.

        A hidden comment is fetched only where somebody answered it, since it may have to stand
        as a gap; its words stay in the database.
        """
        return self.raw(THREAD, [article.pk, article.pk])
