"""The positions of comments in their threads, and their counts, maintained by PostgreSQL.

Only the triggers in `migrations/sql/comment_threads.sql` write both tables, with every statement that
writes comments. The tables are separate from the comments, so that a decision about a comment
never waits for the lock of a count, and vice versa.
"""

from django.db import models
from django.db.models import F, Q

from articles.comments import privacy
from articles.comments.models.comment import Comment
from articles.editorial.models import Article
from iria.core.model_policy import model_policy


@model_policy(public=None, personal_data=privacy.COMMENTS)
class CommentPosition(models.Model):
    """The position of a comment in its thread, and the counts of its replies.

    A thread has three levels. A reply to a comment of the third level is shown beside that comment:
    both have the same `display_parent`.
    """

    comment = models.OneToOneField(
        Comment,
        on_delete=models.DO_NOTHING,
        primary_key=True,
        related_name="position",
        db_constraint=False,
    )
    article = models.ForeignKey(
        Article, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    parent = models.ForeignKey(
        Comment,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    display_parent = models.ForeignKey(
        Comment,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    root = models.ForeignKey(
        Comment, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    level = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    readable = models.BooleanField(default=False)
    reply_count = models.PositiveIntegerField(
        default=0, help_text="Number of published direct replies."
    )
    descendant_count = models.PositiveIntegerField(
        default=0, help_text="Number of published comments shown below it."
    )
    shown = models.GeneratedField(
        expression=Q(readable=True) | Q(reply_count__gt=0) | Q(descendant_count__gt=0),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
        help_text="Whether it is on the page, if only as a placeholder.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(level=1, display_parent__isnull=True, root=F("comment"))
                | Q(level__in=(2, 3), display_parent__isnull=False),
                name="comment_place_level",
            ),
        ]
        indexes = [
            models.Index(
                fields=["article", "created_at", "comment"],
                condition=Q(level=1, shown=True),
                name="comment_place_tops",
            ),
            models.Index(
                fields=["article", "-descendant_count", "created_at", "comment"],
                condition=Q(level=1, shown=True),
                name="comment_place_discussed",
            ),
            models.Index(
                fields=["display_parent", "created_at", "comment"],
                condition=Q(shown=True),
                name="comment_place_hosted",
            ),
            models.Index(
                fields=["root", "comment"],
                condition=Q(shown=True, level__gt=1),
                name="comment_place_first",
            ),
            models.Index(
                fields=["display_parent", "comment"],
                condition=Q(shown=True),
                name="comment_place_first_hosted",
            ),
        ]

    def __str__(self) -> str:
        return f"Place of comment {self.comment_id}"


@model_policy(public=None, personal_data=privacy.COMMENTS)
class ThreadCount(models.Model):
    """The number of visible comments on an article, and of those on the first level."""

    article = models.OneToOneField(
        Article, on_delete=models.CASCADE, primary_key=True, related_name="thread_count"
    )
    readable = models.PositiveIntegerField(default=0)
    top_level_count = models.PositiveIntegerField(default=0, help_text="Including placeholders.")

    def __str__(self) -> str:
        return f"{self.readable} comments below article {self.article_id}"
