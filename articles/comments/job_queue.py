"""Queues jobs about comments, by the names under which `tasks` registers them.

A job is queued in the transaction that makes it necessary, so that both are saved or neither.
"""

from datetime import timedelta
from typing import Final

from procrastinate.contrib.django import app

from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation.models import UNDO_ACCEPTED_FOR, Flag
from articles.comments.notifications.models import Follow

RECEIVED: Final = "comments.received"
CONFIRM: Final = "comments.confirm"
DECIDED: Final = "comments.decided"
FLAG_DECIDED: Final = "comments.flag_decided"
CREATE_NOTIFICATIONS: Final = "comments.spread"
CONFIRM_FOLLOW: Final = "comments.ask"
ASK_AKISMET: Final = "comments.akismet"
CORRECT_AKISMET: Final = "comments.akismet_told"

FINAL_AFTER: Final = UNDO_ACCEPTED_FOR + timedelta(seconds=1)
"""Nothing about a decision is sent while it can be undone."""


def _enqueue(name: str, *, after: timedelta = timedelta(0), **ids: int) -> None:
    schedule = {"seconds": int(after.total_seconds())} if after else None
    app.configure_task(name, schedule_in=schedule).defer(**ids)


def enqueue_confirmation(comment: Comment) -> None:
    """The e-mail that asks a guest to confirm the address."""
    _enqueue(CONFIRM, comment_id=comment.pk)


def enqueue_received(comment: Comment) -> None:
    """The e-mail that says that a comment is pending."""
    _enqueue(RECEIVED, comment_id=comment.pk)


def enqueue_decided(row: ModerationDecision) -> None:
    """The e-mail to the commenter about a moderator's decision."""
    _enqueue(DECIDED, after=FINAL_AFTER, moderation_id=row.pk)


def enqueue_flag_decided(flag: Flag) -> None:
    """The e-mail to a reader who reported a comment and gave an e-mail address."""
    if flag.email or flag.user_id:
        _enqueue(FLAG_DECIDED, after=FINAL_AFTER, flag_id=flag.pk)


def enqueue_notifications(comment: Comment) -> None:
    """The notifications to followers about a published comment."""
    _enqueue(CREATE_NOTIFICATIONS, comment_id=comment.pk)


def enqueue_follow_confirmation(follow: Follow) -> None:
    """The e-mail that asks whether somebody wants to follow."""
    _enqueue(CONFIRM_FOLLOW, follow_id=follow.pk)


def enqueue_akismet(comment: Comment) -> None:
    _enqueue(ASK_AKISMET, comment_id=comment.pk)


def enqueue_akismet_correction(row: ModerationDecision) -> None:
    """Reports a moderator's decision that contradicts Akismet."""
    _enqueue(CORRECT_AKISMET, after=FINAL_AFTER, moderation_id=row.pk)
