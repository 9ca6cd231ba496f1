"""Newsletters, frequencies, and digests with their rules."""

from datetime import time, timedelta
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.role_names import EDITOR
from articles.editorial.models import Category
from iria.core.db.fields import ActorField
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, model_policy
from iria.core.text.language import direction_of
from iria.core.text.languages import language_choices
from iria.core.text.validators import validate_not_blank, validate_storable
from newsletter.models.querysets import NewsletterQuerySet

MIN_RECIPIENTS_FOR_CANARY: Final = 200
MIN_CANARY_SIZE: Final = 50
WELCOME_MAX_LENGTH: Final = 2000


class Frequency(models.TextChoices):
    """How often a subscriber receives a newsletter, from the least to the most often.

    The editors' issues are sent to those who chose `ISSUES`; for the others digests are composed.
    """

    ISSUES = "issues", gettext_lazy("Regular issues")
    WEEKLY = "weekly", gettext_lazy("Weekly")
    DAILY = "daily", gettext_lazy("Daily")
    EACH = "each", gettext_lazy("Every new article")


def validate_ascii(address: str) -> None:
    """Rejects addresses with non-ASCII characters, which e-mail headers cannot contain.

    Raises:
        ValidationError: with a message for the user.
    """
    if not address.isascii():
        raise ValidationError(
            "Use ASCII characters only. Enter an international domain in its xn-- form."
        )


def default_frequencies() -> list[str]:
    return [Frequency.ISSUES.value]


@model_policy(public=ALL_ROWS, personal_data=None, permissions={EDITOR: "view"})
class Newsletter(models.Model):
    """A list that readers subscribe to, with its sender, frequencies and rules for sending."""

    name = models.CharField(
        max_length=80,
        validators=[validate_storable, validate_not_blank],
        help_text="Shown to readers after the publication's name, for example “News” or “Weekly analysis”.",
    )
    slug = models.SlugField(
        max_length=40,
        unique=True,
        help_text="Identifies the list to e-mail programs. Avoid changing it.",
    )
    description = models.CharField(
        max_length=300,
        blank=True,
        validators=[validate_storable],
        help_text="One sentence on what it contains and how often it is sent. Shown where readers subscribe.",
    )
    from_name = models.CharField(
        "sender name",
        max_length=80,
        blank=True,
        validators=[validate_storable],
        help_text="If empty, the publication's name.",
    )
    from_email = models.EmailField(
        "sender e-mail address",
        blank=True,
        default="",
        db_default="",
        validators=[validate_ascii],
        help_text="If empty, the site's default sender address. Its domain needs SPF, DKIM and DMARC records (docs/running-mail.md).",
    )
    reply_to = models.EmailField(
        "reply-to",
        blank=True,
        validators=[validate_ascii],
        help_text="Where replies are sent. If empty, the publication's contact address.",
    )
    language = models.CharField(max_length=8, choices=language_choices, default="en")
    offered = models.BooleanField(
        default=True, help_text="Readers can choose it when they subscribe."
    )
    position = models.PositiveSmallIntegerField(
        default=0,
        help_text="The sign-up form in the page footer subscribes to the first newsletter.",
    )
    frequencies = ArrayField(
        models.CharField(max_length=6, choices=Frequency),
        default=default_frequencies,
        help_text="How often readers can receive it. Subscribers keep a frequency that is no longer offered.",
    )
    topics = models.ManyToManyField(
        Category,
        blank=True,
        related_name="+",
        help_text="Categories readers can choose from, each with its subcategories. Readers who choose none receive everything.",
    )

    tracks_clicks = models.BooleanField(
        "track clicks",
        default=False,
        help_text="Counts clicks per link, never per reader. Links then lead through this site. Opens are not tracked.",
    )

    sends_welcome = models.BooleanField(
        "welcome e-mail",
        default=True,
        db_default=True,
        help_text="Sent once after somebody confirms their subscription, with a link to the latest issue.",
    )
    welcome_text = models.TextField(
        "text of the welcome e-mail",
        blank=True,
        default="",
        db_default="",
        max_length=WELCOME_MAX_LENGTH,
        validators=[validate_storable],
        help_text="An empty line starts a new paragraph. If empty, one sentence says that the subscription is confirmed.",
    )

    canary_percent = models.PositiveSmallIntegerField(
        "first batch (%)",
        default=5,
        validators=[MaxValueValidator(50)],
        help_text=f"Percentage of recipients who receive each issue first: at least {MIN_CANARY_SIZE} people, and not used below {MIN_RECIPIENTS_FOR_CANARY} recipients. 0 sends to everyone at once.",
    )
    canary_minutes = models.PositiveSmallIntegerField(
        "wait after the first batch (minutes)",
        default=10,
        validators=[MaxValueValidator(24 * 60)],
        help_text="How long to wait for bounces before sending to everyone else.",
    )
    pause_at_percent = models.PositiveSmallIntegerField(
        "pause at (%)",
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Sending pauses automatically when more than this percentage is rejected, bounces or is reported.",
    )

    objects = NewsletterQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(canary_percent__lte=50), name="newsletter_canary_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(pause_at_percent__gte=1, pause_at_percent__lte=100),
                name="newsletter_pauses_at_a_share",
            ),
            models.CheckConstraint(
                condition=Q(frequencies__contained_by=[frequency.value for frequency in Frequency])
                & Q(frequencies__len__gt=0),
                name="newsletter_has_a_frequency",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def offered_frequencies(self) -> list[Frequency]:
        """The frequencies that readers can choose, the least frequent first."""
        return [frequency for frequency in Frequency if frequency in self.frequencies]

    @property
    def usual_frequency(self) -> Frequency:
        """The default frequency: the least frequent one."""
        return self.offered_frequencies[0]

    @property
    def direction(self) -> str:
        return direction_of(self.language)


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


@model_policy(public=None, personal_data="sending", permissions={EDITOR: "view"})
class Digest(models.Model):
    """A period of a digest rule; it is composed once.

    It has an issue for each combination of topics and language that subscribers chose
    (docs/decisions/newsletter.md), except those without articles or without subscribers.
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
    approved_by = ActorField(null=True, blank=True, editable=False, related_name="+")
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
