"""Digest rules and digests."""

from datetime import time, timedelta
from typing import Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.role_names import EDITOR
from iria.core.model_policy import ALL_ACTIONS, model_policy
from iria.core.text.validators import validate_storable
from newsletter import privacy
from newsletter.models.newsletter import Frequency, Newsletter

DIGEST_FREQUENCIES: Final = (Frequency.WEEKLY, Frequency.DAILY, Frequency.EACH)
"""The frequencies that are composed automatically."""
PERIOD_LENGTHS: Final = {Frequency.DAILY: timedelta(days=1), Frequency.WEEKLY: timedelta(days=7)}


@model_policy(public=None, personal_data=None, permissions={EDITOR: ALL_ACTIONS})
class DigestRule(models.Model):
    """When digests of one frequency are composed, and whether they need approval."""

    class Day(models.IntegerChoices):
        MONDAY = 0, "Monday"
        TUESDAY = 1, "Tuesday"
        WEDNESDAY = 2, "Wednesday"
        THURSDAY = 3, "Thursday"
        FRIDAY = 4, "Friday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="rules")
    frequency = models.CharField(
        max_length=6,
        choices=[(frequency.value, frequency.label) for frequency in DIGEST_FREQUENCIES],
    )
    enabled = models.BooleanField(
        "enabled", default=True, help_text="If disabled, no new digests are composed."
    )
    needs_approval = models.BooleanField(
        "needs approval",
        default=True,
        help_text="An editor approves each digest before it is sent.",
    )
    time_of_day = models.TimeField(
        "time of day",
        default=time(7),
        help_text="In the publication's time zone. “Every new article” is sent a few minutes after publication.",
    )
    day = models.PositiveSmallIntegerField(
        "day of the week", choices=Day, default=Day.MONDAY, help_text="For weekly digests."
    )
    subject = models.CharField(
        max_length=150,
        default="{headline}",
        validators=[validate_storable],
        help_text="{headline} is the headline of the first article, {newsletter} the name, {day} the date.",
    )
    introduction = models.TextField(
        blank=True,
        max_length=2000,
        validators=[validate_storable],
        help_text="Shown above the articles. Most digests need none.",
    )
    enabled_at = models.DateTimeField(
        default=timezone.now, editable=False, help_text="When it was last enabled."
    )
    schedule_changed_at = models.DateTimeField(
        default=timezone.now,
        editable=False,
        help_text="When its day or time last changed. Earlier periods are not composed.",
    )

    class Meta:
        verbose_name = "digest rule"
        verbose_name_plural = "digest rules"
        ordering = ["newsletter", "frequency"]
        constraints = [
            models.UniqueConstraint(
                fields=["newsletter", "frequency"],
                name="digest_rule_once",
                violation_error_message="This newsletter already has a rule for this frequency.",
            ),
            models.CheckConstraint(
                condition=Q(frequency__in=["weekly", "daily", "each"]), name="digest_rule_frequency"
            ),
            models.CheckConstraint(condition=Q(day__lte=6), name="digest_rule_day"),
        ]

    def __str__(self) -> str:
        return f"{self.newsletter}, {self.get_frequency_display().lower()}"


@model_policy(public=None, personal_data=privacy.SENDING, permissions={EDITOR: "view"})
class Digest(models.Model):
    """A period of a digest rule; it is composed once.

    It has an issue for each combination of topics and language that subscribers chose
    (docs/decisions/digests.md), except those without articles or without subscribers.
    """

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="digests")
    frequency = models.CharField(
        max_length=6,
        choices=[(frequency.value, frequency.label) for frequency in DIGEST_FREQUENCIES],
    )
    period = models.CharField(
        max_length=40, help_text="The day it ends, or the article it contains."
    )
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    needs_approval = models.BooleanField("needs approval")
    composed_at = models.DateTimeField()
    composed_for = ArrayField(
        models.TextField(),
        default=list,
        editable=False,
        help_text="The choices for which an issue was composed or nothing was found.",
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
        help_text="Approved, but not all of its issues have been checked.",
    )

    class Meta:
        ordering = ["-ends_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["newsletter", "frequency", "period"], name="digest_of_period_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gte=models.F("begins_at")), name="digest_ends_after_beginning"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.newsletter}, {self.get_frequency_display().lower()}, {self.period}"
