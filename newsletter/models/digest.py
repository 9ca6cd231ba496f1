"""Issues that compose themselves: by which rule, and for which period that was done."""

from datetime import time, timedelta
from typing import Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.roles import EDITOR
from iria.core.model_policy import ALL_ACTIONS, model_policy
from iria.core.text.validators import validate_storable
from newsletter import privacy
from newsletter.models.newsletter import Frequency, Newsletter

COMPOSED: Final = (Frequency.WEEKLY, Frequency.DAILY, Frequency.EACH)
"""The rhythms in which a newsletter composes itself."""
LENGTHS: Final = {Frequency.DAILY: timedelta(days=1), Frequency.WEEKLY: timedelta(days=7)}


@model_policy(public=None, personal_data=None, permissions={EDITOR: ALL_ACTIONS})
class DigestRule(models.Model):
    """When a newsletter composes itself in a rhythm, and whether an editor looks at it first."""

    class Day(models.IntegerChoices):
        MONDAY = 0, "Monday"
        TUESDAY = 1, "Tuesday"
        WEDNESDAY = 2, "Wednesday"
        THURSDAY = 3, "Thursday"
        FRIDAY = 4, "Friday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="rules")
    rhythm = models.CharField(
        max_length=6, choices=[(rhythm.value, rhythm.label) for rhythm in COMPOSED]
    )
    on = models.BooleanField(
        "composes itself", default=True, help_text="Taken away, nothing new is composed."
    )
    held = models.BooleanField(
        "held for approval",
        default=True,
        help_text="It waits until an editor approves it; taken away, it goes out by itself.",
    )
    at = models.TimeField(
        "time of day",
        default=time(7),
        help_text="By the publication's clock; “each article” goes a few minutes after it is published.",
    )
    day = models.PositiveSmallIntegerField(
        "day of the week", choices=Day, default=Day.MONDAY, help_text="For what comes once a week."
    )
    subject = models.CharField(
        max_length=150,
        default="{headline}",
        validators=[validate_storable],
        help_text="{headline} is that of the first article, {newsletter} the name, {day} the date.",
    )
    introduction = models.TextField(
        blank=True,
        max_length=2000,
        validators=[validate_storable],
        help_text="Stands above the articles each time; most digests need none.",
    )
    since = models.DateTimeField(
        default=timezone.now, editable=False, help_text="When it was last switched on."
    )
    timed_since = models.DateTimeField(
        default=timezone.now,
        editable=False,
        help_text="Since when it has this day and time; no earlier moment is made good.",
    )

    class Meta:
        verbose_name = "rule of a digest"
        verbose_name_plural = "rules of digests"
        ordering = ["newsletter", "rhythm"]
        constraints = [
            models.UniqueConstraint(
                fields=["newsletter", "rhythm"],
                name="digest_rule_once",
                violation_error_message="This newsletter has a rule for this rhythm already.",
            ),
            models.CheckConstraint(
                condition=Q(rhythm__in=["weekly", "daily", "each"]), name="digest_rule_rhythm"
            ),
            models.CheckConstraint(condition=Q(day__lte=6), name="digest_rule_day"),
        ]

    def __str__(self) -> str:
        return f"{self.newsletter}, {self.get_rhythm_display().lower()}"


@model_policy(public=None, personal_data=privacy.SENDING, permissions={EDITOR: "view"})
class Digest(models.Model):
    """A period for which a newsletter was composed, once, whoever else tried.

    Its issues are one for each combination of topics and language that readers chose
    (docs/decisions/digests.md); without an article, or without a reader, there is none.
    """

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="digests")
    rhythm = models.CharField(
        max_length=6, choices=[(rhythm.value, rhythm.label) for rhythm in COMPOSED]
    )
    period = models.CharField(
        max_length=40, help_text="The day on which it ends, or the article that it brings."
    )
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    held = models.BooleanField("held for approval")
    composed_at = models.DateTimeField()
    composed_for = ArrayField(
        models.TextField(),
        default=list,
        editable=False,
        help_text="The choices for which an issue was composed, or found empty.",
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    being_approved = models.BooleanField(
        default=False,
        editable=False,
        help_text="Approved, and not every issue of it was looked over yet.",
    )

    class Meta:
        ordering = ["-ends_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["newsletter", "rhythm", "period"], name="digest_of_period_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gte=models.F("begins_at")), name="digest_ends_after_beginning"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.newsletter}, {self.get_rhythm_display().lower()}, {self.period}"
