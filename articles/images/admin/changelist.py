"""The library as a list or a grid: which one is part of the address."""

from typing import Any, Final

from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from articles.images.library.search import found
from articles.images.models import Image, ImageQuerySet

GRID, LIST = "grid", "list"
MOST_COUNTED: Final = 100_000


class Library(ChangeList):
    """A list that can be looked at as a grid."""

    def get_filters_params(self, params: Any = None) -> Any:
        known = super().get_filters_params(params)
        known.pop("look", None)
        return known

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.has_active_filters:
            # It says "38 found" only where something was looked for.
            self.full_result_count = self.result_count


class Shelf(Paginator[Image]):
    """Pages of a library that counts no further than it has to."""

    @cached_property
    def count(self) -> int:
        pictures: QuerySet[Image] = self.object_list  # type: ignore[assignment]
        return pictures.order_by()[: MOST_COUNTED + 1].count()


def look_of(request: HttpRequest) -> str:
    return LIST if request.GET.get("look") == LIST else GRID


def searched(request: HttpRequest, pictures: QuerySet[Image], words: str) -> QuerySet[Image]:
    """The pictures that the words find, the best first, unless a column was chosen to sort by."""
    chosen: ImageQuerySet = pictures  # type: ignore[assignment]
    results = found(chosen, words)
    if request.GET.get(ORDER_VAR):
        return results.order_by(*pictures.query.order_by)
    return results
