"""Reports by readers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.role_names import EDITOR, MODERATOR
from articles.comments import privacy
from articles.comments.models import Comment
from iria.core.model_policy import model_policy
from iria.core.text.validators import validate_storable

FLAG_TEXT_MAX_LENGTH = 500


class FlagQuerySet(models.QuerySet["Flag"]):
    def pending(self) -> "FlagQuerySet":
        """Reports nobody has decided about."""
        return self.filter(outcome="")


@model_policy(
    public=None, personal_data=privacy.REPORTS, permissions={EDITOR: "view", MODERATOR: "view"}
)
class Flag(models.Model):
    """One reader's report of a comment."""

    class Reason(models.TextChoices):
        ADVERTISING = "advertising", gettext_lazy("Advertising")
        INSULT = "insult", gettext_lazy("Insults or threats")
        HATE = "hate", gettext_lazy("Hate speech")
        PRIVATE = "private", gettext_lazy("Private information about a person")
        FALSE = "false", gettext_lazy("False information")
        OTHER = "other", gettext_lazy("Other")

    class Outcome(models.TextChoices):
        PENDING = "", "Pending"
        UPHELD = "upheld", "Upheld"
        DISMISSED = "dismissed", "Dismissed"
        DELETED = "gone", "Deleted by the commenter"

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="flags")
    reason = models.CharField(max_length=12, choices=Reason)
    text = models.CharField(
        max_length=FLAG_TEXT_MAX_LENGTH, blank=True, validators=[validate_storable]
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="flags",
    )
    email = models.EmailField(
        blank=True,
        validators=[validate_storable],
        help_text="To notify a guest of the decision. Never shown.",
    )
    sender_hash = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text=(
            "Keyed hash that recognises a second report of the same comment; "
            "emptied the night after the decision."
        ),
    )
    reporter_hash = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text=(
            "Keyed hash that recognises a guest's reports after the e-mail address is deleted."
        ),
    )
    daily_hash = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text=(
            "Keyed hash that recognises the reports of one sender on one day; emptied every night."
        ),
    )
    weight = models.FloatField(
        default=1.0,
        help_text="From 0 to 1: lower if earlier reports of the sender were dismissed.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True, default=Outcome.PENDING)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    decision = models.ForeignKey(
        "articles.ModerationDecision",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="answered_flags",
        help_text="The decision on it.",
    )

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "report"
        verbose_name_plural = "reports"
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "sender_hash"],
                condition=~Q(sender_hash="") & Q(outcome=""),
                name="flag_once_a_sender",
            ),
            models.CheckConstraint(condition=Q(weight__range=(0, 1)), name="flag_weight_in_range"),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(decided_at__isnull=False), name="flag_decided_when"
            ),
        ]
        indexes = [
            models.Index(fields=["comment"], condition=Q(outcome=""), name="flag_waiting"),
            models.Index(
                fields=["reporter_hash"], condition=~Q(reporter_hash=""), name="flag_reporter"
            ),
            models.Index(fields=["daily_hash"], condition=~Q(daily_hash=""), name="flag_today"),
        ]

    def __str__(self) -> str:
        text = f": {self.text}" if self.text else ""
        return f"{self.get_reason_display()}{text}"
