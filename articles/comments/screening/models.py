"""The rules of the first look, the words it knows, and what was learnt from decisions."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.roles import MODERATOR
from articles.comments import privacy
from iria.core.model_policy import ALL_ACTIONS, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable


class Action(models.TextChoices):
    """What a rule does with a comment it has something to say of, from mild to strict."""

    ALLOW = "allow", "Say so and do nothing"
    HOLD = "hold", "Hold for a moderator"
    SPAM = "spam", "Set aside as spam"
    REJECT = "reject", "Reject, and tell the writer why"


class Check(models.TextChoices):
    """The looks that are taken, in this order; each is a function of `screening.phases`."""

    WRITER = "writer", "A banned or suspended writer"
    LIKENESS = "likeness", "The name or network of a banned writer"
    RATE = "rate", "Many comments in a short time"
    HONEYPOT = "trap", "The field that people do not see was filled in"
    BANNED_WORDS = "banned", "A banned word"
    SUSPECT_WORDS = "suspect", "A suspect word"
    LINKS = "links", "Many links"
    LINK_KINDS = "link_kinds", "Links that hide where they lead"
    DUPLICATE = "duplicate", "The same words again"
    SHOUTING = "shouting", "Shouting"
    LENGTH = "length", "Very long"
    FIRST_COMMENT = "newcomer", "A writer's first comment"
    MODEL = "model", "Like what moderators called spam"
    AKISMET = "akismet", "Akismet takes it for spam"
    REPORTS = "reports", "Reported by readers"
    EVERYONE = "everyone", "Every comment is held first"


@model_policy(public=None, personal_data=privacy.RULES, permissions={MODERATOR: "view change"})
class ScreeningRule(models.Model):
    """One look at new comments: whether it is taken, from which measure on, and what follows."""

    phase = models.CharField(max_length=12, choices=Check, unique=True, editable=False)
    active = models.BooleanField("on", default=True)
    threshold = models.PositiveIntegerField(
        default=0, help_text="What it means stands beside each rule; 0 where a rule needs none."
    )
    action = models.CharField(max_length=6, choices=Action, default=Action.HOLD)
    reason = models.CharField(
        "reason told to the writer",
        max_length=300,
        blank=True,
        validators=[validate_storable],
        help_text="Only for a rule that rejects: one sentence that says what to change.",
    )
    reports_back = models.BooleanField(
        "tell Akismet where moderators decided otherwise",
        default=False,
        help_text="It is sent those comments once more, with the decision.",
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(action__in=Action.values), name="rule_action_known"),
            models.CheckConstraint(
                condition=~Q(action="reject") | ~Q(reason=""),
                name="rule_that_rejects_has_reason",
                violation_error_message="Write the reason that a rejected writer is told.",
            ),
            models.CheckConstraint(
                condition=Q(reports_back=False) | Q(phase="akismet"),
                name="rule_that_reports_back_is_akismet",
            ),
        ]

    def __str__(self) -> str:
        return self.get_phase_display()


@model_policy(public=None, personal_data=privacy.RULES, permissions={MODERATOR: ALL_ACTIONS})
class ScreenedWord(models.Model):
    """A word or phrase that rules look for: whole words, however they are written."""

    class List(models.TextChoices):
        BANNED = "banned", "Banned"
        SUSPECT = "suspect", "Suspect"

    word = models.CharField(
        "word or phrase", max_length=100, validators=[validate_storable, validate_not_blank]
    )
    folded = models.CharField(max_length=200, editable=False, unique=True)
    list = models.CharField(max_length=7, choices=List, default=List.SUSPECT)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["word"]
        constraints = [
            models.CheckConstraint(condition=~Q(folded=""), name="screened_word_can_be_seen"),
        ]

    def __str__(self) -> str:
        return self.word


@model_policy(public=None, personal_data=None, permissions={MODERATOR: "view"})
class LearntModel(models.Model):
    """A version of the spam model; the newest is the one in use."""

    made_at = models.DateTimeField(default=timezone.now)
    wanted = models.PositiveIntegerField(help_text="Approved comments it learnt from.")
    unwanted = models.PositiveIntegerField(help_text="Spam it learnt from.")
    precision = models.FloatField(help_text="On comments kept from it while it learnt.")
    recall = models.FloatField(help_text="On comments kept from it while it learnt.")
    content = models.JSONField(editable=False)

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = "spam model"
        get_latest_by = "made_at"

    def __str__(self) -> str:
        return f"Spam model of {self.made_at:%Y-%m-%d %H:%M}"
