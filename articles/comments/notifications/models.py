"""Which followers, follows and notices.

Who follows what, and the mails that follow from it.
"""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy

from articles.comments import privacy
from articles.comments.models import Comment
from articles.editorial.models import Article
from iria.core.mail import spellings
from iria.core.model_policy import model_policy
from iria.core.text.validators import validate_storable


class FollowerQuerySet(models.QuerySet["Follower"]):
    def with_address(self, email: str) -> "FollowerQuerySet":
        """Whoever is written to at this address, as a guest or by an account."""
        small = spellings(email)
        return self.alias(guest=Lower("email"), account=Lower("user__email")).filter(
            Q(guest__in=small) | Q(account__in=small)
        )

    def holding(self, token: str) -> "FollowerQuerySet":
        """Whoever has this token; nobody has one that PostgreSQL could not even keep."""
        return self.filter(token=token) if token.isascii() and token.isprintable() else self.none()


class FollowQuerySet(models.QuerySet["Follow"]):
    def living(self) -> "FollowQuerySet":
        """Those that mails come of."""
        return self.filter(confirmed_at__isnull=False, left_at__isnull=True)

    def holding(self, token: str) -> "FollowQuerySet":
        return self.filter(token=token) if token.isascii() and token.isprintable() else self.none()

    def for_page(self) -> "FollowQuerySet":
        """With all that a page or a mail says of them."""
        return self.select_related("follower__user", "article", "comment__user")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting(self) -> "NoticeQuerySet":
        return self.filter(state="waiting")

    def due(self, now: datetime) -> "NoticeQuerySet":
        """What can be told now."""
        return self.waiting().filter(due_at__lte=now)

    def for_mail(self) -> "NoticeQuerySet":
        """With all that a mail says of them, oldest comment first within each article."""
        return self.select_related(
            "follow__article", "follow__comment", "comment__article", "comment__user"
        ).order_by("comment__article_id", "comment__created_at", "comment_id")


def new_token() -> str:
    """192 random bits, safe in an address."""
    return secrets.token_urlsafe(24)


@model_policy(public=None, personal_data=privacy.FOLLOWING)
class Follower(models.Model):
    """Somebody who is told of comments by mail: an account, or a guest's address.

    The token is the right to see and change all that is followed; it goes only into mails to the
    address itself, and never expires.
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
        help_text="A guest's; an account is written to at its own address.",
    )
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    stopped_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When a mail came back as undeliverable."
    )
    stopped_because = models.CharField(
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
                condition=Q(stopped_at__isnull=True) | ~Q(stopped_because=""),
                name="follower_stopped_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def address(self) -> str:
        """Where the mails go."""
        return self.user.email if self.user else self.email


@model_policy(public=None, personal_data=privacy.FOLLOWING)
class Follow(models.Model):
    """One thing that somebody wants to be told of. The token is the right to leave this one thing.

    Nothing is sent before `confirmed_at`: anybody can type anybody's address.
    """

    class Kind(models.TextChoices):
        REPLIES = "replies", gettext_lazy("Answers to your comment")
        THREAD = "thread", gettext_lazy("Every comment on the article")
        OWN = "own", gettext_lazy("Comments on articles you signed")
        QUEUE = "queue", gettext_lazy("What waits for moderators")

    class Pace(models.TextChoices):
        AT_ONCE = "at_once", gettext_lazy("At once")
        DAILY = "daily", gettext_lazy("Once a day")

    follower = models.ForeignKey(Follower, on_delete=models.CASCADE, related_name="follows")
    kind = models.CharField(max_length=7, choices=Kind)
    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    comment = models.ForeignKey(
        Comment, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    pace = models.CharField(max_length=7, choices=Pace)
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    asked_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When the address was last written to for it.",
    )
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    left_at = models.DateTimeField(null=True, blank=True, editable=False)
    told_on = models.DateField(
        null=True,
        blank=True,
        editable=False,
        help_text="The last day for which the mail of what waits was made.",
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
                | Q(kind="queue", comment__isnull=True, article__isnull=True, pace="daily"),
                name="follow_has_its_subject",
            ),
            models.CheckConstraint(
                condition=Q(pace__in=["at_once", "daily"]), name="follow_pace_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["article"],
                condition=Q(confirmed_at__isnull=False, left_at__isnull=True),
                name="follow_living",
            ),
            models.Index(
                fields=["made_at"],
                condition=Q(confirmed_at__isnull=True),
                name="follow_unconfirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_pace_display()}"

    @property
    def is_active(self) -> bool:
        """Whether mails come of it."""
        return self.confirmed_at is not None and self.left_at is None


@model_policy(public=None, personal_data=privacy.FOLLOWING)
class Notice(models.Model):
    """That somebody is to be told of a comment; the row is what keeps it from being told twice.

    A notice is claimed before its mail is handed over. One that was claimed and never settled,
    because the process was killed meanwhile, is left as uncertain: nobody is written to twice.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        DROPPED = "dropped", "Not sent: the comment is not on the page"
        UNCERTAIN = "uncertain", "The mail server may have it or not"

    follower = models.ForeignKey(Follower, on_delete=models.CASCADE, related_name="notices")
    follow = models.ForeignKey(Follow, on_delete=models.CASCADE, related_name="notices")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    due_at = models.DateTimeField(help_text="Not told before.")
    settled_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was claimed, and then what became of it."
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follower", "comment"], name="notice_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sending", "sent", "dropped", "uncertain"]),
                name="notice_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", settled_at__isnull=True)
                | (~Q(state="waiting") & Q(settled_at__isnull=False)),
                name="notice_settled_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="notice_due"),
            models.Index(
                fields=["settled_at"], condition=Q(state="sending"), name="notice_being_sent"
            ),
            models.Index(fields=["made_at"], name="notice_age"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: comment {self.comment_id}"
