"""The library as a list or a grid; the URL says which."""

from typing import Any, Final

from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from articles.images.library.search import search
from articles.images.models import Image

GRID, LIST = "grid", "list"
MOST_COUNTED: Final = 100_000


class Library(ChangeList):
    """A list that can be shown as a grid."""

    def get_filters_params(self, params: Any = None) -> Any:
        known = super().get_filters_params(params)
        known.pop("look", None)
        return known

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.has_active_filters:
            # "38 results" is shown only for searches.
            self.full_result_count = self.result_count


class LibraryPaginator(Paginator[Image]):
    """Counts no further than necessary."""

    @cached_property
    def count(self) -> int:
        images: QuerySet[Image] = self.object_list  # type: ignore[assignment]
        return images.order_by()[: MOST_COUNTED + 1].count()


def layout_of(request: HttpRequest) -> str:
    return LIST if request.GET.get("look") == LIST else GRID


def linked(number: str) -> Image | None:
    """The image whose drawer the URL opens; it need not be in the list."""
    if not number.isdecimal():
        return None
    return Image.objects.for_grid().filter(pk=number).first()


def search_results(request: HttpRequest, images: QuerySet[Image], query: str) -> QuerySet[Image]:
    """The images that match, the best first, unless a column was chosen to sort by."""
    results = search(images, query)  # type: ignore[arg-type]
    if request.GET.get(ORDER_VAR):
        return results.order_by(*images.query.order_by)
    return results
