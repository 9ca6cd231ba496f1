"""What readers reported."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.roles import EDITOR, MODERATOR
from articles.comments import privacy
from articles.comments.models import Comment
from iria.core.model_policy import model_policy
from iria.core.text.validators import validate_storable

WORDS_MAX_LENGTH = 500


class FlagQuerySet(models.QuerySet["Flag"]):
    def waiting(self) -> "FlagQuerySet":
        """Reports nobody has decided about."""
        return self.filter(outcome="")


@model_policy(
    public=None, personal_data=privacy.REPORTS, permissions={EDITOR: "view", MODERATOR: "view"}
)
class Flag(models.Model):
    """One reader's report of a comment."""

    class Reason(models.TextChoices):
        ADVERTISING = "advertising", gettext_lazy("It is advertising")
        INSULT = "insult", gettext_lazy("It insults or threatens somebody")
        HATE = "hate", gettext_lazy("It incites hatred")
        PRIVATE = "private", gettext_lazy("It tells private things about somebody")
        FALSE = "false", gettext_lazy("It says something that is plainly not true")
        OTHER = "other", gettext_lazy("Something else")

    class Outcome(models.TextChoices):
        WAITING = "", "Waiting"
        UPHELD = "upheld", "Upheld"
        DISMISSED = "dismissed", "Dismissed"
        GONE = "gone", "Taken back by its writer meanwhile"

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="flags")
    reason = models.CharField(max_length=12, choices=Reason)
    words = models.CharField(
        max_length=WORDS_MAX_LENGTH, blank=True, validators=[validate_storable]
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
        help_text="To tell a guest what came of it. Never shown.",
    )
    sender = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="Tells two reports of one comment by one sender; emptied the night after the decision.",
    )
    reporter = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="Tells a guest's reports from those of others once the address is forgotten.",
    )
    today = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="Tells the reports of one sender of one day; emptied in the night, when its key is destroyed.",
    )
    weight = models.FloatField(
        default=1.0,
        help_text="From 0 to 1: less for somebody whose earlier reports were dismissed.",
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True, default=Outcome.WAITING)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    decision = models.ForeignKey(
        "articles.Moderation",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="answered_flags",
        help_text="The decision that answered it.",
    )

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = "report by a reader"
        verbose_name_plural = "reports by readers"
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "sender"],
                condition=~Q(sender="") & Q(outcome=""),
                name="flag_once_a_sender",
            ),
            models.CheckConstraint(condition=Q(weight__range=(0, 1)), name="flag_weight_in_range"),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(decided_at__isnull=False), name="flag_decided_when"
            ),
        ]
        indexes = [
            models.Index(fields=["comment"], condition=Q(outcome=""), name="flag_waiting"),
            models.Index(fields=["reporter"], condition=~Q(reporter=""), name="flag_reporter"),
            models.Index(fields=["today"], condition=~Q(today=""), name="flag_today"),
        ]

    def __str__(self) -> str:
        words = f": {self.words}" if self.words else ""
        return f"{self.get_reason_display()}{words}"
