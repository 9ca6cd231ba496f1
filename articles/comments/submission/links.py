"""Signed links to one's own comment: to its page, and to confirm its e-mail address."""

from datetime import timedelta
from typing import Final

from articles.comments.models import Comment
from iria.core import security

LINK_VALID_FOR: Final = timedelta(days=5 * 365)
STATUS_LINK: Final = "your comment"
CONFIRMATION_LINK: Final = "confirm a comment"
CONFIRMATION_VALID_FOR: Final = timedelta(days=7)


def link_to(comment: Comment) -> str:
    """Returns the signed part of the URL of *Your comment*."""
    return security.make_token(comment.pk, purpose=STATUS_LINK)


def comment_behind(token: str) -> Comment | None:
    """Returns the comment of a signed link, or None if the link is invalid or expired."""
    return _comment_of(token, purpose=STATUS_LINK, valid_for=LINK_VALID_FOR)


def link_to_confirm(comment: Comment) -> str:
    """Returns the signed part of the URL that only the e-mail contains."""
    return security.make_token(comment.pk, purpose=CONFIRMATION_LINK)


def comment_to_confirm(token: str) -> Comment | None:
    """Returns the comment that an e-mailed link confirms, or None if it is invalid or expired."""
    return _comment_of(token, purpose=CONFIRMATION_LINK, valid_for=CONFIRMATION_VALID_FOR)


def _comment_of(token: str, *, purpose: str, valid_for: timedelta) -> Comment | None:
    try:
        pk = security.read_token(token, purpose=purpose, valid_for=valid_for)
    except (security.ExpiredToken, security.BrokenToken):
        return None
    return Comment.objects.select_related("article", "user").filter(pk=pk).first()
