"""Comments, where they stand, what they said before, and what was decided about them."""

from articles.comments.models.comment import (
    NAME_MAX_LENGTH,
    TEXT_MAX_LENGTH,
    Comment,
    CommentVersion,
    CommentWords,
    Moderation,
)
from articles.comments.models.position import CommentPlace, ThreadCount

__all__ = [
    "NAME_MAX_LENGTH",
    "TEXT_MAX_LENGTH",
    "Comment",
    "CommentPlace",
    "CommentVersion",
    "CommentWords",
    "Moderation",
    "ThreadCount",
]
