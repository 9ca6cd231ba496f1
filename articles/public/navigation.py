"""What every page's head and foot lead to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from articles.public.teaser_cards import marked
from iria.core.http.urls import safe_link
from iria.core.text.language import interface_language, native_name
from iria.publication import menus
from iria.publication.context_processors import publication_of
from iria.publication.models import Publication


@dataclass(frozen=True, slots=True)
class NavLink:
    """A name and where it leads; `below` are the entries that stand under it."""

    name: str
    address: str
    language: str = ""
    below: list["NavLink"] = field(default_factory=list)


class Navigation:
    """The menus and languages; they stand in the publication's row and cost no query of their own."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def sections(self) -> list[NavLink]:
        """The menu in the head; if nobody composed one, the categories at the top of the tree."""
        return [_way(each) for each in self._ways["header"]]

    @cached_property
    def pages(self) -> list[NavLink]:
        """The menu at the foot; if nobody composed one, the pages that have a place there."""
        return [_way(each) for each in self._ways["footer"]]

    @cached_property
    def _ways(self) -> dict[str, Any]:
        publication = publication_of(self.request)
        if publication.resolved_menus is None:
            # Nothing was saved yet since the menus came to be.
            return menus.resolve(publication, menus.targets())
        ways: dict[str, Any] = publication.resolved_menus
        return ways

    @property
    def foot(self) -> SafeString:
        """The entries of the foot, as items of its list."""
        return mark_safe("".join(_item(way, _below) for way in self.pages))  # noqa: S308

    @cached_property
    def languages(self) -> list[NavLink]:
        """The publication's languages by their own names, where there are several."""
        publication = publication_of(self.request)
        if len(publication.language_codes) == 1:
            return []
        return [
            NavLink(native_name(code), front_address(code, publication), code)
            for code in publication.language_codes
        ]


@dataclass(frozen=True, slots=True)
class Menu:
    """The menu in the head, as markup in two forms.

    Args:
        language: of the entries' names.
    """

    ways: list[NavLink]
    language: str

    @property
    def menu(self) -> SafeString:
        """For narrow screens: everything, one below the other."""
        return self._list(_below)

    @property
    def row(self) -> SafeString:
        """For wide screens: what stands below an entry opens under it."""
        return self._list(_opened)

    def _list(self, nested: "Nested") -> SafeString:
        """Which entry leads to the page itself `{% standing %}` says: these are held for all pages."""
        items = "".join(_item(way, nested) for way in self.ways)
        ours = marked(self.language, interface_language())
        whole = f'<ul class="sections-list" role="list"{ours}>\n{items}</ul>'
        return mark_safe(whole)  # noqa: S308 - escaped


Nested = Callable[[NavLink], str]


def _item(way: NavLink, nested: Nested) -> str:
    below = nested(way) if way.below else ""
    grouped = ' class="has-below"' if below else ""
    return f"<li{grouped}>{_link(way)}{below}</li>\n"


def _link(way: NavLink) -> str:
    return f'<a href="{escape(way.address)}">{escape(way.name)}</a>'


def _below(way: NavLink) -> str:
    items = "".join(f"<li>{_link(each)}</li>\n" for each in way.below)
    return f'<ul class="below" role="list">\n{items}</ul>'


def _opened(way: NavLink) -> str:
    words = gettext("More in %(name)s") % {"name": way.name}
    return (
        '<details class="sections-more" name="sections-more">'
        f'<summary><span class="unseen">{escape(words)}</span></summary>{_below(way)}</details>'
    )


def _way(kept: dict[str, Any]) -> NavLink:
    return NavLink(
        kept["name"], safe_link(kept["address"]), below=[_way(each) for each in kept["below"]]
    )


def front_address(code: str, publication: Publication) -> str:
    """Where the front page of a language stands."""
    first = code == publication.language_codes[0]
    return reverse("home") if first else reverse("language", args=[code])


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context processor: `navigation`."""
    return {"navigation": Navigation(request)}
