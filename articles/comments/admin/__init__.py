"""Comments at the desk."""

from articles.comments.admin.comment import CommentAdmin
from articles.comments.admin.log import ModerationAdmin
from articles.comments.admin.rules import (
    LearntModelAdmin,
    ScreenedWordAdmin,
    ScreeningRuleAdmin,
)

__all__ = [
    "CommentAdmin",
    "LearntModelAdmin",
    "ModerationAdmin",
    "ScreenedWordAdmin",
    "ScreeningRuleAdmin",
]
