"""Decisions about comments, as moderators make them."""

from typing import Any

from articles.comments.models import Comment
from articles.comments.moderation import decisions


def approve(comment: Comment, **details: Any) -> bool:
    return bool(decisions.decide(comment, Comment.State.APPROVED, **details))


def reject(comment: Comment, **details: Any) -> bool:
    return bool(decisions.decide(comment, Comment.State.REJECTED, **details))


def spam(comment: Comment, **details: Any) -> bool:
    return bool(decisions.decide(comment, Comment.State.SPAM, **details))
