"""What providers have already told us by webhook, where their own proof could be used again.

What came back after a mailing, and the addresses that are not written to any more.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.roles import EDITOR
from iria.core.model_policy import model_policy
from iria.core.text.validators import validate_storable
from newsletter import privacy
from newsletter.bounces.parser.reasons import Reason
from newsletter.models.delivery import Delivery
from newsletter.models.querysets import SuppressionQuerySet
from newsletter.models.subscriber import Subscriber


@model_policy(public=None, personal_data=None)
class WebhookReceipt(models.Model):
    """A proof, or an event without a time, that was accepted; kept until it would be refused by its age."""

    key = models.CharField(max_length=64, primary_key=True)
    body_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key[:8]} until {self.expires_at:%Y-%m-%d %H:%M}"


WORDS_MAX_LENGTH = 500


@model_policy(public=None, personal_data=privacy.BOUNCES, permissions={EDITOR: "view"})
class Bounce(models.Model):
    """One recipient of whom a message said that our mail did not arrive, or was not wanted.

    The address is not copied here: it stands with the subscriber and goes away with them, while the row
    stays and is counted. In the words of the mail server addresses are struck out.
    """

    class Kind(models.TextChoices):
        HARD = "hard", "There is no such address"
        SOFT = "soft", "Did not arrive this time"
        COMPLAINT = "complaint", "Reported as unwanted"

    class MatchedBy(models.TextChoices):
        RETURN_PATH = "verp", "The address it came to"
        MESSAGE = "message", "The mail it returned"
        ADDRESS = "address", "The address it named"
        ANSWER = "answer", "The answer at the door"
        NOTHING = "nothing", "Nobody we know"

    kind = models.CharField(max_length=9, choices=Kind)
    reason = models.CharField(
        max_length=60, choices=[(reason.value, reason.value) for reason in Reason]
    )
    status = models.CharField(
        "code", max_length=12, blank=True, help_text="The enhanced status code, as in 5.1.1."
    )
    words = models.CharField(
        max_length=WORDS_MAX_LENGTH, blank=True, help_text="What the mail server said."
    )
    domain = models.CharField(
        max_length=255, blank=True, help_text="The domain that did not take the mail."
    )
    matched_by = models.CharField("found by", max_length=8, choices=MatchedBy)
    delivery = models.ForeignKey(
        Delivery, on_delete=models.SET_NULL, null=True, blank=True, related_name="bounces"
    )
    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.SET_NULL, null=True, blank=True, related_name="bounces"
    )
    read_at = models.DateTimeField(auto_now_add=True)
    message_key = models.CharField(
        max_length=64, editable=False, help_text="What the message was, so that none counts twice."
    )
    number = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["-read_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["message_key", "number"], name="bounce_read_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["hard", "soft", "complaint"]) & ~Q(message_key=""),
                name="bounce_has_kind",
            ),
        ]
        indexes = [models.Index(fields=["subscriber", "read_at"], name="bounce_of_subscriber")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"


@model_policy(public=None, personal_data=privacy.BOUNCES, permissions={EDITOR: "view release"})
class Suppression(models.Model):
    """An address that is not written to, why, and who said so; and who released it and why.

    The address is kept as a hash alone, so that it is still known when the subscriber's data were erased.
    """

    class Reason(models.TextChoices):
        HARD = "hard", "There is no such address"
        SOFT = "soft", "Did not arrive again and again"
        COMPLAINT = "complaint", "Reported our mail as unwanted"
        BY_HAND = "by_hand", "By hand"
        LEFT = "left", "Had left when their data were erased"

    address_hash = models.CharField(max_length=64, db_index=True, editable=False)
    subscriber = models.ForeignKey(
        Subscriber,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="suppressions",
        help_text="Empty once the subscriber's data were erased; the address stays barred.",
    )
    reason = models.CharField(max_length=9, choices=Reason)
    words = models.CharField(max_length=300, validators=[validate_storable])
    bounce = models.ForeignKey(
        Bounce, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    since = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty where mail that came back said so.",
    )
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    released_because = models.CharField(max_length=300, blank=True, validators=[validate_storable])

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        permissions = [("release_suppression", "Can let an address be written to again")]
        constraints = [
            models.UniqueConstraint(
                fields=["address_hash"],
                condition=Q(released_at__isnull=True),
                name="suppression_once",
            ),
            models.CheckConstraint(
                condition=~Q(address_hash="") & ~Q(words=""), name="suppression_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | ~Q(released_because=""),
                name="suppression_released_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber or 'somebody erased'}: {self.get_reason_display()}"

    @property
    def is_active(self) -> bool:
        return self.released_at is None


@model_policy(public=None, personal_data=None)
class MailboxReading(models.Model):
    """How the last look into the mailbox for what comes back went, or when a provider told something; one row for each."""

    mailbox = models.CharField(max_length=300, unique=True, help_text="Without its password.")
    tried_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True, help_text="When it was last read.")
    trouble = models.CharField(max_length=500, blank=True)
    messages = models.PositiveIntegerField(default=0, help_text="Read since the beginning.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(read_at__isnull=False) | ~Q(trouble=""), name="mailbox_read_or_why_not"
            ),
        ]

    def __str__(self) -> str:
        return self.mailbox
