"""A list on the desk narrowed to one issue, however many issues and rows there are."""

from typing import Any, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from newsletter.models import Issue

LATELY: Final = 50


class IssueFilter(admin.SimpleListFilter):
    """The issues that went out lately, and the one that is chosen.

    Django's own asks every row for its issue, and fetches each whole, the mail as it was sent included.
    """

    title = "issue"
    parameter_name = "issue__id__exact"
    of_row = "issue"
    """Where a row names its issue."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Issue.objects.values_list("pk", "subject")
        found = dict(rows.filter(started_at__isnull=False).order_by("-started_at")[:LATELY])
        found |= dict(rows.filter(pk=number_in(self.value())))
        return [(str(pk), subject) for pk, subject in found.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(**{self.of_row: number_in(value)}) if value else queryset


class OfDelivery(IssueFilter):
    """The same for rows that name a delivery."""

    parameter_name = "issue"
    of_row = "delivery__issue"


def number_in(typed: str | None) -> int:
    """The number of a row as somebody sent it; 0, of which there is none, for anything else."""
    is_number = typed is not None and typed.isascii() and typed.isdecimal() and len(typed) < 19
    return int(typed or 0) if is_number else 0
