"""Who receives which newsletter, and what they agreed to."""

from typing import Final

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from articles.editorial.models.article import LANGUAGES
from iria.kit.speaking import direction_of
from iria.kit.text import refuse_blank, refuse_unstorable
from newsletter.querysets import NewsletterQuerySet, SubscriberQuerySet, new_token

EMAIL_MAX_LENGTH = 254
"""RFC 5321 limits a path to 256 characters, two of which are its angle brackets."""
CANARY_FROM: Final = 200
CANARY_AT_LEAST: Final = 50


class Newsletter(models.Model):
    """A newsletter that readers can subscribe to."""

    name = models.CharField(
        max_length=80,
        validators=[refuse_unstorable, refuse_blank],
        help_text="As readers know it, after the publication's name: “News”, “Weekly analysis”.",
    )
    slug = models.SlugField(
        max_length=40,
        unique=True,
        help_text="Names the list for mail programs; better not changed.",
    )
    description = models.CharField(
        max_length=300,
        blank=True,
        validators=[refuse_unstorable],
        help_text="What comes and how often, in one sentence; beside the name where readers choose.",
    )
    from_name = models.CharField(
        "sender",
        max_length=80,
        blank=True,
        validators=[refuse_unstorable],
        help_text="The name readers see as the sender; left empty, the publication's.",
    )
    reply_to = models.EmailField(
        "answers to",
        blank=True,
        help_text="Where answers go; left empty, the publication's contact address.",
    )
    language = models.CharField(max_length=8, choices=LANGUAGES, default="en")
    offered = models.BooleanField(
        default=True, help_text="Whether readers can choose it when they subscribe."
    )
    position = models.PositiveSmallIntegerField(
        default=0,
        help_text="The first one is what the form at the foot of every page subscribes to.",
    )

    canary_percent = models.PositiveSmallIntegerField(
        "first share",
        default=5,
        validators=[MaxValueValidator(50)],
        help_text="So many of a hundred get each issue first, to see how it is taken; at least "
        f"{CANARY_AT_LEAST}, and nobody where fewer than {CANARY_FROM} receive it. 0: all at once.",
    )
    canary_minutes = models.PositiveSmallIntegerField(
        "minutes to wait",
        default=10,
        validators=[MaxValueValidator(24 * 60)],
        help_text="How long returned mail is waited for before the others get theirs.",
    )
    pause_at_percent = models.PositiveSmallIntegerField(
        "pause at",
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Where more than so many of a hundred are refused, returned or complained of, "
        "the sending pauses by itself.",
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
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def direction(self) -> str:
        return direction_of(self.language)


class Subscriber(models.Model):
    """An address, and whether we may write to it.

    The token is the right to leave and to change preferences. It is random, stored, and never
    expires, because a mail may be opened years later.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Not yet confirmed"
        ACTIVE = "active", "Subscribed"
        LEFT = "left", "Left"
        SUPPRESSED = "suppressed", "Never to be written to"

    email = models.CharField("e-mail address", max_length=EMAIL_MAX_LENGTH)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING, db_index=True)
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    newsletters = models.ManyToManyField(
        Newsletter, through="Subscription", related_name="subscribers"
    )

    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True, help_text="When they last left.")
    suppressed_at = models.DateTimeField(null=True, blank=True)
    suppressed_because = models.CharField(
        max_length=300, blank=True, validators=[refuse_unstorable]
    )

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="subscriber_email_once"),
            models.CheckConstraint(condition=~Q(email=""), name="subscriber_has_email"),
            models.CheckConstraint(condition=~Q(token=""), name="subscriber_has_token"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(confirmed_at__isnull=False),
                name="subscriber_active_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(state="left") | Q(left_at__isnull=False),
                name="subscriber_left_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="suppressed")
                | (Q(suppressed_at__isnull=False) & ~Q(suppressed_because="")),
                name="subscriber_suppressed_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE

    def preferences_path(self) -> str:
        return reverse("newsletter_preferences", args=[self.token])


class Subscription(models.Model):
    """A subscriber receives a newsletter."""

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="subscriptions"
    )
    newsletter = models.ForeignKey(
        Newsletter, on_delete=models.CASCADE, related_name="subscriptions"
    )
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "newsletter"], name="subscription_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} receives {self.newsletter}"


class Consent(models.Model):
    """What somebody was asked, where and when, how we answered, and when they agreed.

    A row is written each time an address is entered. Until `confirmed_at` is set it proves
    nothing: anybody can enter anybody's address.
    """

    class Answer(models.TextChoices):
        CONFIRM = "confirm", "We sent a link to confirm"
        KNOWN = "known", "We wrote that they are subscribed already"
        NONE = "none", "We sent nothing"

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="consents")
    newsletters = models.ManyToManyField(Newsletter, related_name="consents")
    where = models.CharField(max_length=300, help_text="The page on which the address was entered.")
    wording = models.TextField(help_text="The words above the button that was pressed to confirm.")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=8, choices=Answer, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(wording=""), name="consent_has_wording"),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(answered_at__isnull=True),
                name="consent_unanswered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber}, {self.asked_at:%Y-%m-%d}"
