"""What was decided, by whom and why: to read, not to write."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.comments.models import Moderation


class ModerationAdmin(admin.ModelAdmin[Moderation]):
    """The moderation log: to read, not to write."""

    list_display = ["made_at", "decision", "who", "about", "reason"]
    list_display_links = None
    list_filter = ["decision", ("made_by", admin.RelatedOnlyFieldListFilter), "made_at"]
    list_select_related = ["made_by", "comment__article", "comment__user"]
    search_fields = ["reason", "comment__text", "comment__name"]
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    class Media:
        css = {"all": ["desk/comments.css"]}

    @admin.display(description="by", ordering="made_by")
    def who(self, row: Moderation) -> str:
        return str(row.made_by) if row.made_by else "no moderator"

    @admin.display(description="comment")
    def about(self, row: Moderation) -> SafeString:
        return format_html(
            '<a href="{}"><bdi>{}</bdi> on {}</a>',
            reverse("admin:articles_comment_change", args=[row.comment_id]),
            row.comment.public_name,
            row.comment.article.headline,
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Moderation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Moderation | None = None) -> bool:
        return False
