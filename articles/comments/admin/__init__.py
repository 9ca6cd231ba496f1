"""The admin of comments."""

from articles.comments.admin.bans import BanAdmin, RejectionReasonAdmin
from articles.comments.admin.comment import CommentAdmin
from articles.comments.admin.log import ModerationAdmin
from articles.comments.admin.screening_rules import (
    ScreenedWordAdmin,
    ScreeningRuleAdmin,
    SpamModelVersionAdmin,
)

__all__ = [
    "BanAdmin",
    "CommentAdmin",
    "ModerationAdmin",
    "RejectionReasonAdmin",
    "ScreenedWordAdmin",
    "ScreeningRuleAdmin",
    "SpamModelVersionAdmin",
]
