"""Claims, rejection reasons, appeals, reports by readers, bans, and the encrypted IP addresses of comments."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.role_names import EDITOR, MODERATOR
from articles.comments.models import Comment, ModerationDecision
from iria.core.db.fields import ActorField
from iria.core.model_policy import ALL_ACTIONS, Pruning, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable

APPEAL_MAX_LENGTH = 1000
UNDO_ACCEPTED_FOR: Final = timedelta(seconds=15)
"""A little longer than undo is offered, for slow connections. E-mails about a decision wait as long."""


@model_policy(
    public=None,
    personal_data="comments",
    pruning=Pruning("comments.destroy", "Deleted when they expire."),
)
class Claim(models.Model):
    """A moderator is reviewing this comment; others get another one until the claim expires."""

    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, primary_key=True, related_name="claim"
    )
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims"
    )
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"Comment {self.comment_id}, until {self.expires_at:%H:%M:%S}"


@model_policy(
    public=None,
    personal_data="comments",
    permissions={EDITOR: ALL_ACTIONS, MODERATOR: ALL_ACTIONS},
)
class RejectionReason(models.Model):
    """A rejection reason for moderators to choose, and its message to the commenter."""

    name = models.CharField(
        max_length=60,
        unique=True,
        validators=[validate_storable, validate_not_blank],
        help_text="Two or three words, for moderators.",
    )
    message = models.CharField(
        "message to the commenter",
        max_length=300,
        validators=[validate_storable, validate_not_blank],
        help_text="One or two friendly sentences: what is wrong and what to do instead.",
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Lower numbers come first; the first nine have keyboard shortcuts."
    )
    active = models.BooleanField("offered", default=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "rejection reason"
        verbose_name_plural = "rejection reasons"

    def __str__(self) -> str:
        return self.name


class AppealQuerySet(models.QuerySet["Appeal"]):
    def pending(self) -> "AppealQuerySet":
        return self.filter(outcome="")


@model_policy(
    public=None, personal_data="comments", permissions={EDITOR: "view", MODERATOR: "view"}
)
class Appeal(models.Model):
    """An appeal against a rejection, which is possible once per comment."""

    class Outcome(models.TextChoices):
        PENDING = "", "Pending"
        GRANTED = "granted", "Granted"
        REJECTED = "kept", "Rejected"
        DELETED = "gone", "Deleted by the commenter"

    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, primary_key=True, related_name="appeal"
    )
    text = models.CharField(
        max_length=APPEAL_MAX_LENGTH, blank=True, validators=[validate_storable]
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    outcome = models.CharField(max_length=7, choices=Outcome, blank=True, default=Outcome.PENDING)
    decision = models.OneToOneField(
        ModerationDecision,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="appeal",
        help_text="The decision on it.",
    )

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["", "granted", "kept", "gone"]),
                name="appeal_outcome_known",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(outcome=""), name="appeal_waiting"),
        ]

    def __str__(self) -> str:
        return f"Appeal for comment {self.comment_id}"


FLAG_TEXT_MAX_LENGTH = 500


class FlagQuerySet(models.QuerySet["Flag"]):
    def pending(self) -> "FlagQuerySet":
        """Reports nobody has decided about."""
        return self.filter(outcome="")


@model_policy(public=None, personal_data="reports", permissions={EDITOR: "view", MODERATOR: "view"})
class Flag(models.Model):
    """One reader's report of a comment."""

    class Reason(models.TextChoices):
        ADVERTISING = "advertising", gettext_lazy("Advertising")
        INSULT = "insult", gettext_lazy("Insults or threats")
        HATE = "hate", gettext_lazy("Hate speech")
        PRIVATE = "private", gettext_lazy("Private information about a person")
        FALSE = "false", gettext_lazy("False information")
        OTHER = "other", gettext_lazy("Other")

    class Outcome(models.TextChoices):
        PENDING = "", "Pending"
        UPHELD = "upheld", "Upheld"
        DISMISSED = "dismissed", "Dismissed"
        DELETED = "gone", "Deleted by the commenter"

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="flags")
    reason = models.CharField(max_length=12, choices=Reason)
    text = models.CharField(
        max_length=FLAG_TEXT_MAX_LENGTH, blank=True, validators=[validate_storable]
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="flags",
    )
    email = models.EmailField(
        blank=True,
        validators=[validate_storable],
        help_text="To notify a guest of the decision. Never shown.",
    )
    sender_hash = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text=(
            "Keyed hash that recognises a second report of the same comment; "
            "emptied the night after the decision."
        ),
    )
    reporter_hash = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text=(
            "Keyed hash that recognises a guest's reports after the e-mail address is deleted."
        ),
    )
    daily_hash = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text=(
            "Keyed hash that recognises the reports of one sender on one day; emptied every night."
        ),
    )
    weight = models.FloatField(
        default=1.0,
        help_text="From 0 to 1: lower if earlier reports of the sender were dismissed.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True, default=Outcome.PENDING)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    decision = models.ForeignKey(
        "articles.ModerationDecision",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="answered_flags",
        help_text="The decision on it.",
    )

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "report"
        verbose_name_plural = "reports"
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "sender_hash"],
                condition=~Q(sender_hash="") & Q(outcome=""),
                name="flag_once_a_sender",
            ),
            models.CheckConstraint(condition=Q(weight__range=(0, 1)), name="flag_weight_in_range"),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(decided_at__isnull=False), name="flag_decided_when"
            ),
        ]
        indexes = [
            models.Index(fields=["comment"], condition=Q(outcome=""), name="flag_waiting"),
            models.Index(
                fields=["reporter_hash"], condition=~Q(reporter_hash=""), name="flag_reporter"
            ),
            models.Index(fields=["daily_hash"], condition=~Q(daily_hash=""), name="flag_today"),
        ]

    def __str__(self) -> str:
        text = f": {self.text}" if self.text else ""
        return f"{self.get_reason_display()}{text}"


