"""What was seen before an issue goes out: tests, looks at links and names, and what an editor waived."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from iria.core.model_policy import model_policy
from iria.core.text.validators import validate_not_blank, validate_storable
from newsletter import privacy
from newsletter.models.issue import Issue


@model_policy(public=None, personal_data=privacy.SENDING)
class TestMail(models.Model):
    """A test of an issue was sent, and how the issue read then."""

    __test__ = False  # pytest takes the name for a test's.

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="tests")
    digest = models.CharField(max_length=64, editable=False)
    sent_at = models.DateTimeField(auto_now_add=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-sent_at", "-pk"]
        indexes = [models.Index(fields=["issue", "digest"], name="testmail_of_issue")]

    def __str__(self) -> str:
        return f"A test of {self.issue}"


@model_policy(public=None, personal_data=privacy.SENDING)
class Waiver(models.Model):
    """An editor lets an issue go out although something was found, and says why."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="waivers")
    about = models.CharField(max_length=2100, help_text="What was found, by its name.")
    words = models.CharField(max_length=2500, help_text="As it was said to the editor.")
    reason = models.CharField(max_length=300, validators=[validate_storable, validate_not_blank])
    given_at = models.DateTimeField(auto_now_add=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["given_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "about"], name="waiver_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.words} Waived: {self.reason}"


@model_policy(public=None, personal_data=None)
class Look(models.Model):
    """What the worker saw when it looked at something outside: a link, or a name in the DNS."""

    class Kind(models.TextChoices):
        LINK = "link", "A link to another site"
        NAME = "name", "A name in the DNS"

    kind = models.CharField(max_length=4, choices=Kind)
    what = models.CharField(max_length=2000)
    good = models.BooleanField()
    words = models.CharField(max_length=500, blank=True)
    looked_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "what"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "what"], name="look_once"),
            models.CheckConstraint(
                condition=Q(good=True) | ~Q(words=""), name="look_bad_has_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what}: {'good' if self.good else self.words}"
