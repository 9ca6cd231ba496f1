"""Following, confirming, choosing and leaving: the same verbs for pages, forms and jobs.

Nothing a stranger does here tells whether an address is known: a request writes the same rows for
every address, and what follows from who they are happens in a mail.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.notifications import job_queue
from articles.comments.notifications.daily_schedule import next_digest
from articles.comments.notifications.models import Follow, Follower, FollowQuerySet, Notice
from articles.editorial.models import Article
from iria.core import hooks
from iria.core.mail import spellings

CONFIRM_WITHIN: Final = timedelta(days=7)
"""As long as the link that confirms a comment: what was asked for with it is still there then."""
ASKED_ONCE_IN: Final = timedelta(minutes=5)
KEPT_AFTER_LEAVING: Final = timedelta(days=30)

Kind, Pace = Follow.Kind, Follow.Pace


class TooLate(Exception):
    """The follow was left since, so an old link must not bring it back."""


def follow(
    kind: Follow.Kind,
    pace: Follow.Pace,
    *,
    user: User | None = None,
    email: str = "",
    article: Article | None = None,
    comment: Comment | None = None,
    ask: bool = True,
) -> Follow:
    """Has an account or an address told of something; the follow as it stands now.

    It lives at once for an account whose address is confirmed. For everybody else a mail has to be
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
            defaults={"pace": pace, "made_at": now, "confirmed_at": now if proven else None},
        )
        if ask and not proven and _may_be_asked(found, now):
            job_queue.ask_to_confirm(found)
        if not new and (proven or not found.is_active):
            _begin_again(found, pace, now, proven=proven)
    return found


def _may_be_asked(found: Follow, now: datetime) -> bool:
    """Once in some minutes, whatever is known of the address: an impatient finger gets one mail."""
    rested = Q(asked_at=None) | Q(asked_at__lt=now - ASKED_ONCE_IN) | Q(asked_at__gt=now)
    return bool(Follow.objects.filter(rested, pk=found.pk).update(asked_at=now))


def _begin_again(found: Follow, pace: Follow.Pace, now: datetime, *, proven: bool) -> None:
    if not found.is_active:
        found.confirmed_at, found.made_at = now if proven else None, now
    found.pace, found.left_at = pace, None
    found.save(update_fields=["pace", "made_at", "confirmed_at", "left_at"])


def follower_of(user: User | None, email: str) -> Follower:
    """The one row of an account or an address, made where unknown.

    An address that an account has is that account's; what somebody followed as a guest comes with
    them once the address is known to be theirs.
    """
    if user is None:
        known = Follower.objects.with_address(email).order_by("-user").first()
        if known is not None:
            return known
        user = User.objects.alias(small=Lower("email")).filter(small__in=spellings(email)).first()
        if user is None:
            # As it was typed first; the index sees no difference between large and small letters.
            return Follower.objects.get_or_create(email=email.lower())[0]
    elif is_confirmed(user):
        Follower.objects.filter(email__iexact=user.email).exclude(
            Exists(Follower.objects.filter(user=user).exclude(pk=OuterRef("pk")))
        ).update(user=user, email="")
    return Follower.objects.get_or_create(user=user)[0]


def is_confirmed(user: User) -> bool:
    """Whether the account's address is known to be theirs."""
    return any(confirmed(user) for confirmed in hooks.email_is_confirmed)


def confirm(follow: Follow) -> Follow:
    """The holder of the link wants to be told. Twice changes nothing.

    A mail has arrived, so an address that mail once came back from is written to again.

    Raises:
        TooLate
    """
    with transaction.atomic():
        current = Follow.objects.select_for_update().get(pk=follow.pk)
        if current.left_at is not None:
            raise TooLate
        if current.confirmed_at is None:
            current.confirmed_at = timezone.now()
            current.save(update_fields=["confirmed_at"])
            _prove_address(current)
        unsuppress(current.follower)
    return current


def _prove_address(follow: Follow) -> None:
    """The mail went to the address that a guest gave with the comment, and was answered."""
    email = follow.follower.email
    if follow.comment_id and email:
        theirs = Comment.objects.filter(pk=follow.comment_id, user=None, email__iexact=email)
        theirs.filter(address_confirmed_at=None).update(address_confirmed_at=timezone.now())


