"""Followers, follows and notifications."""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy

from articles.comments.models import Comment
from articles.editorial.models import Article
from iria.core.mail import variants
from iria.core.model_policy import Pruning, model_policy
from iria.core.text.validators import validate_storable


class FollowerQuerySet(models.QuerySet["Follower"]):
    def with_email(self, email: str) -> "FollowerQuerySet":
        """Followers with this e-mail address, guests and accounts."""
        spellings = variants(email)
        return self.alias(guest=Lower("email"), account=Lower("user__email")).filter(
            Q(guest__in=spellings) | Q(account__in=spellings)
        )

    def with_token(self, token: str) -> "FollowerQuerySet":
        """The follower with this token. Characters that PostgreSQL cannot store match nothing."""
        return self.filter(token=token) if token.isascii() and token.isprintable() else self.none()


class FollowQuerySet(models.QuerySet["Follow"]):
    def active(self) -> "FollowQuerySet":
        """Confirmed follows that have not ended."""
        return self.filter(confirmed_at__isnull=False, unfollowed_at__isnull=True)

    def with_token(self, token: str) -> "FollowQuerySet":
        return self.filter(token=token) if token.isascii() and token.isprintable() else self.none()

    def with_details(self) -> "FollowQuerySet":
        """With the related rows that pages and e-mails show."""
        related = self.select_related("follower__user", "article", "comment__user")
        return related.defer("article__body")


class CommentNotificationQuerySet(models.QuerySet["CommentNotification"]):
    def pending(self) -> "CommentNotificationQuerySet":
        return self.filter(state="waiting")

    def due(self, now: datetime) -> "CommentNotificationQuerySet":
        """Notifications that can be sent now."""
        return self.pending().filter(due_at__lte=now)

    def with_details(self) -> "CommentNotificationQuerySet":
        """With the related rows that e-mails show, by article, oldest comment first."""
        related = self.select_related(
            "follow__article", "follow__comment", "comment__article", "comment__user"
        )
        # A follower may have thousands, and the bodies of their articles are not shown.
        return related.defer("follow__article__body", "comment__article__body").order_by(
            "comment__article_id", "comment__created_at", "comment_id"
        )


def new_token() -> str:
    """Returns 192 random bits, safe in a URL."""
    return secrets.token_urlsafe(24)


@model_policy(public=None, personal_data="comment_follows")
class Follower(models.Model):
    """A recipient of notifications: an account, or the e-mail address of a guest.

    The token gives access to the preferences. It is only in e-mails to the address itself, and never
    expires.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="follower",
    )
    email = models.EmailField(
        "e-mail address",
        blank=True,
        validators=[validate_storable],
        help_text="Of a guest; users are e-mailed at the address of their account.",
    )
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    suppressed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When e-mail to this address bounced."
    )
    suppression_reason = models.CharField(
        max_length=300, blank=True, editable=False, validators=[validate_storable]
    )

    objects = FollowerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="follower_email_once"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True, email__gt="") | Q(user__isnull=False, email=""),
                name="follower_is_account_or_address",
            ),
            models.CheckConstraint(
                condition=Q(suppressed_at__isnull=True) | ~Q(suppression_reason=""),
                name="follower_stopped_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.recipient

    @property
    def recipient(self) -> str:
        """The address of the e-mails."""
        return self.user.email if self.user else self.email


@model_policy(
    public=None,
    personal_data="comment_follows",
    pruning=Pruning(
        "comments.forget_follows", "Deleted after 7 days unconfirmed, or 30 days after the end."
    ),
)
class Follow(models.Model):
    """What a follower wants to be notified of. The token allows to end this follow only.

    Nothing is sent before `confirmed_at`, because anybody can enter anybody's address.
    """

    class Kind(models.TextChoices):
        REPLIES = "replies", gettext_lazy("Replies to your comment")
        THREAD = "thread", gettext_lazy("All comments on the article")
        OWN = "own", gettext_lazy("Comments on your articles")
        QUEUE = "queue", gettext_lazy("Pending comments")

    class Frequency(models.TextChoices):
        IMMEDIATELY = "at_once", gettext_lazy("Immediately")
        DAILY = "daily", gettext_lazy("Once a day")

    follower = models.ForeignKey(Follower, on_delete=models.CASCADE, related_name="follows")
    kind = models.CharField(max_length=7, choices=Kind)
    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    comment = models.ForeignKey(
        Comment, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    frequency = models.CharField(max_length=7, choices=Frequency)
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmation_sent_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When the last confirmation e-mail was sent.",
    )
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    unfollowed_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_sent_on = models.DateField(
        null=True,
        blank=True,
        editable=False,
        help_text="The day of the last e-mail about pending comments.",
    )

    objects = FollowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["follower", "kind", "article", "comment"],
                name="follow_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(kind="replies", comment__isnull=False, article__isnull=False)
                | Q(kind="thread", comment__isnull=True, article__isnull=False)
                | Q(kind="own", comment__isnull=True, article__isnull=True)
                | Q(kind="queue", comment__isnull=True, article__isnull=True, frequency="daily"),
                name="follow_has_its_subject",
            ),
            models.CheckConstraint(
                condition=Q(frequency__in=["at_once", "daily"]), name="follow_pace_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["article"],
                condition=Q(confirmed_at__isnull=False, unfollowed_at__isnull=True),
                name="follow_living",
            ),
            models.Index(
                fields=["created_at"],
                condition=Q(confirmed_at__isnull=True),
                name="follow_unconfirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_frequency_display()}"

    @property
    def is_active(self) -> bool:
        """Whether notifications are sent."""
        return self.confirmed_at is not None and self.unfollowed_at is None


@model_policy(
    public=None,
    personal_data="comment_follows",
    pruning=Pruning("comments.forget_follows", "Deleted after 90 days."),
)
class CommentNotification(models.Model):
    """The notification of a follower about a comment, which is sent at most once.

    It is claimed before its e-mail is sent. If the process is killed between claim and outcome, it
    becomes uncertain and is not sent again.
    """

    class State(models.TextChoices):
        PENDING = "waiting", "Pending"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        DROPPED = "dropped", "Not sent: comment not published"
        UNCERTAIN = "uncertain", "Unknown"

    follower = models.ForeignKey(Follower, on_delete=models.CASCADE, related_name="notices")
    follow = models.ForeignKey(Follow, on_delete=models.CASCADE, related_name="notices")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=9, choices=State, default=State.PENDING)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    due_at = models.DateTimeField(help_text="Not sent before this time.")
    state_changed_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was claimed or got its result."
    )

    objects = CommentNotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follower", "comment"], name="notice_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sending", "sent", "dropped", "uncertain"]),
                name="notice_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", state_changed_at__isnull=True)
                | (~Q(state="waiting") & Q(state_changed_at__isnull=False)),
                name="notice_settled_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="notice_due"),
            models.Index(
                fields=["state_changed_at"], condition=Q(state="sending"), name="notice_being_sent"
            ),
            models.Index(fields=["created_at"], name="notice_age"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: comment {self.comment_id}"
