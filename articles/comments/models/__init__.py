"""Comments, where they stand, what they said before, and what was decided about them."""

from articles.comments.models.comment import (
    NAME_MAX_LENGTH,
    TEXT_MAX_LENGTH,
    Comment,
    CommentWords,
    Moderation,
)
from articles.comments.models.place import CommentPlace, ThreadCount
from articles.comments.models.version import CommentVersion

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
