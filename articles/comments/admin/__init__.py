"""Comments at the desk."""

from articles.comments.admin.comment import CommentAdmin
from articles.comments.admin.log import ModerationAdmin

__all__ = ["CommentAdmin", "ModerationAdmin"]
