"""Lists of subscribers that came in from files and went out to them, and who did it."""

from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from iria.core.model_policy import model_policy
from iria.core.text.validators import validate_not_blank, validate_storable
from newsletter import privacy
from newsletter.models.newsletter import Newsletter


@model_policy(public=None, personal_data=privacy.IMPORTS)
class SubscriberImport(models.Model):
    """A file of addresses that somebody took in, on the ground of what.

    The file itself is kept until it was taken in, or for a week; what was wrong with its rows is
    kept with their lines for thirty days.
    """

    class State(models.TextChoices):
        NEW = "new", "To be looked over"
        LOOKING = "looking", "Being looked over"
        CHECKED = "looked", "Looked over, nothing written yet"
        IMPORTING = "taking_in", "Being taken in"
        DONE = "done", "Taken in"

    UNDER_WAY: Final = (State.LOOKING, State.IMPORTING)

    name = models.CharField(max_length=200, validators=[validate_storable])
    content = models.BinaryField(null=True, editable=False)
    columns = models.JSONField(default=dict, help_text="Which column is what.")
    newsletters = models.ManyToManyField(
        Newsletter, related_name="+", help_text="What these people are to receive."
    )
    consent = models.CharField(
        "how they agreed",
        max_length=500,
        validators=[validate_storable, validate_not_blank],
        help_text="When, where and to which words: “Signed up at the spring conference, 12 May "
        "2026, on paper, to receive our news”. It is kept with each of them.",
    )
    state = models.CharField(max_length=9, choices=State, default=State.NEW, editable=False)
    rows_read = models.PositiveIntegerField(default=0, editable=False)
    rows_in_all = models.PositiveIntegerField(default=0, editable=False)
    counts = models.JSONField(default=dict, editable=False)
    trouble = models.CharField(max_length=500, blank=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    made_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-made_at", "-pk"]
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
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE

    def count(self, fate: str) -> int:
        counts: dict[str, Any] = self.counts
        return int(counts.get(fate, 0))


@model_policy(public=None, personal_data=privacy.IMPORTS)
class ImportedLine(models.Model):
    """A line of a file that was not taken in as it stands, and why."""

    class Outcome(models.TextChoices):
        BROKEN = "broken", "Broken"
        DUPLICATE = "duplicate", "Stands there twice"
        LEFT = "left", "Has left"
        SUPPRESSED = "suppressed", "Not to be written to"
        REMARK = "remark", "Taken in, but"

    of = models.ForeignKey(SubscriberImport, on_delete=models.CASCADE, related_name="lines")
    line = models.PositiveIntegerField(help_text="Counted from 1, as editors of text count.")
    fate = models.CharField(max_length=10, choices=Outcome)
    reason = models.CharField(max_length=300)
    typed = models.CharField(
        max_length=100, blank=True, help_text="The beginning of what stood there."
    )

    class Meta:
        ordering = ["line", "pk"]
        indexes = [models.Index(fields=["of", "fate", "line"], name="imported_line_of")]

    def __str__(self) -> str:
        return f"Line {self.line}: {self.reason}"


@model_policy(public=None, personal_data=privacy.SENDING)
class SubscriberExport(models.Model):
    """Who took the list of subscribers out of the house, and how much of it."""

    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    rows = models.PositiveIntegerField()
    chosen = models.CharField(max_length=300, blank=True, help_text="How the list was filtered.")

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = "export"

    def __str__(self) -> str:
        return f"{self.rows} subscribers, {self.made_at:%Y-%m-%d}"
