"""Imports and exports of subscribers."""

from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from iria.core.model_policy import Pruning, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable
from newsletter import privacy
from newsletter.models.newsletter import Newsletter


@model_policy(public=None, personal_data=privacy.IMPORTS)
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
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
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
    personal_data=privacy.IMPORTS,
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


@model_policy(public=None, personal_data=privacy.SENDING)
class SubscriberExport(models.Model):
    """Who exported subscribers, and how many."""

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
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
