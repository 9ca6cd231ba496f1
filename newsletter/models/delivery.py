"""Deliveries of an issue to its recipients, the history of sending, and its limits per second."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Lower, Now

from accounts.role_names import EDITOR
from iria.core.db.fields import ActorField
from iria.core.model_policy import Pruning, model_policy
from newsletter.models.issue import Issue
from newsletter.models.subscriber import Subscriber


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def with_issues(self) -> "DeliveryQuerySet":
        """Prefetches issues without their HTML and text."""
        return self.prefetch_related(models.Prefetch("issue", Issue.objects.without_content()))

    def counts(self) -> dict[str, int]:
        """Returns the number of deliveries in each state, including states without any."""
        counts = dict(self.order_by().values_list("state").annotate(Count("pk")))
        return {state.value: counts.get(state.value, 0) for state in Delivery.State}

    def counts_by_issue(self, issues: Collection[Issue]) -> dict[int, dict[str, int]]:
        """Returns the same for several issues, by their IDs, in one query; of old ones as stored."""
        counts = {issue.pk: dict.fromkeys(map(str, Delivery.State.values), 0) for issue in issues}
        stored = {issue.pk: issue.delivery_counts for issue in issues if issue.delivery_counts}
        for issue_id, numbers in stored.items():
            counts[issue_id] |= {state: numbers.get(state, 0) for state in counts[issue_id]}
        grouped = (
            self.filter(issue__in=counts.keys() - stored.keys())
            .order_by()
            .values_list("issue", "state")
        )
        for issue_id, state, count in grouped.annotate(Count("pk")) if counts else ():
            counts[issue_id][state] = count
        return counts

    def sent_in_last(self, *, minutes: float) -> "DeliveryQuerySet":
        """Filters by the time at which sending began, by the clock of the database."""
        return self.filter(sending_at__gt=Now() - timedelta(minutes=minutes))

    def unresolved(self) -> "DeliveryQuerySet":
        """Uncertain deliveries that nobody has decided to skip."""
        skipped = UncertainResolution.objects.filter(
            delivery=OuterRef("pk"), choice=UncertainResolution.Choice.SKIP
        )
        return self.filter(~Exists(skipped), state="uncertain")


@model_policy(
    public=None,
    personal_data="subscriptions",
    permissions={EDITOR: "view"},
    pruning=Pruning(
        "newsletter.delete_old", "Deleted after 2 years; the numbers of the issue stay."
    ),
)
class Delivery(models.Model):
    """The delivery of one issue to one subscriber.

    The address is not copied: it is read when the e-mail is sent, and erased with the subscriber,
    while this row is kept and counted.
    """

    class State(models.TextChoices):
        """The state diagram is in docs/algorithms/delivery.md."""

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


@model_policy(
    public=None,
    personal_data="subscriptions",
    permissions={EDITOR: "view"},
    pruning=Pruning("newsletter.delete_old", "Deleted after 90 days."),
)
class Attempt(models.Model):
    """One submission of an e-mail, and the SMTP response."""

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


@model_policy(public=None, personal_data="sending", permissions={EDITOR: "view"})
class UncertainResolution(models.Model):
    """The decision about a delivery with an unknown status."""

    class Choice(models.TextChoices):
        RESEND = "again", "Resend"
        SKIP = "leave", "Do not resend"

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="resolutions")
    choice = models.CharField(max_length=5, choices=Choice)
    created_by = ActorField(null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_choice_display()} ({self.created_by or 'unknown'})"


@model_policy(public=None, personal_data="sending", permissions={EDITOR: "view"})
class DeliveryEvent(models.Model):
    """An event in the sending of an issue: who did it, when, and why."""

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
    created_by = ActorField(
        null=True, blank=True, related_name="+", help_text="Empty if it happened automatically."
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.details}".strip()


@model_policy(public=None, personal_data=None, permissions={EDITOR: "view"})
class SendingLimit(models.Model):
    """How many e-mails may be sent per second, in total or to one domain."""

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
        scope = {"": "all e-mails", "*": "all other domains"}.get(self.domain, self.domain)
        return f"{scope}: {self.per_second:f} per second"


@model_policy(public=None, personal_data=None)
class ThrottleState(models.Model):
    """When the next e-mail may be sent under a limit; shared by all workers."""

    scope = models.CharField(primary_key=True, max_length=253)
    free_at = models.DateTimeField(help_text="No e-mail before this time.")
    spread_at = models.DateTimeField(help_text="Until when waiting e-mails are spread out.")

    def __str__(self) -> str:
        return f"{self.scope or 'all e-mails'}: {self.free_at}"
