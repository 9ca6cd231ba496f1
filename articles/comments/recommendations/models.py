"""Recommendations of comments by signed-in readers."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.comments import privacy
from articles.comments.models import Comment
from articles.editorial.models import Article
from iria.core.model_policy import PublicRows, model_policy


@model_policy(
    public=PublicRows(scope="recommendations", scope_per_value=("thread:", "article_id")),
    personal_data=privacy.RECOMMENDATIONS,
)
class Recommendation(models.Model):
    """One reader's recommendation of a comment. Readers see only how many there are.

    `article` is that of the comment: a trigger finds the cached pages of its thread by this column. The
    database has no constraint on it, so that deleting an article needs no index here.
    """

    comment = models.ForeignKey(
        Comment, on_delete=models.CASCADE, related_name="recommendations", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recommendations"
    )
    article = models.ForeignKey(
        Article, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "user"], name="recommendation_once_per_reader"
            ),
        ]

    def __str__(self) -> str:
        return f"Recommendation of comment {self.comment_id}"
