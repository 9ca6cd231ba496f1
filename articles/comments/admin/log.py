"""The moderation log: read, filter and export; weekly statistics."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from articles.comments.models import ModerationDecision
from iria.core.admin import ReadOnly
from iria.core.text.csv_export import as_csv
from iria.publication.context_processors import publication_of

MAX_WEEKS: Final = 26

QUERY: Final = """
WITH decided AS (
    SELECT comment_id, id, decision, created_at, created_by_id FROM articles_moderationdecision AS row
    WHERE undoes_id IS NULL AND featured IS NULL
        AND NOT EXISTS (SELECT FROM articles_moderationdecision AS undo WHERE undo.undoes_id = row.id)
), human AS (
    SELECT comment_id, min(created_at) AS first_at,
        count(DISTINCT CASE WHEN decision = 'approved' THEN 1
            WHEN decision IN ('rejected', 'spam') THEN 2 END) > 1 AS overturned
    FROM decided WHERE created_by_id IS NOT NULL AND decision IN ('approved', 'rejected', 'spam')
    GROUP BY comment_id
), machine AS (
    SELECT comment_id, min(created_at) AS held_at FROM decided
    WHERE created_by_id IS NULL AND decision = 'held' GROUP BY comment_id
)
SELECT date_trunc('week', comment.created_at AT TIME ZONE %s)::date AS week,
    count(*) AS received,
    count(machine.comment_id) AS held,
    count(human.comment_id) AS decided,
    percentile_cont(0.5) WITHIN GROUP (
        ORDER BY extract(epoch FROM human.first_at - machine.held_at)
    ) FILTER (WHERE human.first_at >= machine.held_at) AS median,
    count(*) FILTER (WHERE human.overturned) AS overturned,
    count(appeal.comment_id) AS asked,
    count(*) FILTER (WHERE appeal.outcome = 'granted') AS granted
FROM articles_comment AS comment
LEFT JOIN machine ON machine.comment_id = comment.id
LEFT JOIN human ON human.comment_id = comment.id
LEFT JOIN articles_appeal AS appeal ON appeal.comment_id = comment.id
WHERE comment.created_at >=
    date_trunc('week', now() AT TIME ZONE %s - make_interval(weeks => %s)) AT TIME ZONE %s
GROUP BY week ORDER BY week DESC
"""
"""By the week in which the comment was submitted. Undone decisions do not count."""


@dataclass(frozen=True, slots=True)
class Week:
    """The statistics of one week, which begins on a Monday."""

    starts_on: date
    received: int
    held: int
    """Comments held by rules or reports."""
    decided: int
    """Comments that people decided on."""
    median_time: timedelta | None
    """The median time from pending to the first decision by a person; None if there was none."""
    overturned: int
    """Approved by one person and rejected by another."""
    appeals: int
    granted: int


def weekly_statistics(time_zone: str, *, limit: int = MAX_WEEKS) -> list[Week]:
    """Returns this week and the ones before that have comments, the newest first, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY, [time_zone, time_zone, limit - 1, time_zone])
        rows = cursor.fetchall()
    return [
        Week(
            starts_on=row[0],
            received=row[1],
            held=row[2],
            decided=row[3],
            median_time=None if row[4] is None else timedelta(seconds=float(row[4])),
            overturned=row[5],
            appeals=row[6],
            granted=row[7],
        )
        for row in rows
    ]


def format_duration(duration: timedelta | None) -> str:
    """Formats as “12 minutes”, “3 hours” or “2 days”; None as a dash."""
    if duration is None:
        return "–"
    minutes = duration.total_seconds() / 60
    if minutes < 90:
        number, unit = max(1, round(minutes)), "minute"
    elif minutes < 36 * 60:
        number, unit = round(minutes / 60), "hour"
    else:
        number, unit = round(minutes / (24 * 60)), "day"
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


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


class OriginFilter(admin.SimpleListFilter):
    """Filters by who or what decided."""

    title = "origin"
    parameter_name = "origin"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("people", "people"),
            ("machine", "rules, reports, commenters"),
            ("ban", "a ban or suspension"),
            ("undo", "undone decisions"),
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
        OriginFilter,
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModerationDecision]:
        return super().get_queryset(request).defer("comment__article__body", "comment__text")

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
        decisions = (
            rows.select_related(None)
            .select_related("created_by", "comment")
            .defer("comment__text", "comment__screening_results")
            .iterator(chunk_size=1000)
        )
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
            "weeks": [(week, format_duration(week.median_time)) for week in weeks],
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
