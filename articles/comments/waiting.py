"""What waits for a moderator, on the first page of the desk."""

from typing import Any

from django.urls import reverse

from articles.comments.models import Comment
from iria.kit.registry import Waiting


def held_for(user: Any) -> list[Waiting]:
    """How many comments wait, for whoever may decide about them."""
    if not user.has_perm("articles.change_comment"):
        return []
    count = Comment.objects.held().count()
    if not count:
        return []
    words = "One comment waits" if count == 1 else f"{count} comments wait"
    return [Waiting(f"{words} for a decision", count, reverse("admin:articles_comment_changelist"))]
