"""Pending comments, reports and appeals on the dashboard."""

from typing import Any

from django.db.models import Count
from django.urls import reverse

from articles.comments.flags.models import Flag
from articles.comments.models import Comment
from articles.comments.moderation.models import Appeal
from iria.core.hooks import DashboardItem, DashboardPanel


def pending_items(user: Any) -> list[DashboardItem]:
    """Returns the pending items of users who may decide about comments."""
    if not user.has_perm("articles.change_comment"):
        return []
    page = reverse("admin:articles_comment_changelist")
    items = []
    if count := Comment.objects.pending().count():
        label = "One comment pending" if count == 1 else f"{count} comments pending"
        items.append(DashboardItem(label, count, page))
    reported = Flag.objects.pending().filter(comment__state=Comment.State.APPROVED)
    if count := reported.aggregate(n=Count("comment", distinct=True))["n"]:
        label = "One comment reported" if count == 1 else f"{count} comments reported"
        items.append(DashboardItem(label, count, f"{page}?queue=reported"))
    if count := Appeal.objects.pending().count():
        label = "One appeal" if count == 1 else f"{count} appeals"
        items.append(DashboardItem(label, count, f"{page}?queue=asked"))
    return items


def oldest_pending(user: Any) -> DashboardPanel | None:
    """The comment that has waited longest, for users who may decide about comments."""
    if not user.has_perm("articles.change_comment"):
        return None
    pending = Comment.objects.pending()
    comment = pending.select_related("article").order_by("created_at", "pk").first()
    if comment is None:
        return None
    more = (f"{pending.count()} pending", reverse("admin:articles_comment_changelist"))
    template = "admin/dashboard/comment.html"
    return DashboardPanel("Comments", template, {"comment": comment}, more, beside=True)
