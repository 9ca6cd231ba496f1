"""How an issue goes out: what was decided about its run, and how fast mail may leave."""

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from newsletter.models.issue import Issue


class RunEvent(models.Model):
    """Something that happened to the run of an issue: who did it, when, and why."""

    class Deed(models.TextChoices):
        SCHEDULED = "scheduled", "Scheduled"
        TAKEN_BACK = "taken_back", "Taken back"
        STARTED = "started", "Started"
        PAUSED = "paused", "Paused"
        WENT_ON = "went_on", "Went on"
        WIDENED = "widened", "First share taken well"
        STOPPED = "stopped", "Stopped"
        FINISHED = "finished", "Finished"

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="events")
    deed = models.CharField(max_length=10, choices=Deed)
    words = models.CharField(max_length=500, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty where it happened by itself.",
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_deed_display()} {self.words}".strip()


class SendingLimit(models.Model):
    """How many mails may leave in a second, in all or to one receiving domain."""

    EVERYTHING = ""
    EACH_OTHER = "*"

    domain = models.CharField(
        max_length=253,
        blank=True,
        validators=[
            RegexValidator(
                r"^(\*|[^\s@*]+)$", "Enter a domain like example.org, or * for each other domain."
            )
        ],
        help_text="What stands behind the @, like example.org; * for each domain not named here; "
        "empty for all mail together.",
    )
    per_second = models.DecimalField(
        max_digits=7,
        decimal_places=2,
        validators=[MinValueValidator(0.01)],
        help_text="0.5 is one mail in two seconds.",
    )

    class Meta:
        ordering = ["domain"]
        constraints = [
            models.UniqueConstraint(
                Lower("domain"),
                name="limit_domain_once",
                violation_error_message="This domain has a limit already.",
            ),
            models.CheckConstraint(condition=Q(per_second__gt=0), name="limit_is_positive"),
        ]

    def __str__(self) -> str:
        of = {"": "all mail", "*": "each other domain"}.get(self.domain, self.domain)
        return f"{of}: {self.per_second:f} a second"


class Pace(models.Model):
    """When the next mail may leave under a limit; one row for all workers together."""

    scope = models.CharField(primary_key=True, max_length=253)
    free_at = models.DateTimeField(help_text="No mail before this moment.")
    spread_at = models.DateTimeField(help_text="How far waiting mails were spread already.")

    def __str__(self) -> str:
        return f"{self.scope or 'all mail'}: {self.free_at}"
