"""Comments at the desk."""

from articles.comments.admin.banning import BanAdmin, ListedReasonAdmin
from articles.comments.admin.comment import CommentAdmin
from articles.comments.admin.log import ModerationAdmin
from articles.comments.admin.rules import (
    LearntModelAdmin,
    ScreenedWordAdmin,
    ScreeningRuleAdmin,
)

__all__ = [
    "BanAdmin",
    "CommentAdmin",
    "LearntModelAdmin",
    "ListedReasonAdmin",
    "ModerationAdmin",
    "ScreenedWordAdmin",
    "ScreeningRuleAdmin",
]
