"""Following, confirming, preferences and unfollowing: the same functions for pages, forms and jobs.

Nothing a stranger does here tells whether an address is known: a request writes the same rows for
every address, and what follows from who they are happens in an e-mail.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.email_addresses import is_confirmed
from accounts.models import User
from articles.comments import job_queue
from articles.comments.models import Comment
from articles.comments.notifications.daily_schedule import next_digest
from articles.comments.notifications.models import (
    CommentNotification,
    Follow,
    Follower,
    FollowQuerySet,
)
from articles.editorial.models import Article
from iria.core import hooks
from iria.core.mail import variants

CONFIRM_WITHIN: Final = timedelta(days=7)
"""As long as the link that confirms a comment: what was asked for with it is still there then."""
ASKED_ONCE_IN: Final = timedelta(minutes=5)
KEPT_AFTER_LEAVING: Final = timedelta(days=30)

Kind, Frequency = Follow.Kind, Follow.Frequency


class TooLate(Exception):
    """The follow was left since, so an old link must not bring it back."""


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
    """Has an account or an address told of something; the follow as it stands now.

    It lives at once for an account whose address is confirmed. For everybody else an e-mail has to be
    answered first (`asking`); until then nothing that stands already is changed by it.

    Args:
        ask: whether that mail is sent; not where another one asks for the same address already.
    """
    now = timezone.now()
    proven = user is not None and is_confirmed(user)
    with transaction.atomic():
        follower = follower_of(user, email)
        found, new = Follow.objects.get_or_create(
            follower=follower,
            kind=kind,
            article=article or (comment.article if comment else None),
            comment=comment,
            defaults={
                "frequency": frequency,
                "created_at": now,
                "confirmed_at": now if proven else None,
            },
        )
        if ask and not proven and _may_be_asked(found, now):
            job_queue.enqueue_follow_confirmation(found)
        if not new and (proven or not found.is_active):
            _begin_again(found, frequency, now, proven=proven)
    return found


def _may_be_asked(found: Follow, now: datetime) -> bool:
    """Once in some minutes, whatever is known of the address: an impatient finger gets one mail."""
    rested = (
        Q(confirmation_sent_at=None)
        | Q(confirmation_sent_at__lt=now - ASKED_ONCE_IN)
        | Q(confirmation_sent_at__gt=now)
    )
    return bool(Follow.objects.filter(rested, pk=found.pk).update(confirmation_sent_at=now))


def _begin_again(
    found: Follow, frequency: Follow.Frequency, now: datetime, *, proven: bool
) -> None:
    if not found.is_active:
        found.confirmed_at, found.created_at = now if proven else None, now
    found.frequency, found.unfollowed_at = frequency, None
    found.save(update_fields=["frequency", "created_at", "confirmed_at", "unfollowed_at"])


def follower_of(user: User | None, email: str) -> Follower:
    """The one row of an account or an address, made where unknown.

    An address that an account has is that account's; what somebody followed as a guest comes with
    them once the address is known to be theirs.
    """
    if user is None:
        known = Follower.objects.with_email(email).order_by("-user").first()
        if known is not None:
            return known
        user = User.objects.alias(small=Lower("email")).filter(small__in=variants(email)).first()
        if user is None:
            # As it was typed first; the index sees no difference between large and small letters.
            return Follower.objects.get_or_create(email=email.lower())[0]
    elif is_confirmed(user):
        Follower.objects.filter(email__iexact=user.email).exclude(
            Exists(Follower.objects.filter(user=user).exclude(pk=OuterRef("pk")))
        ).update(user=user, email="")
    return Follower.objects.get_or_create(user=user)[0]


def confirm(follow: Follow) -> Follow:
    """The holder of the link wants to be told. Twice changes nothing.

    An e-mail has arrived, so an address that mail once came back from is written to again.

    Raises:
        UndoExpired
    """
    with transaction.atomic():
        current = Follow.objects.select_for_update().get(pk=follow.pk)
        if current.unfollowed_at is not None:
            raise TooLate
        if current.confirmed_at is None:
            current.confirmed_at = timezone.now()
            current.save(update_fields=["confirmed_at"])
            _prove_email(current)
        unsuppress(current.follower)
    return current


def _prove_email(follow: Follow) -> None:
    """The mail went to the address that a guest gave with the comment, and was answered."""
    email = follow.follower.email
    if follow.comment_id and email:
        theirs = Comment.objects.filter(pk=follow.comment_id, user=None, email__iexact=email)
        theirs.filter(email_confirmed_at=None).update(email_confirmed_at=timezone.now())


def follow_replies(comment: Comment, frequency: Follow.Frequency) -> Follow | None:
    """Has the commenter of a comment told of the answers to it; None for what was set aside at once.

    Where an e-mail asks to confirm the comment, its answer stands for this too (`confirm_with`).
    """
    if comment.state in {Comment.State.SPAM, Comment.State.REJECTED}:
        return None
    ask = comment.state != Comment.State.UNCONFIRMED
    return follow(
        Kind.REPLIES, frequency, user=comment.user, email=comment.email, comment=comment, ask=ask
    )


def confirm_with(comment: Comment) -> int:
    """Confirms the follows that were requested with a comment; how many."""
    return _asked_with(comment).update(confirmed_at=timezone.now())


def is_asked_for(comment: Comment) -> bool:
    """Whether its commenter asked, with the comment, to be told of answers."""
    return _asked_with(comment).exists()


def _asked_with(comment: Comment) -> FollowQuerySet:
    wanted = Follow.objects.filter(comment=comment, kind=Kind.REPLIES)
    return wanted.filter(confirmed_at__isnull=True, unfollowed_at__isnull=True)


def leave(follow: Follow) -> None:
    """Nothing more comes of it, from this moment; twice changes nothing."""
    with transaction.atomic():
        # In the order in which e-mails are claimed: first the follower, then what they follow.
        Follower.objects.select_for_update().get(pk=follow.follower_id)
        current = Follow.objects.filter(pk=follow.pk, unfollowed_at__isnull=True)
        current.update(unfollowed_at=timezone.now())
        CommentNotification.objects.pending().filter(follow=follow).delete()
    follow.refresh_from_db()


def leave_all(follower: Follower, *, frequency: Follow.Frequency | None = None) -> int:
    """Leaves everything, or everything that comes at this frequency; how many."""
    wanted = follower.follows.filter(unfollowed_at__isnull=True)
    if frequency is not None:
        wanted = wanted.filter(frequency=frequency)
    left = list(wanted)
    for each in left:
        leave(each)
    return len(left)


def choose(follow: Follow, frequency: Follow.Frequency) -> None:
    """How soon somebody is told. What waits already comes at the new frequency."""
    with transaction.atomic():
        Follower.objects.select_for_update().get(pk=follow.follower_id)
        Follow.objects.filter(pk=follow.pk).update(frequency=frequency)
        due = next_digest(timezone.now()) if frequency == Frequency.DAILY else timezone.now()
        CommentNotification.objects.pending().filter(follow=follow).update(due_at=due)
    follow.frequency = frequency


def suppress(address: str, *, because: str) -> None:
    """No mail goes to this address any more, whatever it follows, until it is confirmed again."""
    for follower in Follower.objects.with_email(address).filter(suppressed_at__isnull=True):
        follower.suppressed_at, follower.suppression_reason = (
            timezone.now(),
            because[:300] or "Returned",
        )
        follower.save(update_fields=["suppressed_at", "suppression_reason"])
        CommentNotification.objects.pending().filter(follower=follower).delete()


def unsuppress(follower: Follower) -> None:
    """E-mail arrives at the address again, as its owner says; the other apps are told."""
    if not is_closed(follower.recipient):
        return
    for told in hooks.email_reachable:
        told(follower.recipient)
    Follower.objects.filter(pk=follower.pk, suppressed_at__isnull=False).update(
        suppressed_at=None, suppression_reason=""
    )


def is_closed(address: str) -> bool:
    """Whether anybody here knows that mail to this address comes back."""
    return any(closed(address) for closed in hooks.suppressed_emails)


def erase() -> int:
    """Deletes unconfirmed and old follows, and followers without follows; how many rows."""
    now = timezone.now()
    unconfirmed = Follow.objects.filter(
        confirmed_at__isnull=True, created_at__lt=now - CONFIRM_WITHIN
    )
    left = Follow.objects.filter(unfollowed_at__lt=now - KEPT_AFTER_LEAVING)
    gone = unconfirmed.delete()[0] + left.delete()[0]
    idle = Follower.objects.filter(created_at__lt=now - CONFIRM_WITHIN).exclude(
        Exists(Follow.objects.filter(follower=OuterRef("pk")))
    )
    return gone + idle.delete()[0]
