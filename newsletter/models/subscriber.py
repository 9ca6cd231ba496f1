"""Subscribers, subscriptions and consents, and imports and exports of subscribers."""

from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.role_names import EDITOR
from iria.core.db.fields import ActorField
from iria.core.model_policy import Pruning, model_policy
from iria.core.text.languages import language_choices
from iria.core.text.validators import validate_not_blank, validate_storable
from newsletter.models.newsletter import Frequency, Newsletter
from newsletter.models.querysets import SubscriberQuerySet, SubscriptionQuerySet, new_token

EMAIL_MAX_LENGTH = 254
"""RFC 5321 limits a path to 256 characters, including two angle brackets."""
NAME_MAX_LENGTH = 80
MAX_TOPICS = 200
"""The index cannot hold more."""


@model_policy(public=None, personal_data="subscriptions", permissions={EDITOR: "view"})
class Subscriber(models.Model):
    """An e-mail address, and whether e-mails may be sent to it.

    Anyone with the token can unsubscribe and change preferences. It is random, stored, and never
    expires, because an e-mail may be opened years later.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Unconfirmed"
        ACTIVE = "active", "Subscribed"
        UNSUBSCRIBED = "left", "Unsubscribed"
        SUPPRESSED = "suppressed", "Suppressed"

    email = models.CharField("e-mail address", max_length=EMAIL_MAX_LENGTH)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING, db_index=True)
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    newsletters = models.ManyToManyField(
        Newsletter, through="Subscription", related_name="subscribers"
    )
    language = models.CharField(
        max_length=8,
        choices=language_choices,
        blank=True,
        default="",
        db_default="",
        help_text="Language of their e-mails. Empty for each newsletter's own.",
    )
    name = models.CharField(
        max_length=NAME_MAX_LENGTH,
        blank=True,
        default="",
        db_default="",
        validators=[validate_storable],
        help_text="Used in greetings.",
    )

    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    unsubscribed_at = models.DateTimeField(
        null=True, blank=True, help_text="When they last unsubscribed."
    )
    suppressed_at = models.DateTimeField(null=True, blank=True)
    suppression_reason = models.CharField(
        max_length=300, blank=True, validators=[validate_storable]
    )

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        permissions = [("export_subscriber", "Can export subscribers")]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="subscriber_email_once"),
            models.CheckConstraint(condition=~Q(email=""), name="subscriber_has_email"),
            models.CheckConstraint(condition=~Q(token=""), name="subscriber_has_token"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(confirmed_at__isnull=False),
                name="subscriber_active_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(state="left") | Q(unsubscribed_at__isnull=False),
                name="subscriber_unsubscribed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="suppressed")
                | (Q(suppressed_at__isnull=False) & ~Q(suppression_reason="")),
                name="subscriber_suppressed_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="subscriber_newest"),
            models.Index(
                fields=["unsubscribed_at"],
                condition=Q(unsubscribed_at__isnull=False),
                name="subscriber_unsubscribed",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE

    def mark_unsubscribed(self) -> None:
        self.state, self.unsubscribed_at = self.State.UNSUBSCRIBED, timezone.now()
        # The name was for greetings only.
        self.name = ""
        self.save(update_fields=["state", "unsubscribed_at", "name"])

    def preferences_path(self) -> str:
        return reverse("newsletter_preferences", args=[self.token])


class IsSorted(models.Func):
    """Whether an array is strictly ascending (`migrations/sql/in_order.sql`)."""

    function = "newsletter_in_order"
    output_field = models.BooleanField()


@model_policy(public=None, personal_data="subscriptions")
class Subscription(models.Model):
    """A subscriber receives a newsletter.

    The topics are an array, so that one index finds subscribers with the same choice. They are
    changed by `opt_in`, and by `category_merges` when categories change.
    """

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="subscriptions"
    )
    newsletter = models.ForeignKey(
        Newsletter, on_delete=models.CASCADE, related_name="subscriptions"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    frequency = models.CharField(
        max_length=6, choices=Frequency, default=Frequency.ISSUES, db_default=Frequency.ISSUES.value
    )
    topics = ArrayField(
        models.BigIntegerField(),
        null=True,
        blank=True,
        help_text="IDs of the chosen categories. Null means everything; an empty list means nothing.",
    )

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "newsletter"], name="subscription_once"),
            models.CheckConstraint(
                condition=Q(frequency__in=Frequency.values), name="subscription_has_frequency"
            ),
            models.CheckConstraint(
                condition=Q(topics__isnull=True) | ~Q(frequency=Frequency.ISSUES.value),
                name="subscription_topics_are_composed",
            ),
            models.CheckConstraint(
                condition=Q(topics__isnull=True) | Q(IsSorted("topics")),
                name="subscription_topics_in_order",
            ),
            models.CheckConstraint(
                condition=Q(topics__isnull=True) | Q(topics__len__lte=MAX_TOPICS),
                name="subscription_topics_fit",
            ),
        ]
        indexes = [
            models.Index(
                fields=["newsletter", "frequency", "topics"],
                include=["subscriber"],
                name="subscription_choice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} receives {self.newsletter}"


@model_policy(public=None, personal_data="subscriptions")
class Consent(models.Model):
    """What somebody was asked, where and when, how it was answered, and when they agreed.

    A row is written each time an address is entered. Until `confirmed_at` is set it proves nothing:
    anybody can enter any address.
    """

    class Answer(models.TextChoices):
        CONFIRM = "confirm", "Confirmation link sent"
        KNOWN = "known", "Notified that they are already subscribed"
        NONE = "none", "Nothing sent"

    class Welcome(models.TextChoices):
        DUE = "due", "Not sent yet"
        SENT = "sent", "Sent"

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="consents")
    newsletters = models.ManyToManyField(
        Newsletter, through="ConsentedNewsletter", related_name="consents"
    )
    language = models.CharField(
        max_length=8,
        choices=language_choices,
        blank=True,
        default="",
        db_default="",
        help_text="The language they chose, if any.",
    )
    source_url = models.CharField(
        max_length=300, help_text="The page where the address was entered."
    )
    wording = models.TextField(help_text="The consent text that was confirmed.")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=8, choices=Answer, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    welcome = models.CharField(
        "welcome e-mail",
        max_length=4,
        choices=Welcome,
        blank=True,
        default="",
        db_default="",
        help_text="Empty if none is sent.",
    )

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
            models.Index(
                fields=["confirmed_at"],
                condition=Q(welcome="due"),
                name="consent_welcome_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber}, {self.asked_at:%Y-%m-%d}"


@model_policy(public=None, personal_data="subscriptions")
class ConsentedNewsletter(models.Model):
    """One newsletter of a consent, with frequency and topics.

    The topics are IDs without foreign keys: what was agreed to does not change when categories are
    merged. Their URLs at that time lead to what became of them. The consent's wording contains
    their names.
    """

    consent = models.ForeignKey(
        Consent, on_delete=models.CASCADE, related_name="chosen_newsletters"
    )
    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="+")
    frequency = models.CharField(
        max_length=6, choices=Frequency, default=Frequency.ISSUES, db_default=Frequency.ISSUES.value
    )
    topics = ArrayField(
        models.BigIntegerField(), null=True, blank=True, help_text="Null means everything."
    )
    topic_urls = ArrayField(
        models.CharField(max_length=500),
        default=list,
        db_default=[],
        blank=True,
        help_text="URLs of the topics when they were chosen, in the same order.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consent", "newsletter"], name="consented_newsletter_once"
            ),
            models.CheckConstraint(
                condition=Q(frequency__in=Frequency.values),
                name="consented_newsletter_has_frequency",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.newsletter}, {self.get_frequency_display()}"


@model_policy(public=None, personal_data="subscriber_imports")
class SubscriberImport(models.Model):
    """A file of subscribers, who imported it, and the consent it is based on.

    The file is kept until it was imported, or for a week; the reported rows are kept for thirty
    days.
    """

    class State(models.TextChoices):
        NEW = "new", "Uploaded"
        CHECKING = "looking", "Checking"
        CHECKED = "looked", "Checked, not imported"
        IMPORTING = "taking_in", "Importing"
        DONE = "done", "Imported"

    RUNNING: Final = (State.CHECKING, State.IMPORTING)

    name = models.CharField(max_length=200, validators=[validate_storable])
    content = models.BinaryField(null=True, editable=False)
    columns = models.JSONField(default=dict, help_text="Column mapping.")
    newsletters = models.ManyToManyField(
        Newsletter, related_name="+", help_text="Newsletters to subscribe these people to."
    )
    consent = models.CharField(
        "proof of consent",
        max_length=500,
        validators=[validate_storable, validate_not_blank],
        help_text="When, where and to what they agreed, for example “Signed up at the spring conference, 12 May 2026, on paper, to receive our news”. Stored with each subscriber.",
    )
    state = models.CharField(max_length=9, choices=State, default=State.NEW, editable=False)
    rows_read = models.PositiveIntegerField(default=0, editable=False)
    total_rows = models.PositiveIntegerField(default=0, editable=False)
    counts = models.JSONField(default=dict, editable=False)
    error = models.CharField(max_length=500, blank=True, editable=False)
    created_by = ActorField(null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "import"
        constraints = [
            models.CheckConstraint(condition=~Q(consent=""), name="import_has_consent"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done_at__isnull=False), name="import_done_has_time"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE

    def count(self, outcome: str) -> int:
        counts: dict[str, Any] = self.counts
        return int(counts.get(outcome, 0))


@model_policy(
    public=None,
    personal_data="subscriber_imports",
    pruning=Pruning("newsletter.forget_unconfirmed", "Deleted after 30 days."),
)
class ImportRow(models.Model):
    """A row that was skipped or changed, and why."""

    class Outcome(models.TextChoices):
        INVALID = "broken", "Invalid"
        DUPLICATE = "duplicate", "Duplicate"
        UNSUBSCRIBED = "left", "Unsubscribed"
        SUPPRESSED = "suppressed", "Suppressed"
        WARNING = "remark", "Imported with a warning"

    subscriber_import = models.ForeignKey(
        SubscriberImport, on_delete=models.CASCADE, related_name="rows"
    )
    line = models.PositiveIntegerField(help_text="Counted from 1.")
    outcome = models.CharField(max_length=10, choices=Outcome)
    reason = models.CharField(max_length=300)
    raw_value = models.CharField(
        max_length=100, blank=True, help_text="Beginning of the original value."
    )

    class Meta:
        ordering = ["line", "pk"]
        indexes = [
            models.Index(fields=["subscriber_import", "outcome", "line"], name="import_row_outcome")
        ]

    def __str__(self) -> str:
        return f"Line {self.line}: {self.reason}"


@model_policy(public=None, personal_data="sending")
class SubscriberExport(models.Model):
    """Who exported subscribers, and how many."""

    created_by = ActorField(null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    rows = models.PositiveIntegerField()
    filters = models.CharField(
        max_length=300, blank=True, help_text="Filters of the exported list."
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "export"

    def __str__(self) -> str:
        return f"{self.rows} subscribers, {self.created_at:%Y-%m-%d}"
