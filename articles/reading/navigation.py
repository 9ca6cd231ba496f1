"""What every page's head and foot lead to."""

from dataclasses import dataclass
from functools import cached_property

from django.conf.locale import LANG_INFO
from django.db.models import Value
from django.http import HttpRequest
from django.urls import reverse

from articles.editorial.models import Category
from articles.pages.models import Page
from iria.kit.addresses import address_of
from iria.publication.context import publication_of


@dataclass(frozen=True, slots=True)
class Way:
    """A name and where it leads."""

    name: str
    address: str
    language: str = ""


class Navigation:
    """The sections, languages and pages, each read once and only where a template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def sections(self) -> list[Way]:
        """The categories at the top of the tree."""
        return [way for is_page, way in self._ways if not is_page]

    @property
    def pages(self) -> list[Way]:
        """What the foot of every page names."""
        return [way for is_page, way in self._ways if is_page]

    @cached_property
    def _ways(self) -> list[tuple[bool, Way]]:
        """Both in one query, since every page of the site asks for both."""
        sections = (
            Category.objects.filter(parent=None)
            .in_order()
            .values_list(Value(False), "name", "path", Value(0), "sort_key")
        )
        pages = Page.objects.in_foot().values_list(
            Value(True), "title", "path", "position", "title"
        )
        rows = sorted(sections.union(pages, all=True), key=lambda row: (row[0], row[3], row[4]))
        return [
            (is_page, Way(name, address_of("page" if is_page else "category", path)))
            for is_page, name, path, _place, _order in rows
        ]

    @cached_property
    def languages(self) -> list[Way]:
        """The publication's languages by their own names, where there are several."""
        first, *others = publication_of(self.request).language_codes
        if not others:
            return []
        ways = [Way(own_name(first), reverse("home"), first)]
        return ways + [
            Way(own_name(code), reverse("language", args=[code]), code) for code in others
        ]


def own_name(code: str) -> str:
    """What a language is called in itself: Français, العربية."""
    if code == "zh":
        return "中文"
    known = LANG_INFO.get(code) or LANG_INFO.get(code.split("-")[0]) or {}
    name = str(known.get("name_local", code))
    return name[:1].upper() + name[1:]


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context processor: `navigation`."""
    return {"navigation": Navigation(request)}
