"""One mail to one subscriber: the truth of a mailing.

How an issue goes out: what was decided about its run, and how fast mail may leave.
"""

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

        QUEUED = "queued", "Waits"
        CLAIMED = "claimed", "Next in turn"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        UNCERTAIN = "uncertain", "Uncertain"
        DEFERRED = "deferred", "Put off"
        REFUSED = "refused", "Refused"
        BOUNCED = "bounced", "Returned"
        COMPLAINED = "complained", "Complained of"
        SUPPRESSED = "suppressed", "Left before it was sent"
        CANCELLED = "cancelled", "Stopped"

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
        help_text="Empty once the subscriber's data were erased.",
    )
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    wave = models.PositiveSmallIntegerField(
        default=1, help_text="0 for the share that goes first, to see how it is taken."
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(help_text="Not before this moment.")
    message_id = models.CharField(max_length=300)
    words = models.CharField(
        max_length=500,
        blank=True,
        help_text="What the mail server answered, or why it was not sent.",
    )
    lease = models.UUIDField(
        null=True, blank=True, help_text="Which connection of which worker has taken it."
    )
    lease_until = models.DateTimeField(
        null=True, blank=True, help_text="When whoever has claimed it is taken for dead."
    )
    created_at = models.DateTimeField()
    sending_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "deliveries"
        permissions = [
            ("read_all_mail", "Can read every mail in the folder, sign-in codes included"),
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
                condition=~Q(state="claimed") | Q(lease__isnull=False, lease_until__isnull=False),
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
                | ~Q(words=""),
                name="delivery_trouble_has_words",
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
                fields=["sending_at"], condition=Q(state="sending"), name="delivery_in_hand"
            ),
            models.Index(
                fields=["lease_until"], condition=Q(state="claimed"), name="delivery_leases"
            ),
            models.Index(fields=["issue", "state"], name="delivery_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber or 'somebody erased'}: {self.get_state_display()}"


@model_policy(public=None, personal_data=privacy.SUBSCRIPTIONS, permissions={EDITOR: "view"})
class Attempt(models.Model):
    """One handing over of a mail, and what the server answered to it."""

    class Outcome(models.TextChoices):
        SENT = "sent", "Taken"
        REFUSED = "refused", "Refused"
        DEFERRED = "deferred", "Put off"
        UNREACHABLE = "unreachable", "Not reached"
        UNCERTAIN = "uncertain", "Uncertain"

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=11, choices=Outcome)
    words = models.CharField(max_length=500, blank=True, help_text="The server's answer.")
    began_at = models.DateTimeField(help_text="When it was marked as being sent.")
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["answered_at"], name="attempt_answered")]

    def __str__(self) -> str:
        return f"{self.number}. {self.get_outcome_display()} {self.words}".strip()


@model_policy(public=None, personal_data=privacy.SENDING, permissions={EDITOR: "view"})
class Decision(models.Model):
    """What a person decided about a mail that may have arrived or not."""

    class Choice(models.TextChoices):
        AGAIN = "again", "Send again"
        LEAVE = "leave", "Leave it"

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="decisions")
    choice = models.CharField(max_length=5, choices=Choice)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_choice_display()} ({self.made_by or 'somebody'})"


@model_policy(public=None, personal_data=privacy.SENDING, permissions={EDITOR: "view"})
class RunEvent(models.Model):
    """Something that happened to the run of an issue: who did it, when, and why."""

    class Action(models.TextChoices):
        SCHEDULED = "scheduled", "Scheduled"
        UNSCHEDULED = "taken_back", "Taken back"
        STARTED = "started", "Started"
        PAUSED = "paused", "Paused"
        RESUMED = "went_on", "Went on"
        CANARY_PASSED = "widened", "First share taken well"
        STOPPED = "stopped", "Stopped"
        FINISHED = "finished", "Finished"

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="events")
    deed = models.CharField(max_length=10, choices=Action)
    words = models.CharField(max_length=500, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty where it happened by itself.",
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_deed_display()} {self.words}".strip()


@model_policy(public=None, personal_data=None, permissions={EDITOR: "view"})
class SendingLimit(models.Model):
    """How many mails may leave in a second, in all or to one receiving domain."""

    EVERYTHING = ""
    EACH_OTHER = "*"

    domain = models.CharField(
        max_length=253,
        blank=True,
        validators=[
            RegexValidator(
                r"^(\*|[^\s@*]+)$", "Enter a domain like example.org, or * for each other domain."
            )
        ],
        help_text="What stands behind the @, like example.org; * for each domain not named here; "
        "empty for all mail together.",
    )
    per_second = models.DecimalField(
        max_digits=7,
        decimal_places=2,
        validators=[MinValueValidator(0.01)],
        help_text="0.5 is one mail in two seconds.",
    )

    class Meta:
        ordering = ["domain"]
        constraints = [
            models.UniqueConstraint(
                Lower("domain"),
                name="limit_domain_once",
                violation_error_message="This domain has a limit already.",
            ),
            models.CheckConstraint(condition=Q(per_second__gt=0), name="limit_is_positive"),
        ]

    def __str__(self) -> str:
        of = {"": "all mail", "*": "each other domain"}.get(self.domain, self.domain)
        return f"{of}: {self.per_second:f} a second"


@model_policy(public=None, personal_data=None)
class Pace(models.Model):
    """When the next mail may leave under a limit; one row for all workers together."""

    scope = models.CharField(primary_key=True, max_length=253)
    free_at = models.DateTimeField(help_text="No mail before this moment.")
    spread_at = models.DateTimeField(help_text="How far waiting mails were spread already.")

    def __str__(self) -> str:
        return f"{self.scope or 'all mail'}: {self.free_at}"
