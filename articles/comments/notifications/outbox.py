"""Pending notifications, claimed one e-mail at a time.

The table is the queue. A claim is committed before the e-mail is sent, so two workers never send the
same e-mail, and if a worker is killed, the e-mail is uncertain rather than sent twice. Notifications of
comments that are not visible any more are dropped at the claim, just before the e-mail is sent.
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

MIN_INTERVAL: Final = timedelta(minutes=15)
"""Between two e-mails to a follower about the same article."""
CLAIM_TIMEOUT: Final = timedelta(minutes=10)
"""After this time the process that claimed an e-mail is assumed to be dead."""
RETRY_AFTER: Final = timedelta(minutes=10)
RETRY_PERIOD: Final = timedelta(days=2)
RETENTION: Final = timedelta(days=90)

State, Frequency = CommentNotification.State, Follow.Frequency

STATES: Final = {
    Outcome.SENT: State.SENT,
    Outcome.UNCERTAIN: State.UNCERTAIN,
    Outcome.REFUSED: State.DROPPED,
}


@dataclass(frozen=True, slots=True)
class Batch:
    """The notifications of one e-mail, by article, oldest comment first."""

    follower: Follower
    notices: list[CommentNotification]
    daily: bool


def followers_with_mail(now: datetime) -> list[int]:
    """Returns the ids of followers with due notifications, the oldest first."""
    due = CommentNotification.objects.due(now).order_by("due_at", "pk")
    return list(dict.fromkeys(due.values_list("follower_id", flat=True)[:1000]))


def claim(follower_id: int, now: datetime) -> Batch | None:
    """Claims the next e-mail to a follower; returns None if none is due or another worker has it."""
    with transaction.atomic():
        follower = (
            Follower.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("user")
            .filter(pk=follower_id)
            .first()
        )
        if follower is None:
            return None
        pending = _drop_obsolete(follower, now)
        due = [notice for notice in pending if notice.due_at <= now]
        batch = _next_batch(follower, due, pending, _sent_recently(follower, now))
        if batch is not None:
            chosen = [notice.pk for notice in batch.notices]
            CommentNotification.objects.filter(pk__in=chosen).update(
                state=State.SENDING, state_changed_at=now
            )
        return batch


def _drop_obsolete(follower: Follower, now: datetime) -> list[CommentNotification]:
    """Returns the pending notifications; drops those of hidden comments and ended follows."""
    pending = list(CommentNotification.objects.pending().filter(follower=follower).with_details())
    visible = set(
        Comment.objects.published()
        .filter(pk__in=[notice.comment_id for notice in pending])
        .values_list("pk", flat=True)
    )
    is_reachable = follower.suppressed_at is None and (
        follower.user is None or follower.user.is_active
    )
    current = [
        notice
        for notice in pending
        if is_reachable and notice.follow.is_active and notice.comment_id in visible
    ]
    current_pks = {notice.pk for notice in current}
    dropped = [notice.pk for notice in pending if notice.pk not in current_pks]
    CommentNotification.objects.filter(pk__in=dropped).update(
        state=State.DROPPED, state_changed_at=now
    )
    return current


def _sent_recently(follower: Follower, now: datetime) -> set[int]:
    """Returns the articles about which an e-mail was, or may have been, sent in the last 15 minutes.

    After the clock is set back, that time can be a little in the future. Times further ahead come
    from a wrong clock and are ignored.
    """
    recent = CommentNotification.objects.filter(
        follower=follower,
        state__in=[State.SENDING, State.SENT, State.UNCERTAIN],
        state_changed_at__range=(now - MIN_INTERVAL, now + MIN_INTERVAL),
    ).exclude(state_changed_at=now - MIN_INTERVAL)
    return set(recent.values_list("comment__article_id", flat=True))


def _next_batch(
    follower: Follower,
    due: list[CommentNotification],
    pending: list[CommentNotification],
    recent_articles: set[int],
) -> Batch | None:
    """Returns the daily e-mail if no e-mail about its articles was sent recently; else that of one article.

    The latter includes all pending notifications of the article, so that the daily one need not.
    """
    daily = [notice for notice in due if notice.follow.frequency == Frequency.DAILY]
    if daily and not {notice.comment.article_id for notice in daily} & recent_articles:
        return Batch(follower, daily, daily=True)
    for notice in due:
        article = notice.comment.article_id
        if notice.follow.frequency == Frequency.IMMEDIATELY and article not in recent_articles:
            about = [each for each in pending if each.comment.article_id == article]
            return Batch(follower, about, daily=False)
    return None


def record(batch: Batch, outcome: Outcome, now: datetime) -> None:
    """Records the outcome of an e-mail; a deferred one is retried for two days."""
    if outcome is not Outcome.DEFERRED:
        _notices(batch).update(state=STATES[outcome], state_changed_at=now)
        return
    _notices(batch).filter(created_at__lt=now - RETRY_PERIOD).update(
        state=State.DROPPED, state_changed_at=now
    )
    _notices(batch).filter(state=State.SENDING).update(
        state=State.PENDING, state_changed_at=None, due_at=now + RETRY_AFTER
    )


def _notices(batch: Batch) -> CommentNotificationQuerySet:
    return CommentNotification.objects.filter(pk__in=[notice.pk for notice in batch.notices])


def mark_uncertain(now: datetime) -> int:
    """Marks claims of killed processes as uncertain; returns how many."""
    stale = CommentNotification.objects.filter(state=State.SENDING).filter(
        Q(state_changed_at__lt=now - CLAIM_TIMEOUT) | Q(state_changed_at__gt=now + CLAIM_TIMEOUT)
    )
    return stale.update(state=State.UNCERTAIN)


def erase(now: datetime) -> int:
    """Deletes old notifications; returns how many."""
    return CommentNotification.objects.filter(created_at__lt=now - RETENTION).delete()[0]
