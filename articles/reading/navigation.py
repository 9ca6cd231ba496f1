"""What every page's head and foot lead to."""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.urls import reverse

from articles.editorial.models import Category


@dataclass(frozen=True, slots=True)
class Way:
    """A name and where it leads."""

    name: str
    address: str


class Navigation:
    """The sections at the top of the tree and the pages of the foot, read where a template asks."""

    @cached_property
    def sections(self) -> list[Way]:
        found = Category.objects.filter(parent=None).in_order().values_list("name", "path")
        return [Way(name, reverse("category", args=[path])) for name, path in found]

    @cached_property
    def pages(self) -> list[Way]:
        return []


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context processor: `navigation`."""
    return {"navigation": Navigation()}
