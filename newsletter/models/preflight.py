"""Preflight checks of an issue: tests, external checks, overrides."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from iria.core.model_policy import Pruning, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable
from newsletter import privacy
from newsletter.models.issue import Issue


@model_policy(public=None, personal_data=privacy.SENDING)
class TestMail(models.Model):
    """A test that was sent, with a hash of the content."""

    __test__ = False  # pytest would collect it as a test class.

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="tests")
    content_hash = models.CharField(max_length=64, editable=False)
    sent_at = models.DateTimeField(auto_now_add=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-sent_at", "-pk"]
        indexes = [models.Index(fields=["issue", "content_hash"], name="testmail_of_issue")]

    def __str__(self) -> str:
        return f"A test of {self.issue}"


@model_policy(public=None, personal_data=privacy.SENDING)
class Waiver(models.Model):
    """An overridden finding, with the reason."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="waivers")
    finding_key = models.CharField(max_length=2100, help_text="Key of the finding.")
    message = models.CharField(max_length=2500, help_text="The finding as shown to the editor.")
    reason = models.CharField(max_length=300, validators=[validate_storable, validate_not_blank])
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "finding_key"], name="waiver_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.message} Overridden: {self.reason}"


@model_policy(
    public=None,
    personal_data=None,
    pruning=Pruning("newsletter.delete_old", "Deleted after 30 days."),
)
class ExternalCheck(models.Model):
    """The result of checking something outside this site: a link or a DNS record."""

    class Kind(models.TextChoices):
        LINK = "link", "External link"
        DNS = "name", "DNS record"

    kind = models.CharField(max_length=4, choices=Kind)
    target = models.CharField(max_length=2000)
    passed = models.BooleanField()
    message = models.CharField(max_length=500, blank=True)
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "target"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "target"], name="external_check_once"),
            models.CheckConstraint(
                condition=Q(passed=True) | ~Q(message=""), name="external_check_failed_has_message"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target}: {'good' if self.passed else self.message}"
