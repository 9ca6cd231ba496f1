"""Creates the notifications of a published comment."""

from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.db.models.signals import post_save
from django.utils import timezone

from articles.comments import job_queue
from articles.comments.models import Comment, ModerationDecision
from articles.comments.notifications.follows import next_digest

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
), told AS (
    SELECT DISTINCT ON (follower.id) follower.id AS follower_id, follow.id AS follow_id, follow.frequency
    FROM articles_follow AS follow
    JOIN articles_follower AS follower ON follower.id = follow.follower_id
    LEFT JOIN accounts_user AS account ON account.id = follower.user_id
    WHERE (follow.article_id = %(article)s OR follow.article_id IS NULL)
    AND follow.confirmed_at IS NOT NULL AND follow.unfollowed_at IS NULL
    AND NOT EXISTS (SELECT FROM approvals WHERE created_at < follow.confirmed_at
        AND id < (SELECT max(id) FROM approvals))
    AND follower.suppressed_at IS NULL AND coalesce(account.is_active, true)
    AND (account.id IS NULL OR account.id IS DISTINCT FROM %(writer)s::bigint)
    AND lower(coalesce(account.email, follower.email)) <> lower(%(address)s)
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
FROM told
ON CONFLICT (follower_id, comment_id) DO UPDATE
    SET state = 'waiting', state_changed_at = NULL, due_at = excluded.due_at, follow_id = excluded.follow_id
    WHERE articles_commentnotification.state = 'dropped'
"""
"""One statement for any number of followers. A follower with two matching follows is notified once, at
the faster frequency. Commenters are not notified of their own comments, nor followers of a comment that
was first published before they followed. A dropped notification is sent if the comment is published again."""


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
        "writer": comment.user_id,
        "address": comment.user.email if comment.user else comment.email,
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
        job_queue.enqueue_notifications(instance.comment)
