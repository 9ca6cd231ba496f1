"""Bans and suspensions, and the encrypted IP addresses of comments."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.role_names import EDITOR, MODERATOR
from articles.comments import privacy
from articles.comments.models import Comment
from iria.core.model_policy import Pruning, model_policy
from iria.core.text.validators import validate_storable

IP_ADDRESS_RETENTION: Final = timedelta(days=30)
"""How long the encrypted IP addresses of comments are stored at most."""


@model_policy(
    public=None,
    personal_data=privacy.SENDERS,
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
        return f"Sealed address of comment {self.comment_id}"


class BanQuerySet(models.QuerySet["Ban"]):
    def active(self) -> "BanQuerySet":
        """Bans that were neither removed nor have expired."""
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now()), ended_at__isnull=True
        )


@model_policy(
    public=None,
    personal_data=privacy.SENDERS,
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
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="bans_made",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
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
