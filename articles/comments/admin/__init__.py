"""Comments at the desk."""

from articles.comments.admin.bans import BanAdmin, ListedReasonAdmin
from articles.comments.admin.comment import CommentAdmin
from articles.comments.admin.log import ModerationAdmin
from articles.comments.admin.screening_rules import (
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
