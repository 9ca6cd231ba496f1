"""Where comments stand in their threads, and how many there are: kept by PostgreSQL.

The triggers in `migrations/sql/comment_threads.sql` write both tables with every statement that writes
comments, whoever sends it; nothing else ever does. They stand apart from the comments, so that
whoever decides about a comment never waits for somebody who counts, and the other way round.
"""

from django.db import models
from django.db.models import F, Q

from articles.comments import privacy
from articles.comments.models.comment import Comment
from articles.editorial.models import Article
from iria.core.model_policy import model_policy


@model_policy(public=None, personal_data=privacy.COMMENTS)
class CommentPlace(models.Model):
    """The place of one comment among the others, and how many can be read below it.

    A thread is shown on three levels. What answers a comment of the third stands beside it: its
    host, below which it is shown, is then the host of what it answers.
    """

    comment = models.OneToOneField(
        Comment,
        on_delete=models.DO_NOTHING,
        primary_key=True,
        related_name="place",
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
    host = models.ForeignKey(
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
    answers = models.PositiveIntegerField(
        default=0, help_text="How many comments that can be read answer it directly."
    )
    below = models.PositiveIntegerField(
        default=0, help_text="How many comments that can be read are shown below it."
    )
    shown = models.GeneratedField(
        expression=Q(readable=True) | Q(answers__gt=0) | Q(below__gt=0),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
        help_text="Whether it has a place on the page, be it as the gap that it left.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(level=1, host__isnull=True, root=F("comment"))
                | Q(level__in=(2, 3), host__isnull=False),
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
                fields=["article", "-below", "created_at", "comment"],
                condition=Q(level=1, shown=True),
                name="comment_place_discussed",
            ),
            models.Index(
                fields=["host", "created_at", "comment"],
                condition=Q(shown=True),
                name="comment_place_hosted",
            ),
            models.Index(
                fields=["root", "comment"],
                condition=Q(shown=True, level__gt=1),
                name="comment_place_first",
            ),
            models.Index(
                fields=["host", "comment"],
                condition=Q(shown=True),
                name="comment_place_first_hosted",
            ),
        ]

    def __str__(self) -> str:
        return f"Place of comment {self.comment_id}"


@model_policy(public=None, personal_data=privacy.COMMENTS)
class ThreadCount(models.Model):
    """How many comments can be read below an article, and how many stand on the first level."""

    article = models.OneToOneField(
        Article, on_delete=models.CASCADE, primary_key=True, related_name="thread_count"
    )
    readable = models.PositiveIntegerField(default=0)
    tops = models.PositiveIntegerField(default=0, help_text="With the gaps that stand there.")

    def __str__(self) -> str:
        return f"{self.readable} comments below article {self.article_id}"
