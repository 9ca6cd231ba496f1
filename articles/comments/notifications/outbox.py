"""The notices that wait, claimed one mail at a time.

The table is the queue. A claim is committed before the mail is handed over, so two workers never
write the same mail, and a killed one leaves a mail uncertain rather than twice in somebody's box.
What was taken off the page meanwhile is dropped at the claim, the last moment before the mail.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from articles.comments.models import Comment
from articles.comments.notifications.models import Follow, Follower, Notice, NoticeQuerySet

PAUSE: Final = timedelta(minutes=15)
"""Between two mails about one article to one person."""
GIVEN_UP_AFTER: Final = timedelta(minutes=10)
"""A mail that was claimed so long ago was in the hands of a process that is gone."""
TRY_AGAIN_AFTER: Final = timedelta(minutes=10)
TRIED_FOR: Final = timedelta(days=2)
KEPT_FOR: Final = timedelta(days=90)

State, Pace = Notice.State, Follow.Pace


@dataclass(frozen=True, slots=True)
class Batch:
    """The notices of one mail, oldest comment first within each article."""

    follower: Follower
    notices: list[Notice]
    daily: bool


def followers_with_mail(now: datetime) -> list[int]:
    """Whom there may be something to tell now, who waits longest first."""
    due = Notice.objects.due(now).order_by("due_at", "pk")
    return list(dict.fromkeys(due.values_list("follower_id", flat=True)[:1000]))


def claim(follower_id: int, now: datetime) -> Batch | None:
    """The next mail to a follower; None where nothing can be told now, or another worker is at it."""
    with transaction.atomic():
        follower = (
            Follower.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("user")
            .filter(pk=follower_id)
            .first()
        )
        if follower is None:
            return None
        waiting = _still_to_tell(follower, now)
        due = [notice for notice in waiting if notice.due_at <= now]
        batch = _next_mail(follower, due, waiting, _told_lately(follower, now))
        if batch is not None:
            chosen = [notice.pk for notice in batch.notices]
            Notice.objects.filter(pk__in=chosen).update(state=State.SENDING, settled_at=now)
        return batch


def _still_to_tell(follower: Follower, now: datetime) -> list[Notice]:
    """What waits; notices of comments that readers cannot see, or of what was left, are dropped."""
    waiting = list(Notice.objects.waiting().filter(follower=follower).for_mail())
    visible = set(
        Comment.objects.published()
        .filter(pk__in=[notice.comment_id for notice in waiting])
        .values_list("pk", flat=True)
    )
    wanted = follower.stopped_at is None and (follower.user is None or follower.user.is_active)
    told = [
        notice
        for notice in waiting
        if wanted and notice.follow.is_active and notice.comment_id in visible
    ]
    kept = {notice.pk for notice in told}
    dropped = [notice.pk for notice in waiting if notice.pk not in kept]
    Notice.objects.filter(pk__in=dropped).update(state=State.DROPPED, settled_at=now)
    return told


def _told_lately(follower: Follower, now: datetime) -> set[int]:
    """Articles about which a mail went out, or may have gone out, in the last quarter of an hour.

    Where the clock was set back, such a mail can lie a little ahead; what lies further ahead than
    the pause was written by a clock that was wrong, and holds up nothing.
    """
    lately = Notice.objects.filter(
        follower=follower,
        state__in=[State.SENDING, State.SENT, State.UNCERTAIN],
        settled_at__range=(now - PAUSE, now + PAUSE),
    ).exclude(settled_at=now - PAUSE)
    return set(lately.values_list("comment__article_id", flat=True))


def _next_mail(
    follower: Follower, due: list[Notice], waiting: list[Notice], lately: set[int]
) -> Batch | None:
    """The mail of the day once all its articles have rested; else that of one article.

    Whatever waits about that article goes with it, so that the mail of the day does not say it again.
    """
    daily = [notice for notice in due if notice.follow.pace == Pace.DAILY]
    if daily and not {notice.comment.article_id for notice in daily} & lately:
        return Batch(follower, daily, daily=True)
    for notice in due:
        article = notice.comment.article_id
        if notice.follow.pace == Pace.AT_ONCE and article not in lately:
            about = [each for each in waiting if each.comment.article_id == article]
            return Batch(follower, about, daily=False)
    return None


def record_result(batch: Batch, state: Notice.State, now: datetime) -> None:
    """What became of a mail."""
    _of(batch).update(state=state, settled_at=now)


def put_back(batch: Batch, now: datetime) -> None:
    """The mail server does not take it now, and surely has not got it."""
    _of(batch).filter(made_at__lt=now - TRIED_FOR).update(state=State.DROPPED, settled_at=now)
    _of(batch).filter(state=State.SENDING).update(
        state=State.WAITING, settled_at=None, due_at=now + TRY_AGAIN_AFTER
    )


def _of(batch: Batch) -> NoticeQuerySet:
    return Notice.objects.filter(pk__in=[notice.pk for notice in batch.notices])


def look_after(now: datetime) -> int:
    """Mails that a killed process had in its hands; how many notices."""
    lost = Notice.objects.filter(state=State.SENDING).filter(
        Q(settled_at__lt=now - GIVEN_UP_AFTER) | Q(settled_at__gt=now + GIVEN_UP_AFTER)
    )
    return lost.update(state=State.UNCERTAIN)


def forget(now: datetime) -> int:
    """Notices so old that their comments are no news any more."""
    return Notice.objects.filter(made_at__lt=now - KEPT_FOR).delete()[0]
