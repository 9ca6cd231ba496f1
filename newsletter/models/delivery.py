"""One mail to one subscriber: the truth of a mailing."""

from django.db import models
from django.db.models import F, Q

from newsletter.models.issue import Issue
from newsletter.models.subscriber import Subscriber
from newsletter.querysets import DeliveryQuerySet


class Delivery(models.Model):
    """What happened to the mail of one issue to one subscriber.

    The address is not copied here: it is read when the mail goes out, and it goes away with the
    subscriber, while the row stays and is counted.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waits"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Refused"
        UNCERTAIN = "uncertain", "Uncertain"
        SKIPPED = "skipped", "Left before it was sent"
        CANCELLED = "cancelled", "Stopped"

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="deliveries")
    subscriber = models.ForeignKey(
        Subscriber,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="deliveries",
        help_text="Empty once the subscriber's data were erased.",
    )
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(help_text="Not before this moment.")
    message_id = models.CharField(max_length=300, unique=True)
    words = models.CharField(
        max_length=500,
        blank=True,
        help_text="What the mail server answered, or why it was not sent.",
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
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "sent"]) | Q(sending_at__isnull=False),
                name="delivery_sending_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending"]) | Q(done_at__isnull=False),
                name="delivery_done_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "uncertain"]) | ~Q(words=""),
                name="delivery_trouble_has_words",
            ),
        ]
        indexes = [
            models.Index(
                F("issue"), F("due_at"), F("id"), condition=Q(state="queued"), name="delivery_queue"
            ),
            models.Index(
                fields=["sending_at"], condition=Q(state="sending"), name="delivery_in_hand"
            ),
            models.Index(fields=["issue", "state"], name="delivery_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber or 'somebody erased'}: {self.get_state_display()}"
