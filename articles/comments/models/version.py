"""What a comment said before its writer changed it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.comments.models.comment import Comment


class CommentVersion(models.Model):
    """Earlier words of a comment; only moderators read them."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="versions")
    text = models.TextField()
    replaced_at = models.DateTimeField(default=timezone.now, editable=False)
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty for a guest, who holds the link of the comment.",
    )

    class Meta:
        ordering = ["-replaced_at", "-pk"]
        verbose_name = "earlier text"

    def __str__(self) -> str:
        return f"Text of comment {self.comment_id} until {self.replaced_at:%Y-%m-%d %H:%M}"
