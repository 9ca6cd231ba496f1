"""Notifications of published comments: created, claimed one e-mail at a time, and sent.

The table is the queue. A claim is committed before the e-mail is sent, so two workers never send the
same e-mail, and if a worker is killed, the e-mail is uncertain rather than sent twice. Notifications of
comments that are not visible any more are dropped at the claim, just before the e-mail is sent. The log
never contains an e-mail address.
"""

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any, Final

from django.core.mail import EmailMessage, mailers
from django.db import connection, transaction
from django.db.models import Min, Q
from django.db.models.signals import post_save
from django.utils import timezone

from articles.comments.models import Comment, ModerationDecision
from articles.comments.notifications import follows
from articles.comments.notifications.follows import next_digest
from articles.comments.notifications.models import (
    CommentNotification,
    CommentNotificationQuerySet,
    Follow,
    Follower,
)
from iria.core import hooks
from iria.core.jobs import enqueue, job

MAILBOX_FULL: Final = 552
NO_MAILBOX: Final = re.compile(r"55[013] (?!\d\.)|5\d\d (?:5\.1\.\d|5\.2\.1)\b")
"""There is no such mailbox, or it is disabled (RFC 3463). Other rejections may be temporary."""

log = logging.getLogger(__name__)


class NotSent(Exception):
    """The mail server could not be reached or deferred the e-mail."""


class Outcome(Enum):
    SENT = auto()
    REFUSED = auto()
    """The address does not exist or is suppressed."""
    DEFERRED = auto()
    """The e-mail was not sent and can be retried."""
    UNCERTAIN = auto()
    """The mail server may have accepted the e-mail."""


def send_email(message: EmailMessage, *, about: str) -> Outcome:
    """Sends an e-mail, unless its address is suppressed.

    Args:
        about: what the e-mail is about, for the log.
    """
    (address,) = message.to
    if follows.is_suppressed(address):
        return Outcome.REFUSED
    backend = mailers["default"]
    try:
        backend.open()
    except (SMTPException, OSError) as error:
        log.warning("mail about %s: no mail server (%s)", about, type(error).__name__)
        return Outcome.DEFERRED
    try:
        return _send(message, backend, about)
    finally:
        _close_connection(backend)


def suppress_everywhere(address: str, reason: str) -> None:
    """Suppresses an address, here and in the other apps that send e-mail."""
    follows.suppress(address, reason=reason)
    for handler in hooks.email_bounced:
        handler(address, reason)


def _send(message: EmailMessage, backend: object, about: str) -> Outcome:
    try:
        backend.send_messages([message])  # type: ignore[attr-defined]
    except SMTPRecipientsRefused as refusal:
        (code, response), *_ = refusal.recipients.values()
        if code < 500 or code == MAILBOX_FULL:
            return Outcome.DEFERRED
        log.warning("the e-mail about %s was rejected for its recipient", about)
        text = f"{code} {response.decode('utf-8', 'replace')}"
        if NO_MAILBOX.match(text):
            suppress_everywhere(message.to[0], text)
        return Outcome.REFUSED
    except ValueError:
        # An address that cannot be sent to, such as one with accents before the @.
        log.warning("the e-mail about %s has an invalid address", about)
        return Outcome.REFUSED
    except SMTPResponseException as error:
        log.warning("the e-mail about %s was rejected: %s", about, error.smtp_code)
        return Outcome.DEFERRED
    except (SMTPException, OSError) as error:
        log.warning("sending the e-mail about %s failed: %s", about, type(error).__name__)
        return Outcome.UNCERTAIN
    return Outcome.SENT


def _close_connection(backend: object) -> None:
    try:
        backend.close()  # type: ignore[attr-defined]
    except (SMTPException, OSError):
        return


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


def followers_with_due_mail(now: datetime) -> list[int]:
    """Returns the ids of followers with due notifications, the oldest first."""
    due = CommentNotification.objects.due(now).values("follower_id").annotate(first=Min("due_at"))
    return list(due.order_by("first", "follower_id").values_list("follower_id", flat=True))


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


def delete_old(now: datetime) -> int:
    """Deletes old notifications; returns how many."""
    return CommentNotification.objects.filter(created_at__lt=now - RETENTION).delete()[0]