def follow_replies(comment: Comment, pace: Follow.Pace) -> Follow | None:
    """Has the writer of a comment told of the answers to it; None for what was set aside at once.

    Where a mail asks to confirm the comment, its answer stands for this too (`confirm_with`).
    """
    if comment.state in {Comment.State.SPAM, Comment.State.REJECTED}:
        return None
    ask = comment.state != Comment.State.UNCONFIRMED
    return follow(
        Kind.REPLIES, pace, user=comment.user, email=comment.email, comment=comment, ask=ask
    )


def confirm_with(comment: Comment) -> int:
    """Whoever confirmed the address of a comment has confirmed what was asked for with it; how many."""
    return _asked_with(comment).update(confirmed_at=timezone.now())


def is_asked_for(comment: Comment) -> bool:
    """Whether its writer asked, with the comment, to be told of answers."""
    return _asked_with(comment).exists()


def _asked_with(comment: Comment) -> FollowQuerySet:
    wanted = Follow.objects.filter(comment=comment, kind=Kind.REPLIES)
    return wanted.filter(confirmed_at__isnull=True, left_at__isnull=True)


def leave(follow: Follow) -> None:
    """Nothing more comes of it, from this moment; twice changes nothing."""
    with transaction.atomic():
        # In the order in which mails are claimed: first the follower, then what they follow.
        Follower.objects.select_for_update().get(pk=follow.follower_id)
        current = Follow.objects.filter(pk=follow.pk, left_at__isnull=True)
        current.update(left_at=timezone.now())
        Notice.objects.waiting().filter(follow=follow).delete()
    follow.refresh_from_db()


def leave_all(follower: Follower, *, pace: Follow.Pace | None = None) -> int:
    """Leaves everything, or everything that comes at this pace; how many."""
    wanted = follower.follows.filter(left_at__isnull=True)
    if pace is not None:
        wanted = wanted.filter(pace=pace)
    left = list(wanted)
    for each in left:
        leave(each)
    return len(left)


def choose(follow: Follow, pace: Follow.Pace) -> None:
    """How soon somebody is told. What waits already comes at the new pace."""
    with transaction.atomic():
        Follower.objects.select_for_update().get(pk=follow.follower_id)
        Follow.objects.filter(pk=follow.pk).update(pace=pace)
        due = next_digest(timezone.now()) if pace == Pace.DAILY else timezone.now()
        Notice.objects.waiting().filter(follow=follow).update(due_at=due)
    follow.pace = pace


def suppress(address: str, *, because: str) -> None:
    """No mail goes to this address any more, whatever it follows, until it is confirmed again."""
    for follower in Follower.objects.with_address(address).filter(stopped_at__isnull=True):
        follower.stopped_at, follower.stopped_because = timezone.now(), because[:300] or "Returned"
        follower.save(update_fields=["stopped_at", "stopped_because"])
        Notice.objects.waiting().filter(follower=follower).delete()


def unsuppress(follower: Follower) -> None:
    """Mail arrives at the address again, as its owner says; whoever else barred it is told."""
    if not is_closed(follower.address):
        return
    for told in hooks.email_reachable:
        told(follower.address)
    Follower.objects.filter(pk=follower.pk, stopped_at__isnull=False).update(
        stopped_at=None, stopped_because=""
    )


def is_closed(address: str) -> bool:
    """Whether anybody here knows that mail to this address comes back."""
    return any(closed(address) for closed in hooks.suppressed_emails)


def forget() -> int:
    """What nobody confirmed, what was left long ago, and whoever follows nothing then; how many rows."""
    now = timezone.now()
    unconfirmed = Follow.objects.filter(confirmed_at__isnull=True, made_at__lt=now - CONFIRM_WITHIN)
    left = Follow.objects.filter(left_at__lt=now - KEPT_AFTER_LEAVING)
    gone = unconfirmed.delete()[0] + left.delete()[0]
    idle = Follower.objects.filter(made_at__lt=now - CONFIRM_WITHIN).exclude(
        Exists(Follow.objects.filter(follower=OuterRef("pk")))
    )
    return gone + idle.delete()[0]
