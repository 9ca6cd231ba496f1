"""Who receives which newsletter, how often, and about what."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from articles.editorial.models import Category
from articles.editorial.models.article import LANGUAGES
from iria.kit.text import refuse_unstorable
from newsletter.models.newsletter import Newsletter, Rhythm
from newsletter.querysets import SubscriberQuerySet, SubscriptionQuerySet, new_token

EMAIL_MAX_LENGTH = 254
"""RFC 5321 limits a path to 256 characters, two of which are its angle brackets."""
NAME_MAX_LENGTH = 80


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
    language = models.CharField(
        max_length=8,
        choices=LANGUAGES,
        blank=True,
        default="",
        db_default="",
        help_text="What they read and are written to in; empty, each newsletter's own.",
    )
    name = models.CharField(
        max_length=NAME_MAX_LENGTH,
        blank=True,
        default="",
        db_default="",
        validators=[refuse_unstorable],
        help_text="How they wish to be greeted, if at all.",
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
        permissions = [("export_subscriber", "Can take the list of subscribers away as a file")]
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
    rhythm = models.CharField(
        max_length=6, choices=Rhythm, default=Rhythm.ISSUES, db_default=Rhythm.ISSUES.value
    )
    topics = models.ManyToManyField(
        Category, through="SubscribedTopic", related_name="+", blank=True
    )

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "newsletter"], name="subscription_once"),
            models.CheckConstraint(
                condition=Q(rhythm__in=Rhythm.values), name="subscription_has_rhythm"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} receives {self.newsletter}"


class SubscribedTopic(models.Model):
    """A category that somebody chose for a newsletter; without any, everything comes.

    A model of its own, so that merging categories moves it and deleting one says no addresses.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = "topic of a reader"
        verbose_name_plural = "topics of readers"
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "category"], name="subscribed_topic_once"
            ),
        ]

    def __str__(self) -> str:
        return f"A reader chose {self.category}"