DELAY: Final = timedelta(seconds=15)
"""A moderator can undo a decision for ten seconds; no e-mail is sent before that."""
MAX_AGE: Final = timedelta(days=60)
"""For older comments the rows that prevent a second notification may be deleted."""

INSERT_NOTIFICATIONS: Final = """
WITH RECURSIVE approvals AS (
    SELECT id, created_at FROM articles_moderationdecision
    WHERE comment_id = %(comment)s AND decision = 'approved'
), above (id) AS (
    SELECT parent_id FROM articles_comment WHERE id = %(comment)s
    UNION
    SELECT parent.parent_id FROM articles_comment AS parent JOIN above ON parent.id = above.id
), recipients AS (
    SELECT DISTINCT ON (follower.id) follower.id AS follower_id, follow.id AS follow_id, follow.frequency
    FROM articles_follow AS follow
    JOIN articles_follower AS follower ON follower.id = follow.follower_id
    LEFT JOIN accounts_user AS account ON account.id = follower.user_id
    WHERE (follow.article_id = %(article)s OR follow.article_id IS NULL)
    AND follow.confirmed_at IS NOT NULL AND follow.unfollowed_at IS NULL
    AND NOT EXISTS (SELECT FROM approvals WHERE created_at < follow.confirmed_at
        AND id < (SELECT max(id) FROM approvals))
    AND follower.suppressed_at IS NULL AND coalesce(account.is_active, true)
    AND (account.id IS NULL OR account.id IS DISTINCT FROM %(commenter)s::bigint)
    AND lower(coalesce(account.email, follower.email)) <> lower(%(email)s)
    AND (
        (follow.kind = 'replies' AND follow.article_id = %(article)s
            AND follow.comment_id IN (SELECT id FROM above))
        OR (follow.kind = 'thread' AND follow.article_id = %(article)s)
        OR (follow.kind = 'own' AND account.id IN (
            SELECT profile.user_id FROM articles_byline AS byline
            JOIN accounts_authorprofile AS profile ON profile.id = byline.author_id
            WHERE byline.article_id = %(article)s))
    )
    ORDER BY follower.id, follow.frequency = 'daily', follow.kind <> 'replies', follow.id
)
INSERT INTO articles_commentnotification (follower_id, follow_id, comment_id, state, created_at, due_at)
SELECT follower_id, follow_id, %(comment)s, 'waiting', %(now)s,
    CASE WHEN frequency = 'daily' THEN %(digest)s ELSE %(soon)s END
FROM recipients
ON CONFLICT (follower_id, comment_id) DO UPDATE
    SET state = 'waiting', state_changed_at = NULL, due_at = excluded.due_at, follow_id = excluded.follow_id
    WHERE articles_commentnotification.state = 'dropped'
"""
"""One statement for any number of followers. A follower with two matching follows is notified once, at
the faster frequency. Commenters are not notified of their own comments, nor followers of a comment that
was first published before they followed. A dropped notification is sent if the comment is published again."""


@job("comments.spread")
def create_notifications(comment_id: int) -> int:
    """Creates the notifications of a published comment; returns how many. It can be repeated safely."""
    now = timezone.now()
    comment = (
        Comment.objects.published()
        .select_related("user")
        .filter(pk=comment_id, created_at__gt=now - MAX_AGE)
        .first()
    )
    if comment is None:
        return 0
    values = {
        "comment": comment.pk,
        "article": comment.article_id,
        "commenter": comment.user_id,
        "email": comment.user.email if comment.user else comment.email,
        "now": now,
        "digest": next_digest(now),
        "soon": now + DELAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT_NOTIFICATIONS, values)
        return int(cursor.rowcount)


def register() -> None:
    post_save.connect(
        _notify_followers, sender=ModerationDecision, dispatch_uid="comments.following"
    )


def _notify_followers(
    instance: ModerationDecision, created: bool, raw: bool = False, **signal: Any
) -> None:
    """Queues the notifications when a comment is approved, in the transaction of the decision."""
    if raw or not created or instance.decision != Comment.State.APPROVED:
        return
    if instance.comment.created_at > timezone.now() - MAX_AGE:
        enqueue("comments.spread", comment_id=instance.comment_id)
