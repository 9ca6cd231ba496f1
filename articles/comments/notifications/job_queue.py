"""Hands work to the worker, by the names under which `following.tasks` offers it.

A job is put into the queue within the transaction that makes it true: PostgreSQL keeps both or
neither.
"""

from procrastinate.contrib.django import app

from articles.comments.models import Comment
from articles.comments.notifications.models import Follow

SPREAD = "comments.spread"
ASK = "comments.ask"


def tell_followers(comment: Comment) -> None:
    """Has the worker note down whom to tell of a comment that came onto the page."""
    app.configure_task(SPREAD).defer(comment_id=comment.pk)


def ask_to_confirm(follow: Follow) -> None:
    """Has the worker write to an address that somebody entered."""
    app.configure_task(ASK).defer(follow_id=follow.pk)
