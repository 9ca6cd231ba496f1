"""Comments, their positions and revisions, and moderation decisions."""

from articles.comments.models.comment import (
    NAME_MAX_LENGTH,
    TEXT_MAX_LENGTH,
    Comment,
    CommentRevision,
    CommentSearchVector,
    ModerationDecision,
)
from articles.comments.models.position import CommentPosition, ThreadCount

__all__ = [
    "NAME_MAX_LENGTH",
    "TEXT_MAX_LENGTH",
    "Comment",
    "CommentPosition",
    "CommentRevision",
    "CommentSearchVector",
    "ModerationDecision",
    "ThreadCount",
]
