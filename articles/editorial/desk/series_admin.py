"""Series on the desk: a name, and the parts in their order."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from articles.editorial.models import Series, SeriesPart
from iria.kit.finding_rows import FindsRows


class SeriesPartInline(FindsRows, admin.TabularInline[SeriesPart, Series]):
    model = SeriesPart
    autocomplete_fields = ("article",)
    extra = 1


class SeriesAdmin(admin.ModelAdmin[Series]):
    list_display = ["name", "parts_in_it", "created_at"]
    search_fields = ["name"]
    inlines = [SeriesPartInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Series]:
        return super().get_queryset(request).annotate(count=Count("parts"))

    @admin.display(description="Parts", ordering="count")
    def parts_in_it(self, series: Series) -> int:
        count: int = series.count  # type: ignore[attr-defined]
        return count
