"""Deliveries of an issue to its recipients, the history of sending, and sending limits."""

from typing import Final

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accounts.roles import EDITOR
from iria.core.model_policy import model_policy
from newsletter import privacy
from newsletter.models.issue import Issue
from newsletter.models.querysets import DeliveryQuerySet
from newsletter.models.subscriber import Subscriber


@model_policy(public=None, personal_data=privacy.SUBSCRIPTIONS, permissions={EDITOR: "view"})
class Delivery(models.Model):
    """What happened to the mail of one issue to one subscriber.

    The address is not copied here: it is read when the mail goes out, and it goes away with the
    subscriber, while the row stays and is counted.
    """

    class State(models.TextChoices):
        """Why one becomes another: docs/algorithms/delivery.md."""

        QUEUED = "queued", "Queued"
        CLAIMED = "claimed", "Claimed"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        UNCERTAIN = "uncertain", "Unknown status"
        DEFERRED = "deferred", "Deferred"
        REJECTED = "refused", "Rejected"
        BOUNCED = "bounced", "Bounced"
        COMPLAINED = "complained", "Complaint"
        SUPPRESSED = "suppressed", "Suppressed"
        CANCELLED = "cancelled", "Cancelled"

    WAITING: Final = (State.QUEUED, State.CLAIMED, State.DEFERRED)
    OPEN: Final = (*WAITING, State.SENDING)

    issue = models.ForeignKey(
        Issue, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    subscriber = models.ForeignKey(
        Subscriber,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="deliveries",
        help_text="Empty once the subscriber's data was erased.",
    )
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    wave = models.PositiveSmallIntegerField(
        default=1, help_text="0 for the first batch, 1 for everyone else."
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(help_text="Not sent before this time.")
    message_id = models.CharField(max_length=300)
    details = models.CharField(
        max_length=500,
        blank=True,
        help_text="SMTP response, or why it was not sent.",
    )
    lease = models.UUIDField(
        null=True, blank=True, help_text="The worker connection that claimed it."
    )
    lease_expires_at = models.DateTimeField(
        null=True, blank=True, help_text="When the claim expires."
    )
    created_at = models.DateTimeField()
    sending_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "deliveries"
        permissions = [
            ("read_all_mail", "Can read all e-mails in the folder, including sign-in codes"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["issue", "subscriber"], name="delivery_once"),
            models.UniqueConstraint(fields=["message_id"], name="delivery_message_id_once"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        *("queued", "claimed", "sending", "sent", "uncertain", "deferred"),
                        *("refused", "bounced", "complained", "suppressed", "cancelled"),
                    ]
                ),
                name="delivery_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="claimed")
                | Q(lease__isnull=False, lease_expires_at__isnull=False),
                name="delivery_claimed_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "sent", "bounced", "complained"])
                | Q(sending_at__isnull=False),
                name="delivery_sending_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "claimed", "deferred", "sending"])
                | Q(done_at__isnull=False),
                name="delivery_done_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(
                    state__in=[
                        *("refused", "uncertain", "deferred"),
                        *("bounced", "complained", "suppressed"),
                    ]
                )
                | ~Q(details=""),
                name="delivery_problem_has_details",
            ),
        ]
        indexes = [
            models.Index(
                F("issue"),
                F("wave"),
                F("due_at"),
                F("id"),
                condition=Q(state__in=["queued", "deferred"]),
                name="delivery_queue",
            ),
            models.Index(
                fields=["sending_at"], condition=Q(state="sending"), name="delivery_being_sent"
            ),
            models.Index(
                fields=["lease_expires_at"], condition=Q(state="claimed"), name="delivery_leases"
            ),
            models.Index(fields=["issue", "state"], name="delivery_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber or 'erased subscriber'}: {self.get_state_display()}"


@model_policy(public=None, personal_data=privacy.SUBSCRIPTIONS, permissions={EDITOR: "view"})
class Attempt(models.Model):
    """One handing over of a mail, and what the server answered to it."""

    class Outcome(models.TextChoices):
        SENT = "sent", "Accepted"
        REJECTED = "refused", "Rejected"
        DEFERRED = "deferred", "Deferred"
        UNREACHABLE = "unreachable", "Server unreachable"
        UNCERTAIN = "uncertain", "Unknown status"

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=11, choices=Outcome)
    smtp_response = models.CharField(max_length=500, blank=True, help_text="SMTP response.")
    started_at = models.DateTimeField(help_text="When sending started.")
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["answered_at"], name="attempt_answered")]

    def __str__(self) -> str:
        return f"{self.number}. {self.get_outcome_display()} {self.smtp_response}".strip()


@model_policy(public=None, personal_data=privacy.SENDING, permissions={EDITOR: "view"})
class UncertainResolution(models.Model):
    """What a person decided about a mail that may have arrived or not."""

    class Choice(models.TextChoices):
        RESEND = "again", "Resend"
        SKIP = "leave", "Do not resend"

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="resolutions")
    choice = models.CharField(max_length=5, choices=Choice)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_choice_display()} ({self.created_by or 'unknown'})"


@model_policy(public=None, personal_data=privacy.SENDING, permissions={EDITOR: "view"})
class DeliveryEvent(models.Model):
    """Something that happened to the run of an issue: who did it, when, and why."""

    class Action(models.TextChoices):
        SCHEDULED = "scheduled", "Scheduled"
        UNSCHEDULED = "taken_back", "Unscheduled"
        STARTED = "started", "Started"
        PAUSED = "paused", "Paused"
        RESUMED = "went_on", "Resumed"
        CANARY_PASSED = "widened", "First batch accepted"
        CANCELLED = "stopped", "Cancelled"
        FINISHED = "finished", "Finished"

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="events")
    action = models.CharField(max_length=10, choices=Action)
    details = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty if it happened automatically.",
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.details}".strip()


@model_policy(public=None, personal_data=None, permissions={EDITOR: "view"})
class SendingLimit(models.Model):
    """How many mails may leave in a second, in all or to one receiving domain."""

    ALL_EMAILS = ""
    OTHER_DOMAINS = "*"

    domain = models.CharField(
        max_length=253,
        blank=True,
        validators=[
            RegexValidator(
                r"^(\*|[^\s@*]+)$",
                "Enter a domain such as example.org, or * for all other domains.",
            )
        ],
        help_text="The part after the @, such as example.org. Use * for all domains not listed here, or leave empty for all e-mails together.",
    )
    per_second = models.DecimalField(
        max_digits=7,
        decimal_places=2,
        validators=[MinValueValidator(0.01)],
        help_text="0.5 means one e-mail every two seconds.",
    )

    class Meta:
        ordering = ["domain"]
        constraints = [
            models.UniqueConstraint(
                Lower("domain"),
                name="limit_domain_once",
                violation_error_message="This domain already has a limit.",
            ),
            models.CheckConstraint(condition=Q(per_second__gt=0), name="limit_is_positive"),
        ]

    def __str__(self) -> str:
        of = {"": "all e-mails", "*": "all other domains"}.get(self.domain, self.domain)
        return f"{of}: {self.per_second:f} per second"


@model_policy(public=None, personal_data=None)
class ThrottleState(models.Model):
    """When the next mail may leave under a limit; one row for all workers together."""

    scope = models.CharField(primary_key=True, max_length=253)
    free_at = models.DateTimeField(help_text="No e-mail before this time.")
    spread_at = models.DateTimeField(help_text="Until when waiting e-mails are spread out.")

    def __str__(self) -> str:
        return f"{self.scope or 'all e-mails'}: {self.free_at}"
