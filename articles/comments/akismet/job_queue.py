"""Hands work to the worker, by the names under which `akismet.tasks` offers it.

A job is put into the queue within the transaction that makes it true: PostgreSQL keeps both or
neither.
"""

from typing import Final

from procrastinate.contrib.django import app
from procrastinate.types import TimeDeltaParams

from articles.comments.models import Comment, Moderation
from articles.comments.moderation.undo import TAKEN_FOR

ASK = "comments.akismet"
TELL = "comments.akismet_told"
ONCE_FINAL: Final[TimeDeltaParams] = {"seconds": int(TAKEN_FOR.total_seconds()) + 1}


def ask_about(comment: Comment) -> None:
    app.configure_task(ASK).defer(comment_id=comment.pk)


def tell_decision(row: Moderation) -> None:
    """For when it can be undone no more."""
    app.configure_task(TELL, schedule_in=ONCE_FINAL).defer(moderation_id=row.pk)