IP_ADDRESS_RETENTION: Final = timedelta(days=30)
"""How long the encrypted IP addresses of comments are stored at most."""


@model_policy(
    public=None,
    personal_data="comment_senders",
    pruning=Pruning("comments.destroy", "Deleted after 30 days."),
)
class EncryptedIPAddress(models.Model):
    """The encrypted IP address of a comment, which is never shown.

    It lets a moderator ban the IP address or the network of a comment. The worker deletes expired
    ones every day; a constraint limits the retention.
    """

    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, primary_key=True, related_name="encrypted_ip_address"
    )
    ciphertext = models.TextField(editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(editable=False, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__lte=F("created_at") + IP_ADDRESS_RETENTION),
                name="sealed_address_at_most_30_days",
            ),
        ]

    def __str__(self) -> str:
        return f"Encrypted IP address of comment {self.comment_id}"


class BanQuerySet(models.QuerySet["Ban"]):
    def active(self) -> "BanQuerySet":
        """Bans that were neither removed nor have expired."""
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now()), ended_at__isnull=True
        )


@model_policy(
    public=None,
    personal_data="comment_senders",
    permissions={EDITOR: "view", MODERATOR: "view add change"},
)
class Ban(models.Model):
    """A ban of a commenter by account, e-mail address, name, IP address or network.

    A ban with an end is a suspension. Its identifier is erased when it ends; the row itself stays,
    with its author and reason.
    """

    class Kind(models.TextChoices):
        ACCOUNT = "account", "Account"
        EMAIL = "email", "E-mail address"
        NAME = "name", "Name"
        IP_ADDRESS = "address", "IP address"
        NETWORK = "network", "Network"

    class ExistingComments(models.TextChoices):
        KEEP = "leave", "Keep"
        REJECT_PENDING = "held", "Reject pending comments"
        REJECT = "reject", "Reject all"
        SPAM = "spam", "Mark all as spam"

    kind = models.CharField(max_length=7, choices=Kind, editable=False)
    value = models.CharField(
        max_length=320,
        blank=True,
        editable=False,
        help_text="Compared with new comments; emptied when the ban ends.",
    )
    masked_value = models.CharField(
        "what is banned",
        max_length=320,
        blank=True,
        editable=False,
        help_text="For moderators, partly masked.",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        editable=False,
        related_name="bans",
    )
    label = models.CharField(
        "commenter",
        max_length=120,
        editable=False,
        help_text="The name on the comment that the ban was made from.",
    )
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: permanent.")
    reason = models.CharField(max_length=300, validators=[validate_storable])
    existing_comments = models.CharField(
        "earlier comments",
        max_length=6,
        choices=ExistingComments,
        default=ExistingComments.KEEP,
        editable=False,
    )
    comment = models.ForeignKey(
        Comment, on_delete=models.SET_NULL, null=True, editable=False, related_name="bans"
    )
    created_by = ActorField(null=True, editable=False, related_name="bans_made")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = ActorField(
        null=True,
        editable=False,
        related_name="bans_ended",
        help_text="Empty when the ban expired.",
    )

    objects = BanQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["account", "email", "name", "address", "network"]),
                name="ban_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(existing_comments__in=["leave", "held", "reject", "spam"]),
                name="ban_earlier_known",
            ),
            # The identifier is stored exactly as long as the ban has not ended.
            models.CheckConstraint(
                condition=(Q(ended_at__isnull=True) & ~Q(value=""))
                | (Q(ended_at__isnull=False) & Q(value="")),
                name="ban_value_until_it_ends",
            ),
            models.UniqueConstraint(
                fields=["kind", "value"],
                condition=Q(ended_at__isnull=True),
                name="ban_once_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.label}"

    @property
    def is_active(self) -> bool:
        return self.ended_at is None and (
            self.expires_at is None or self.expires_at > timezone.now()
        )
