"""Which comments Akismet was asked about, and what it said."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.comments import privacy
from articles.comments.models import Comment, Moderation
from iria.core.model_policy import model_policy


@model_policy(public=None, personal_data=privacy.COMMENTS)
class AkismetOpinion(models.Model):
    """That Akismet was asked about a comment; what it said, and what it was told back."""

    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, primary_key=True, related_name="akismet"
    )
    spam = models.BooleanField(
        null=True, editable=False, help_text="Whether it takes the comment for spam; empty before."
    )
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    holding = models.ForeignKey(
        Moderation,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        help_text="The row that holds the comment for nothing but this answer.",
    )
    told = models.CharField(
        max_length=4,
        blank=True,
        editable=False,
        choices=[("spam", "It is spam"), ("ham", "It is none")],
        help_text="What Akismet was told after a moderator had decided otherwise.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(told__in=["", "spam", "ham"]), name="akismet_told_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Akismet on comment {self.comment_id}"
