"""Screening rules, word lists, versions of the spam model, and results of Akismet."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.role_names import MODERATOR
from articles.comments.models import Comment, ModerationDecision
from iria.core.db.fields import ActorField
from iria.core.model_policy import ALL_ACTIONS, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable


class Action(models.TextChoices):
    """The action of a rule that matches, from mild to strict."""

    ALLOW = "allow", "Note only"
    HOLD = "hold", "Hold for a moderator"
    SPAM = "spam", "Mark as spam"
    REJECT = "reject", "Reject with a reason"


class Check(models.TextChoices):
    """The checks, in this order; each is a function in `screening.checks`."""

    WRITER = "writer", "Banned or suspended commenter"
    LIKENESS = "likeness", "Name or network of a banned commenter"
    RATE = "rate", "Too many comments"
    HONEYPOT = "trap", "Honeypot field filled in"
    BANNED_WORDS = "banned", "Banned word"
    SUSPECT_WORDS = "suspect", "Suspicious word"
    LINKS = "links", "Links"
    LINK_KINDS = "link_kinds", "Shortened or hidden links"
    DUPLICATE = "duplicate", "Duplicate comment"
    SHOUTING = "shouting", "Capital letters"
    LENGTH = "length", "Length"
    FIRST_COMMENT = "newcomer", "First comment by this commenter"
    MODEL = "model", "Classified as spam"
    AKISMET = "akismet", "Spam according to Akismet"
    REPORTS = "reports", "Reported"
    EVERYONE = "everyone", "Hold every comment"


@model_policy(public=None, personal_data="screening_rules", permissions={MODERATOR: "view change"})
class ScreeningRule(models.Model):
    """The settings of one check: active, threshold, action."""

    phase = models.CharField(max_length=12, choices=Check, unique=True, editable=False)
    active = models.BooleanField("on", default=True)
    threshold = models.PositiveIntegerField(
        default=0, help_text="What is counted depends on the rule."
    )
    action = models.CharField(max_length=6, choices=Action, default=Action.HOLD)
    message = models.CharField(
        "message to the commenter",
        max_length=300,
        blank=True,
        validators=[validate_storable],
        help_text="For rules that reject: one sentence that says what to change.",
    )
    reports_corrections = models.BooleanField(
        "report corrections to Akismet",
        default=False,
        help_text="Sends comments that moderators decided differently to Akismet again.",
    )
    modified_by = ActorField(null=True, editable=False)
    modified_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(action__in=Action.values), name="rule_action_known"),
            models.CheckConstraint(
                condition=~Q(action="reject") | ~Q(message=""),
                name="rule_that_rejects_has_reason",
                violation_error_message=(
                    "Enter the message to the commenter. Rules that reject need one."
                ),
            ),
            models.CheckConstraint(
                condition=Q(reports_corrections=False) | Q(phase="akismet"),
                name="rule_that_reports_back_is_akismet",
            ),
        ]

    def __str__(self) -> str:
        return self.get_phase_display()


@model_policy(public=None, personal_data="screening_rules", permissions={MODERATOR: ALL_ACTIONS})
class ScreenedWord(models.Model):
    """A word or phrase to find in comments: as whole words, in any spelling."""

    class List(models.TextChoices):
        BANNED = "banned", "Banned"
        SUSPECT = "suspect", "Suspicious"

    word = models.CharField(
        "word or phrase", max_length=100, validators=[validate_storable, validate_not_blank]
    )
    folded = models.CharField(max_length=200, editable=False, unique=True)
    list = models.CharField(max_length=7, choices=List, default=List.SUSPECT)
    added_by = ActorField(null=True, editable=False)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["word"]
        constraints = [
            models.CheckConstraint(condition=~Q(folded=""), name="screened_word_can_be_seen"),
        ]

    def __str__(self) -> str:
        return self.word


@model_policy(public=None, personal_data=None, permissions={MODERATOR: "view"})
class SpamModelVersion(models.Model):
    """A version of the spam model. The newest one is in use."""

    created_at = models.DateTimeField(default=timezone.now)
    ham_count = models.PositiveIntegerField(help_text="Approved comments in the training data.")
    spam_count = models.PositiveIntegerField(help_text="Spam in the training data.")
    precision = models.FloatField(help_text="On comments not used for training.")
    recall = models.FloatField(help_text="On comments not used for training.")
    content = models.JSONField(editable=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "spam model"
        get_latest_by = "created_at"

    def __str__(self) -> str:
        return f"Spam model of {self.created_at:%Y-%m-%d %H:%M}"


@model_policy(public=None, personal_data="comments")
class AkismetResult(models.Model):
    """A check of a comment by Akismet: its result, and the correction that was reported."""

    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, primary_key=True, related_name="akismet"
    )
    spam = models.BooleanField(
        null=True,
        editable=False,
        help_text=("Whether Akismet considers the comment spam; empty before the answer."),
    )
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    pending_decision = models.ForeignKey(
        ModerationDecision,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        help_text="The decision that keeps the comment pending only for this answer.",
    )
    correction = models.CharField(
        max_length=4,
        blank=True,
        editable=False,
        choices=[("spam", "Spam"), ("ham", "Not spam")],
        help_text="The correction reported to Akismet.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(correction__in=["", "spam", "ham"]), name="akismet_told_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Akismet on comment {self.comment_id}"
