"""Series on the desk: a name, and the parts in their order."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from articles.editorial import signals
from articles.editorial.models import Article, Series, SeriesPart
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

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = set(form.instance.parts.values_list("article", flat=True))
        super().save_related(request, form, formsets, change)
        after = set(form.instance.parts.values_list("article", flat=True))
        published = Article.objects.published().filter(pk__in=before ^ after)
        for article_id in published.values_list("pk", flat=True):
            transaction.on_commit(
                partial(signals.changed.send, sender=Article, article_id=article_id)
            )

    @admin.display(description="Parts", ordering="count")
    def parts_in_it(self, series: Series) -> int:
        count: int = series.count  # type: ignore[attr-defined]
        return count
