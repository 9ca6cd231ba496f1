"""Following, confirming, preferences and unfollowing: the same functions for pages, forms and jobs.

Requests do not reveal whether an address is known: they write the same rows for every address, and
only the e-mails differ.
"""

from datetime import datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.email_addresses import is_confirmed
from accounts.models import User
from articles.comments.models import Comment
from articles.comments.notifications.models import (
    CommentNotification,
    Follow,
    Follower,
    FollowQuerySet,
)
from articles.comments.screening import akismet
from articles.editorial.models import Article
from iria.core import hooks
from iria.core.jobs import enqueue
from iria.core.mail import variants
from iria.publication.models import current_publication

CONFIRM_WITHIN: Final = timedelta(days=7)
"""As long as the confirmation link of a comment, which also confirms its follow."""
CONFIRMATION_INTERVAL: Final = timedelta(minutes=5)
RETENTION: Final = timedelta(days=30)

Kind, Frequency = Follow.Kind, Follow.Frequency


class AlreadyEnded(Exception):
    """The follow has ended, so an old link must not reactivate it."""


def follow(
    kind: Follow.Kind,
    frequency: Follow.Frequency,
    *,
    user: User | None = None,
    email: str = "",
    article: Article | None = None,
    comment: Comment | None = None,
    ask: bool = True,
) -> Follow:
    """Creates or renews a follow of an account or an e-mail address.

    It is active at once for an account with a confirmed address. Otherwise it has to be confirmed by
    e-mail; until then an existing active follow is not changed.

    Args:
        ask: whether to send the confirmation e-mail; False if another e-mail confirms the address.
    """
    now = timezone.now()
    is_proven = user is not None and is_confirmed(user)
    with transaction.atomic():
        follower = follower_of(user, email)
        followed, created = Follow.objects.get_or_create(
            follower=follower,
            kind=kind,
            article=article or (comment.article if comment else None),
            comment=comment,
            defaults={
                "frequency": frequency,
                "created_at": now,
                "confirmed_at": now if is_proven else None,
            },
        )
        if ask and not is_proven and _claim_confirmation(followed, now):
            enqueue("comments.ask", follow_id=followed.pk)
        if not created and (is_proven or not followed.is_active):
            _renew(followed, frequency, now, is_proven=is_proven)
    return followed


def _claim_confirmation(followed: Follow, now: datetime) -> bool:
    """Returns whether to send a confirmation e-mail: at most one in a few minutes."""
    can_send = (
        Q(confirmation_sent_at=None)
        | Q(confirmation_sent_at__lt=now - CONFIRMATION_INTERVAL)
        | Q(confirmation_sent_at__gt=now)
    )
    return bool(Follow.objects.filter(can_send, pk=followed.pk).update(confirmation_sent_at=now))


def _renew(
    followed: Follow, frequency: Follow.Frequency, now: datetime, *, is_proven: bool
) -> None:
    if not followed.is_active:
        followed.confirmed_at, followed.created_at = now if is_proven else None, now
    followed.frequency, followed.unfollowed_at = frequency, None
    followed.save(update_fields=["frequency", "created_at", "confirmed_at", "unfollowed_at"])


def follower_of(user: User | None, email: str) -> Follower:
    """Returns the follower of an account or an address; creates it if needed.

    An address that belongs to an account is the follower of that account. Follows of a guest are moved
    to the account once its address is confirmed.
    """
    if user is None:
        existing = Follower.objects.with_email(email).order_by("-user").first()
        if existing is not None:
            return existing
        user = (
            User.objects.alias(lower_email=Lower("email"))
            .filter(lower_email__in=variants(email))
            .first()
        )
        if user is None:
            # The unique index ignores case.
            return Follower.objects.get_or_create(email=email.lower())[0]
    elif is_confirmed(user):
        Follower.objects.filter(email__iexact=user.email).exclude(
            Exists(Follower.objects.filter(user=user).exclude(pk=OuterRef("pk")))
        ).update(user=user, email="")
    return Follower.objects.get_or_create(user=user)[0]


def confirm(follow: Follow) -> Follow:
    """Confirms a follow; repeating it changes nothing.

    Since the e-mail has arrived, a suppressed address is not suppressed any more.

    Raises:
        AlreadyEnded
    """
    with transaction.atomic():
        current = Follow.objects.select_for_update().get(pk=follow.pk)
        if current.unfollowed_at is not None:
            raise AlreadyEnded
        if current.confirmed_at is None:
            current.confirmed_at = timezone.now()
            current.save(update_fields=["confirmed_at"])
            _confirm_email_of_comment(current)
        unsuppress(current.follower)
    return current


def _confirm_email_of_comment(follow: Follow) -> None:
    """Confirms the e-mail address of the comment too, since it received the e-mail."""
    email = follow.follower.email
    if follow.comment_id and email:
        comments = Comment.objects.filter(pk=follow.comment_id, user=None, email__iexact=email)
        comments.filter(email_confirmed_at=None).update(email_confirmed_at=timezone.now())


