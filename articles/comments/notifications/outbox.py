"""Pending notifications, claimed one e-mail at a time.

The table is the queue. A claim is committed before the mail is handed over, so two workers never
write the same mail, and a killed one leaves an e-mail uncertain rather than twice in somebody's box.
What was taken off the page meanwhile is dropped at the claim, the last moment before the mail.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from articles.comments.models import Comment
from articles.comments.notifications.models import (
    CommentNotification,
    CommentNotificationQuerySet,
    Follow,
    Follower,
)
from articles.comments.notifications.smtp import Outcome

PAUSE: Final = timedelta(minutes=15)
"""Between two e-mails about one article to one person."""
GIVEN_UP_AFTER: Final = timedelta(minutes=10)
"""An e-mail that was claimed so long ago was in the hands of a process that is gone."""
TRY_AGAIN_AFTER: Final = timedelta(minutes=10)
TRIED_FOR: Final = timedelta(days=2)
KEPT_FOR: Final = timedelta(days=90)

State, Frequency = CommentNotification.State, Follow.Frequency

STATES: Final = {
    Outcome.SENT: State.SENT,
    Outcome.UNCERTAIN: State.UNCERTAIN,
    Outcome.REFUSED: State.DROPPED,
}


@dataclass(frozen=True, slots=True)
class Batch:
    """The notifications of one mail, oldest comment first within each article."""

    follower: Follower
    notices: list[CommentNotification]
    daily: bool


def followers_with_mail(now: datetime) -> list[int]:
    """Followers with notifications that may be due, the longest waiting first."""
    due = CommentNotification.objects.due(now).order_by("due_at", "pk")
    return list(dict.fromkeys(due.values_list("follower_id", flat=True)[:1000]))


def claim(follower_id: int, now: datetime) -> Batch | None:
    """The next e-mail to a follower; None if none is due, or another worker has it."""
    with transaction.atomic():
        follower = (
            Follower.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("user")
            .filter(pk=follower_id)
            .first()
        )
        if follower is None:
            return None
        waiting = _unsent(follower, now)
        due = [notice for notice in waiting if notice.due_at <= now]
        batch = _next_mail(follower, due, waiting, _sent_recently(follower, now))
        if batch is not None:
            chosen = [notice.pk for notice in batch.notices]
            CommentNotification.objects.filter(pk__in=chosen).update(
                state=State.SENDING, state_changed_at=now
            )
        return batch


def _unsent(follower: Follower, now: datetime) -> list[CommentNotification]:
    """What waits; notifications of comments that readers cannot see, or of what was left, are dropped."""
    waiting = list(CommentNotification.objects.pending().filter(follower=follower).with_details())
    visible = set(
        Comment.objects.published()
        .filter(pk__in=[notice.comment_id for notice in waiting])
        .values_list("pk", flat=True)
    )
    wanted = follower.suppressed_at is None and (follower.user is None or follower.user.is_active)
    told = [
        notice
        for notice in waiting
        if wanted and notice.follow.is_active and notice.comment_id in visible
    ]
    kept = {notice.pk for notice in told}
    dropped = [notice.pk for notice in waiting if notice.pk not in kept]
    CommentNotification.objects.filter(pk__in=dropped).update(
        state=State.DROPPED, state_changed_at=now
    )
    return told


def _sent_recently(follower: Follower, now: datetime) -> set[int]:
    """Articles about which an e-mail was sent, or may have been, in the last 15 minutes.

    Where the clock was set back, such an e-mail can lie a little ahead; what lies further ahead than
    the pause was written by a clock that was wrong, and holds up nothing.
    """
    lately = CommentNotification.objects.filter(
        follower=follower,
        state__in=[State.SENDING, State.SENT, State.UNCERTAIN],
        state_changed_at__range=(now - PAUSE, now + PAUSE),
    ).exclude(state_changed_at=now - PAUSE)
    return set(lately.values_list("comment__article_id", flat=True))


def _next_mail(
    follower: Follower,
    due: list[CommentNotification],
    waiting: list[CommentNotification],
    lately: set[int],
) -> Batch | None:
    """The mail of the day once all its articles have rested; else that of one article.

    Whatever waits about that article goes with it, so that the mail of the day does not say it again.
    """
    daily = [notice for notice in due if notice.follow.frequency == Frequency.DAILY]
    if daily and not {notice.comment.article_id for notice in daily} & lately:
        return Batch(follower, daily, daily=True)
    for notice in due:
        article = notice.comment.article_id
        if notice.follow.frequency == Frequency.IMMEDIATELY and article not in lately:
            about = [each for each in waiting if each.comment.article_id == article]
            return Batch(follower, about, daily=False)
    return None


def record(batch: Batch, outcome: Outcome, now: datetime) -> None:
    """What became of the e-mail; one that the server deferred is tried again for two days."""
    if outcome is not Outcome.DEFERRED:
        _of(batch).update(state=STATES[outcome], state_changed_at=now)
        return
    _of(batch).filter(created_at__lt=now - TRIED_FOR).update(
        state=State.DROPPED, state_changed_at=now
    )
    _of(batch).filter(state=State.SENDING).update(
        state=State.PENDING, state_changed_at=None, due_at=now + TRY_AGAIN_AFTER
    )


def _of(batch: Batch) -> CommentNotificationQuerySet:
    return CommentNotification.objects.filter(pk__in=[notice.pk for notice in batch.notices])


def look_after(now: datetime) -> int:
    """Marks the notifications of a killed process as unknown; how many."""
    lost = CommentNotification.objects.filter(state=State.SENDING).filter(
        Q(state_changed_at__lt=now - GIVEN_UP_AFTER) | Q(state_changed_at__gt=now + GIVEN_UP_AFTER)
    )
    return lost.update(state=State.UNCERTAIN)


def erase(now: datetime) -> int:
    """Deletes old notifications; how many."""
    return CommentNotification.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]
