"""Which followers, follows and notices."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from iria.kit.mailboxes import spellings

if TYPE_CHECKING:
    from articles.comments.following.models import Follow, Follower, Notice  # noqa: F401 - names the generics


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