def follow_replies(comment: Comment, frequency: Follow.Frequency) -> Follow | None:
    """Follows the replies to a comment for its commenter; None if it was rejected or is spam.

    If the comment has to be confirmed by e-mail, that confirms the follow too (`confirm_with`). The e-mail
    that says that it is pending asks to confirm the follow.
    """
    if comment.state in {Comment.State.SPAM, Comment.State.REJECTED}:
        return None
    ask = comment.state == Comment.State.APPROVED or akismet.is_pending(comment)
    return follow(
        Kind.REPLIES, frequency, user=comment.user, email=comment.email, comment=comment, ask=ask
    )


def confirm_with(comment: Comment) -> int:
    """Confirms the follows that were requested with a comment; returns how many."""
    return requested_with(comment).update(confirmed_at=timezone.now())


def is_requested_with(comment: Comment) -> bool:
    """Whether the commenter requested to follow replies with the comment."""
    return requested_with(comment).exists()


def requested_with(comment: Comment) -> FollowQuerySet:
    requested = Follow.objects.filter(comment=comment, kind=Kind.REPLIES)
    return requested.filter(confirmed_at__isnull=True, unfollowed_at__isnull=True)


def end(follow: Follow) -> None:
    """Ends a follow at once; repeating it changes nothing."""
    with transaction.atomic():
        # Locked in the same order as by `outbox.claim`, so that there is no deadlock.
        Follower.objects.select_for_update().get(pk=follow.follower_id)
        active = Follow.objects.filter(pk=follow.pk, unfollowed_at__isnull=True)
        active.update(unfollowed_at=timezone.now())
        CommentNotification.objects.pending().filter(follow=follow).delete()
    follow.refresh_from_db()


def end_all(follower: Follower, *, frequency: Follow.Frequency | None = None) -> int:
    """Ends all follows, or those with a frequency; returns how many."""
    active = follower.follows.filter(unfollowed_at__isnull=True)
    if frequency is not None:
        active = active.filter(frequency=frequency)
    follows = list(active)
    for follow in follows:
        end(follow)
    return len(follows)


def change_frequency(follow: Follow, frequency: Follow.Frequency) -> None:
    """Changes the frequency of a follow and of its pending notifications."""
    with transaction.atomic():
        Follower.objects.select_for_update().get(pk=follow.follower_id)
        Follow.objects.filter(pk=follow.pk).update(frequency=frequency)
        due = next_digest(timezone.now()) if frequency == Frequency.DAILY else timezone.now()
        CommentNotification.objects.pending().filter(follow=follow).update(due_at=due)
    follow.frequency = frequency


def suppress(address: str, *, reason: str) -> None:
    """Stops all e-mails to an address until it is confirmed again."""
    for follower in Follower.objects.with_email(address).filter(suppressed_at__isnull=True):
        follower.suppressed_at, follower.suppression_reason = (
            timezone.now(),
            reason[:300] or "Returned",
        )
        follower.save(update_fields=["suppressed_at", "suppression_reason"])
        CommentNotification.objects.pending().filter(follower=follower).delete()


def unsuppress(follower: Follower) -> None:
    """Allows e-mails to an address again, also in the other apps."""
    if not is_suppressed(follower.recipient):
        return
    for handler in hooks.email_reachable:
        handler(follower.recipient)
    Follower.objects.filter(pk=follower.pk, suppressed_at__isnull=False).update(
        suppressed_at=None, suppression_reason=""
    )


def is_suppressed(address: str) -> bool:
    """Whether any app has suppressed this address."""
    return any(check(address) for check in hooks.suppressed_emails)


def delete_old() -> int:
    """Deletes unconfirmed and old follows, and followers without follows; returns how many rows."""
    now = timezone.now()
    unconfirmed = Follow.objects.filter(
        confirmed_at__isnull=True, created_at__lt=now - CONFIRM_WITHIN
    )
    ended = Follow.objects.filter(unfollowed_at__lt=now - RETENTION)
    deleted = unconfirmed.delete()[0] + ended.delete()[0]
    without_follows = Follower.objects.filter(created_at__lt=now - CONFIRM_WITHIN).exclude(
        Exists(Follow.objects.filter(follower=OuterRef("pk")))
    )
    return deleted + without_follows.delete()[0]


SEND_AT: Final = time(7, 0)
"""The time of day, in the time zone of the publication."""


def next_digest(now: datetime) -> datetime:
    """Returns the time of the next daily e-mails."""
    zone = current_publication().zone_info
    local = now.astimezone(zone)
    day = local.date() if local.time() < SEND_AT else local.date() + timedelta(days=1)
    return datetime.combine(day, SEND_AT, zone)


def is_digest_time(now: datetime) -> bool:
    """Whether the e-mails of today can be sent."""
    return now.astimezone(current_publication().zone_info).time() >= SEND_AT
