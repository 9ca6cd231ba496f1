"""The moderation log: read, filter and export."""

from typing import Any, Final

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from articles.comments.models import ModerationDecision
from articles.comments.moderation.weekly_statistics import format_duration, weekly_statistics
from iria.core.admin import ReadOnly
from iria.core.text.csv_export import as_csv
from iria.publication.context_processors import publication_of

COLUMNS: Final = (
    "number",
    "decided at",
    "decision",
    "by",
    "reason",
    "commenter notified",
    "featured",
    "undoes",
    "by ban",
    "comment",
    "URL of the comment",
    "current state",
)


class Origin(admin.SimpleListFilter):
    """Filters by who or what decided."""

    title = "origin"
    parameter_name = "origin"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("people", "people"),
            ("machine", "rules, reports, commenters"),
            ("ban", "a ban or suspension"),
            ("undo", "deleted"),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ModerationDecision]
    ) -> QuerySet[ModerationDecision]:
        lookups: dict[str | None, dict[str, Any]] = {
            "people": {"created_by__isnull": False},
            "machine": {"created_by__isnull": True},
            "ban": {"ban__isnull": False},
            "undo": {"undoes__isnull": False},
        }
        return queryset.filter(**lookups.get(self.value(), {}))


class ModerationAdmin(ReadOnly, admin.ModelAdmin[ModerationDecision]):
    """The moderation log."""

    list_display = ["created_at", "what", "who", "about", "reason"]
    list_display_links = None
    list_filter = [
        "decision",
        Origin,
        ("created_by", admin.RelatedOnlyFieldListFilter),
        "created_at",
        "commenter_notified",
    ]
    list_select_related = ["created_by", "comment__article", "comment__user"]
    search_fields = ["reason", "comment__text", "comment__name"]
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "admin/articles/moderationdecision/change_list.html"

    class Media:
        css = {"all": ["iria_admin/comments.css"]}

    def get_urls(self) -> list[URLPattern]:
        def url(route: str, view: Any, name: str) -> Any:
            wrapped = self.admin_site.admin_view(require_safe(view))
            return path(route, wrapped, name=f"articles_moderationdecision_{name}")

        return [
            url("export/", self.export, "export"),
            url("weeks/", self.by_week, "weeks"),
            *super().get_urls(),
        ]

    @admin.display(description="decision", ordering="decision")
    def what(self, row: ModerationDecision) -> str:
        if row.featured is not None:
            return "Featured" if row.featured else "No longer featured"
        decision = row.get_decision_display()
        return f"Undone: {decision.lower()} again" if row.undoes_id else decision

    @admin.display(description="by", ordering="created_by")
    def who(self, row: ModerationDecision) -> str:
        return row.created_by.public_name if row.created_by else "automatic"

    @admin.display(description="comment")
    def about(self, row: ModerationDecision) -> SafeString:
        return format_html(
            '<a href="{}"><bdi>{}</bdi> on {}</a>',
            reverse("admin:articles_comment_change", args=[row.comment_id]),
            row.comment.public_name,
            row.comment.article.headline,
        )

    def export(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """Exports the filtered log as CSV, without the texts and e-mail addresses of comments."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            # The changelist shows the error message.
            return redirect(
                f"{reverse('admin:articles_moderationdecision_changelist')}?{ERROR_FLAG}=1"
            )
        decisions = rows.select_related("created_by", "comment").iterator(chunk_size=1000)
        response = StreamingHttpResponse(
            as_csv(COLUMNS, map(_cells, decisions)),
            content_type="text/csv; charset=utf-8",
        )
        response["Content-Disposition"] = 'attachment; filename="moderation-log.csv"'
        return response

    def by_week(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        weeks = weekly_statistics(publication_of(request).time_zone)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Moderation by week",
            "weeks": [(week, format_duration(week.until_decided)) for week in weeks],
        }
        return TemplateResponse(request, "admin/articles/moderationdecision/weeks.html", context)


def _cells(row: ModerationDecision) -> list[object]:
    return [
        row.pk,
        row.created_at.isoformat(timespec="seconds"),
        row.decision,
        row.created_by.public_name if row.created_by else "",
        row.reason,
        "yes" if row.commenter_notified else "",
        "" if row.featured is None else "on" if row.featured else "off",
        row.undoes_id or "",
        row.ban_id or "",
        row.comment_id,
        settings.SITE_URL + row.comment.get_absolute_url(),
        row.comment.state,
    ]
