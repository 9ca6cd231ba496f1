"""The admin of the search: synonyms, pinned results, and the report of queries."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from articles.editorial.models import Article
from articles.search.models import PinnedQuery, PinnedResult, QueryCount, Synonyms
from articles.search.query_counts import PERIODS, build_report
from iria.core.admin import FindsRows, ReadOnly, RecordsEditor


class SynonymsAdmin(RecordsEditor, admin.ModelAdmin[Synonyms]):
    list_display = ["terms", "modified_by", "modified_at"]
    list_select_related = ["modified_by"]
    search_fields = ["terms"]


class PinnedResultInline(FindsRows, admin.StackedInline[PinnedResult, PinnedQuery]):
    model = PinnedResult
    fields = ("article", "position")
    autocomplete_fields = ("article",)
    extra = 0
    max_num = 5


class PinnedQueryAdmin(RecordsEditor, admin.ModelAdmin[PinnedQuery]):
    list_display = ["query", "articles", "modified_by", "modified_at"]
    list_select_related = ["modified_by"]
    search_fields = ["query", "results__article__headline"]
    inlines = [PinnedResultInline]

    def get_queryset(self, request: HttpRequest) -> Any:
        articles = Prefetch("results__article", Article.objects.only("headline"))
        return super().get_queryset(request).prefetch_related(articles)

    @admin.display(description="Pinned articles")
    def articles(self, query: PinnedQuery) -> str:
        return "; ".join(str(row.article) for row in query.results.all()) or "–"


class SearchReportAdmin(ReadOnly, admin.ModelAdmin[QueryCount]):
    """Shows a report instead of the changelist, since the rows are only counts."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        days_parameter = request.GET.get("days", "")
        days = int(days_parameter) if days_parameter in {str(each) for each in PERIODS} else 30
        context = {
            **self.admin_site.each_context(request),
            "title": "Search queries",
            "opts": self.opts,
            "report": build_report(days),
            "periods": PERIODS,
            "may_add_synonyms": request.user.has_perm("articles.add_synonyms"),
            "may_pin": request.user.has_perm("articles.add_pinnedquery"),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/articles/querycount/report.html", context)
