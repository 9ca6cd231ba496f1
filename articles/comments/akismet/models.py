"""The results of Akismet."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.comments import privacy
from articles.comments.models import Comment, ModerationDecision
from iria.core.model_policy import model_policy


@model_policy(public=None, personal_data=privacy.COMMENTS)
class AkismetResult(models.Model):
    """A check of a comment by Akismet: its result, and the correction that was reported."""

    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, primary_key=True, related_name="akismet"
    )
    spam = models.BooleanField(
        null=True,
        editable=False,
        help_text=("Whether Akismet considers the comment spam; empty before the answer."),
    )
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    pending_decision = models.ForeignKey(
        ModerationDecision,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        help_text="The decision that keeps the comment pending only for this answer.",
    )
    correction = models.CharField(
        max_length=4,
        blank=True,
        editable=False,
        choices=[("spam", "Spam"), ("ham", "Not spam")],
        help_text="The correction reported to Akismet.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(correction__in=["", "spam", "ham"]), name="akismet_told_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Akismet on comment {self.comment_id}"
