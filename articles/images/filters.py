"""What an editor looks for in the library."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from articles.images.models import Image, ImageQuerySet
from articles.images.offering import FIELDS

TELLING = sorted({source for sources in FIELDS.values() for source in sources})
"""What a file may say that helps an editor; an orientation does not."""


class Lacks(admin.SimpleListFilter):
    """Pictures that lack something somebody should add."""

    title = "what is missing"
    parameter_name = "lacks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("credit", "No credit"),
            ("alt", "No alternative text"),
            ("metadata", "File says nothing"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        match self.value():
            case "credit":
                return queryset.filter(credit="", needs_no_credit=False)
            case "alt":
                return queryset.filter(alt_text="")
            case "metadata":
                return queryset.exclude(metadata__has_any_keys=TELLING)
        return queryset


class Used(admin.SimpleListFilter):
    """Pictures that stand somewhere, and those that do not."""

    title = "use"
    parameter_name = "used"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Used"), ("no", "Unused")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        unused: ImageQuerySet = Image.objects.unused()
        match self.value():
            case "yes":
                return queryset.exclude(pk__in=unused.values("pk"))
            case "no":
                return queryset.filter(pk__in=unused.values("pk"))
        return queryset
