"""Claims, rejection reasons and appeals."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.role_names import EDITOR, MODERATOR
from articles.comments import privacy
from articles.comments.models import Comment, ModerationDecision
from iria.core.model_policy import ALL_ACTIONS, Pruning, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable

APPEAL_MAX_LENGTH = 1000
UNDO_ACCEPTED_FOR: Final = timedelta(seconds=15)
"""A little longer than undo is offered, for slow connections. E-mails about a decision wait as long."""


@model_policy(
    public=None,
    personal_data=privacy.COMMENTS,
    pruning=Pruning("comments.destroy", "Deleted when they expire."),
)
class Claim(models.Model):
    """A moderator is reviewing this comment; others get another one until the claim expires."""

    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, primary_key=True, related_name="claim"
    )
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims"
    )
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"Comment {self.comment_id}, until {self.expires_at:%H:%M:%S}"


@model_policy(
    public=None,
    personal_data=privacy.COMMENTS,
    permissions={EDITOR: ALL_ACTIONS, MODERATOR: ALL_ACTIONS},
)
class RejectionReason(models.Model):
    """A rejection reason for moderators to choose, and its message to the commenter."""

    name = models.CharField(
        max_length=60,
        unique=True,
        validators=[validate_storable, validate_not_blank],
        help_text="Two or three words, for moderators.",
    )
    message = models.CharField(
        "message to the commenter",
        max_length=300,
        validators=[validate_storable, validate_not_blank],
        help_text="One or two friendly sentences: what is wrong and what to do instead.",
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Lower numbers come first; the first nine have keyboard shortcuts."
    )
    active = models.BooleanField("offered", default=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "rejection reason"
        verbose_name_plural = "rejection reasons"

    def __str__(self) -> str:
        return self.name


class AppealQuerySet(models.QuerySet["Appeal"]):
    def pending(self) -> "AppealQuerySet":
        return self.filter(outcome="")


@model_policy(
    public=None, personal_data=privacy.COMMENTS, permissions={EDITOR: "view", MODERATOR: "view"}
)
class Appeal(models.Model):
    """An appeal against a rejection, which is possible once per comment."""

    class Outcome(models.TextChoices):
        PENDING = "", "Pending"
        GRANTED = "granted", "Granted"
        REJECTED = "kept", "Rejected"
        DELETED = "gone", "Deleted by the commenter"

    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, primary_key=True, related_name="appeal"
    )
    text = models.CharField(
        max_length=APPEAL_MAX_LENGTH, blank=True, validators=[validate_storable]
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    outcome = models.CharField(max_length=7, choices=Outcome, blank=True, default=Outcome.PENDING)
    decision = models.OneToOneField(
        ModerationDecision,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="appeal",
        help_text="The decision on it.",
    )

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["", "granted", "kept", "gone"]),
                name="appeal_outcome_known",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(outcome=""), name="appeal_waiting"),
        ]

    def __str__(self) -> str:
        return f"Appeal for comment {self.comment_id}"
