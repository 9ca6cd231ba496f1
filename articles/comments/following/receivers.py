"""What the conversation tells those who follow it."""

from typing import Any

from django.db.models.signals import post_save
from django.utils import timezone

from articles.comments.following import queueing
from articles.comments.following.spreading import NEWS_FOR
from articles.comments.models import Comment, Moderation


def connect() -> None:
    post_save.connect(_tell_followers, sender=Moderation, dispatch_uid="comments.following")


def _tell_followers(instance: Moderation, created: bool, raw: bool = False, **signal: Any) -> None:
    """Every decision is a row; the one that puts a comment onto the page is news for its followers.

    Within the transaction of the decision, like the rest that follows from it.
    """
    if raw or not created or instance.decision != Comment.State.APPROVED:
        return
    if instance.comment.created_at > timezone.now() - NEWS_FOR:
        queueing.tell_followers(instance.comment)
