"""The menus of every page: header, footer and languages."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from iria.core.http.urls import safe_link
from iria.core.text.language import content_language, native_name
from iria.publication import menus
from iria.publication.context_processors import publication_of
from iria.publication.models import Publication


@dataclass(frozen=True, slots=True)
class NavLink:
    """A link with its label."""

    name: str
    url: str
    language: str = ""
    """The language of the name, if it is not that of the page."""
    children: list["NavLink"] = field(default_factory=list)


class Navigation:
    """The menus and languages; they are in the publication's row and cost no query of their own."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def sections(self) -> list[NavLink]:
        """The menu of the header; without one, the top-level categories."""
        return [_nav_link(each) for each in self._menus["header"]]

    @cached_property
    def pages(self) -> list[NavLink]:
        """The menu of the footer; without one, the static pages with a position."""
        return [_nav_link(each) for each in self._menus["footer"]]

    @cached_property
    def _menus(self) -> dict[str, Any]:
        publication = publication_of(self.request)
        resolved: dict[str, Any] | None = publication.resolved_menus
        if resolved is None:
            # The publication was last saved before menus existed.
            resolved = menus.resolve(publication, menus.targets())
        # One that was saved before menus had languages has none.
        in_language: dict[str, Any] = resolved.get("translations", {}).get(
            content_language(), resolved
        )
        return in_language

    @cached_property
    def languages(self) -> list[NavLink]:
        """The publication's languages by their own names, if there are several."""
        publication = publication_of(self.request)
        if len(publication.language_codes) == 1:
            return []
        return [
            NavLink(native_name(code), front_page_url(code, publication), code)
            for code in publication.language_codes
        ]


def _nav_link(stored: dict[str, Any]) -> NavLink:
    children = [_nav_link(each) for each in stored["below"]]
    language = stored.get("language", "")
    return NavLink(stored["name"], safe_link(stored["address"]), language, children)


def front_page_url(code: str, publication: Publication) -> str:
    """The front page of a language."""
    first = code == publication.language_codes[0]
    return reverse("home") if first else reverse("language", args=[code])


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context processor: `navigation`."""
    return {"navigation": Navigation(request)}
