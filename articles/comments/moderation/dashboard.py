"""What waits for a moderator, on the first page of the desk."""

from typing import Any

from django.db.models import Count
from django.urls import reverse

from articles.comments.flags.models import Flag
from articles.comments.models import Comment
from articles.comments.moderation.models import Appeal
from iria.core.hooks import DashboardItem


def held_for(user: Any) -> list[DashboardItem]:
    """How many comments wait, for whoever may decide about them."""
    if not user.has_perm("articles.change_comment"):
        return []
    page = reverse("admin:articles_comment_changelist")
    found = []
    if count := Comment.objects.held().count():
        words = "One comment waits" if count == 1 else f"{count} comments wait"
        found.append(DashboardItem(f"{words} for a decision", count, page))
    reported = Flag.objects.waiting().filter(comment__state=Comment.State.APPROVED)
    if count := reported.aggregate(n=Count("comment", distinct=True))["n"]:
        words = "One comment was reported" if count == 1 else f"{count} comments were reported"
        found.append(DashboardItem(f"{words} by readers", count, f"{page}?queue=reported"))
    if count := Appeal.objects.waiting().count():
        words = "One writer asks" if count == 1 else f"{count} writers ask"
        found.append(DashboardItem(f"{words} for another look", count, f"{page}?queue=asked"))
    return found
