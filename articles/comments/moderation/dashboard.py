"""Pending comments, reports and appeals on the dashboard."""

from typing import Any

from django.db.models import Count
from django.urls import reverse

from articles.comments.flags.models import Flag
from articles.comments.models import Comment
from articles.comments.moderation.models import Appeal
from iria.core.hooks import DashboardItem


def pending_items(user: Any) -> list[DashboardItem]:
    """Counts for users who may decide about comments."""
    if not user.has_perm("articles.change_comment"):
        return []
    page = reverse("admin:articles_comment_changelist")
    found = []
    if count := Comment.objects.pending().count():
        words = "One comment pending" if count == 1 else f"{count} comments pending"
        found.append(DashboardItem(words, count, page))
    reported = Flag.objects.pending().filter(comment__state=Comment.State.APPROVED)
    if count := reported.aggregate(n=Count("comment", distinct=True))["n"]:
        words = "One comment reported" if count == 1 else f"{count} comments reported"
        found.append(DashboardItem(words, count, f"{page}?queue=reported"))
    if count := Appeal.objects.pending().count():
        words = "One appeal" if count == 1 else f"{count} appeals"
        found.append(DashboardItem(words, count, f"{page}?queue=asked"))
    return found
