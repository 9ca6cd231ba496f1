"""Who has a comment before them, the reasons to choose from, and askings for another look."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.roles import EDITOR, MODERATOR
from articles.comments import privacy
from articles.comments.models import Comment, Moderation
from iria.core.model_policy import ALL_ACTIONS, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable

APPEAL_MAX_LENGTH = 1000


@model_policy(public=None, personal_data=privacy.COMMENTS)
class Claim(models.Model):
    """A moderator has this comment before them; others are offered another one until it runs out."""

    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, primary_key=True, related_name="claim"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims"
    )
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"Comment {self.comment_id}, until {self.until:%H:%M:%S}"


@model_policy(
    public=None,
    personal_data=privacy.COMMENTS,
    permissions={EDITOR: ALL_ACTIONS, MODERATOR: ALL_ACTIONS},
)
class ListedReason(models.Model):
    """A reason to reject that moderators choose from a list, and the words its writer is told."""

    name = models.CharField(
        max_length=60,
        unique=True,
        validators=[validate_storable, validate_not_blank],
        help_text="Two or three words, for moderators.",
    )
    words = models.CharField(
        "words for the writer",
        max_length=300,
        validators=[validate_storable, validate_not_blank],
        help_text="One or two sentences, kind and plain: what is wrong, and what would be right.",
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Lower numbers stand first; the first nine have a key of their own."
    )
    active = models.BooleanField("offered", default=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "reason to reject"
        verbose_name_plural = "reasons to reject"

    def __str__(self) -> str:
        return self.name


class AppealQuerySet(models.QuerySet["Appeal"]):
    def waiting(self) -> "AppealQuerySet":
        return self.filter(outcome="")


@model_policy(
    public=None, personal_data=privacy.COMMENTS, permissions={EDITOR: "view", MODERATOR: "view"}
)
class Appeal(models.Model):
    """The writer of a rejected comment asked for another look, which they can do once."""

    class Outcome(models.TextChoices):
        WAITING = "", "Waiting"
        GRANTED = "granted", "Published after all"
        KEPT = "kept", "Stays rejected"
        GONE = "gone", "Taken back by its writer meanwhile"

    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, primary_key=True, related_name="appeal"
    )
    words = models.CharField(
        max_length=APPEAL_MAX_LENGTH, blank=True, validators=[validate_storable]
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    outcome = models.CharField(max_length=7, choices=Outcome, blank=True, default=Outcome.WAITING)
    decision = models.OneToOneField(
        Moderation,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="appeal",
        help_text="The decision that answered it.",
    )

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["", "granted", "kept", "gone"]),
                name="appeal_outcome_known",
            ),
        ]
        indexes = [
            models.Index(fields=["made_at"], condition=Q(outcome=""), name="appeal_waiting"),
        ]

    def __str__(self) -> str:
        return f"Another look at comment {self.comment_id}"
