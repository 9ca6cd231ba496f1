"""Bounces, suppressions, and the state of mailboxes and webhook calls."""

from django.db import models
from django.db.models import Q

from accounts.role_names import EDITOR
from iria.core.db.fields import ActorField
from iria.core.model_policy import Pruning, model_policy
from iria.core.text.validators import validate_storable
from newsletter.bounces.parser.report import Reason
from newsletter.models.delivery import Delivery
from newsletter.models.querysets import SuppressionQuerySet
from newsletter.models.subscriber import Subscriber


@model_policy(
    public=None,
    personal_data=None,
    pruning=Pruning("newsletter.forget_unconfirmed", "Deleted when they expire."),
)
class WebhookReceipt(models.Model):
    """An accepted signature, or event without a time; stored until it would be too old to be accepted."""

    key = models.CharField(max_length=64, primary_key=True)
    body_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key[:8]} until {self.expires_at:%Y-%m-%d %H:%M}"


RESPONSE_MAX_LENGTH = 500


@model_policy(
    public=None,
    personal_data="bounces",
    permissions={EDITOR: "view"},
    pruning=Pruning("newsletter.delete_old", "Deleted after 2 years."),
)
class Bounce(models.Model):
    """A bounce of, or complaint about, an e-mail to one recipient.

    The address is not copied: it belongs to the subscriber and is erased with them, while this row
    is kept and counted. Addresses in the SMTP response are removed.
    """

    class Kind(models.TextChoices):
        HARD = "hard", "Hard bounce"
        SOFT = "soft", "Soft bounce"
        COMPLAINT = "complaint", "Complaint"

    class MatchedBy(models.TextChoices):
        RETURN_PATH = "verp", "Return path"
        MESSAGE = "message", "Returned message"
        EMAIL = "address", "E-mail address"
        SMTP_RESPONSE = "answer", "SMTP response"
        NOTHING = "nothing", "No match"

    kind = models.CharField(max_length=9, choices=Kind)
    reason = models.CharField(
        max_length=60, choices=[(reason.value, reason.value) for reason in Reason]
    )
    status = models.CharField(
        "status code", max_length=12, blank=True, help_text="Enhanced status code, such as 5.1.1."
    )
    smtp_response = models.CharField(
        max_length=RESPONSE_MAX_LENGTH, blank=True, help_text="The response of the mail server."
    )
    domain = models.CharField(
        max_length=255, blank=True, help_text="The domain that did not accept the e-mail."
    )
    matched_by = models.CharField("matched by", max_length=8, choices=MatchedBy)
    delivery = models.ForeignKey(
        Delivery, on_delete=models.SET_NULL, null=True, blank=True, related_name="bounces"
    )
    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.SET_NULL, null=True, blank=True, related_name="bounces"
    )
    processed_at = models.DateTimeField(auto_now_add=True)
    message_key = models.CharField(
        max_length=64,
        editable=False,
        help_text="Identifies the message, so that none is counted twice.",
    )
    number = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["-processed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["message_key", "number"], name="bounce_read_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["hard", "soft", "complaint"]) & ~Q(message_key=""),
                name="bounce_has_kind",
            ),
        ]
        indexes = [models.Index(fields=["subscriber", "processed_at"], name="bounce_of_subscriber")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"


@model_policy(public=None, personal_data="bounces", permissions={EDITOR: "view remove"})
class Suppression(models.Model):
    """A suppressed address: why and by whom, and who removed the suppression and why.

    Only a hash of the address is stored, so that it remains suppressed when the subscriber's data
    are erased.
    """

    class Reason(models.TextChoices):
        HARD = "hard", "Hard bounce"
        SOFT = "soft", "Repeated soft bounces"
        COMPLAINT = "complaint", "Complaint"
        MANUAL = "by_hand", "Added manually"
        UNSUBSCRIBED = "left", "Unsubscribed before erasure"

    email_hash = models.CharField(max_length=64, db_index=True, editable=False)
    subscriber = models.ForeignKey(
        Subscriber,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="suppressions",
        help_text="Empty once the subscriber's data was erased. The address stays suppressed.",
    )
    reason = models.CharField(max_length=9, choices=Reason)
    details = models.CharField(max_length=300, validators=[validate_storable])
    bounce = models.ForeignKey(
        Bounce, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    created_by = ActorField(
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty if a bounce or complaint was the reason.",
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = ActorField(null=True, blank=True, related_name="+")
    removal_reason = models.CharField(max_length=300, blank=True, validators=[validate_storable])

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        permissions = [("remove_suppression", "Can remove addresses from the suppression list")]
        constraints = [
            models.UniqueConstraint(
                fields=["email_hash"],
                condition=Q(removed_at__isnull=True),
                name="suppression_once",
            ),
            models.CheckConstraint(
                condition=~Q(email_hash="") & ~Q(details=""), name="suppression_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | ~Q(removal_reason=""),
                name="suppression_released_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber or 'erased subscriber'}: {self.get_reason_display()}"

    @property
    def is_active(self) -> bool:
        return self.removed_at is None


@model_policy(public=None, personal_data=None)
class MailboxStatus(models.Model):
    """The result of the last run of a bounce mailbox, or the last call of a provider."""

    mailbox = models.CharField(max_length=300, unique=True, help_text="Without its password.")
    tried_at = models.DateTimeField()
    read_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was last read successfully."
    )
    error = models.CharField(max_length=500, blank=True)
    messages = models.PositiveIntegerField(default=0, help_text="Messages read in total.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(read_at__isnull=False) | ~Q(error=""), name="mailbox_read_or_why_not"
            ),
        ]

    def __str__(self) -> str:
        return self.mailbox
