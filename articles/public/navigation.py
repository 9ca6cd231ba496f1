"""The menus of every page: header, footer and languages."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from django.http import Http404, HttpRequest
from django.urls import reverse

from articles.editorial.listings import Listing, targets_of
from articles.editorial.models import Article, Category, Scope
from articles.editorial.models.querysets import ArticleQuerySet
from iria.core.http.urls import safe_link, url_path
from iria.core.text.language import content_language
from iria.core.text.languages import LANGUAGE_NAMES, native_name
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


SECTION: Final = "/category/"


@dataclass(frozen=True, slots=True)
class ListingScope:
    """The published articles of one language."""

    code: str = ""
    """The language code; empty for the publication's first language and unlisted ones."""
    front_url: str = "/"
    """The URL of its front page."""
    others: tuple[str, ...] = ()
    """The other languages of the publication, if the code is empty."""

    @property
    def articles(self) -> ArticleQuerySet:
        articles = Article.objects.published()
        if self.code:
            return articles.filter(language=self.code)
        return articles.exclude(language__in=self.others)

    def listing(self, scope: Scope = Scope.ALL, target: int = 0) -> Listing:
        """The listing of a target, such as a category, within the scope."""
        return Listing(scope, target, self.code, self.others)

    @property
    def name(self) -> str:
        """The name of the language in that language."""
        return native_name(self.code) if self.code else ""

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The heading of its lists."""
        return [(self.name, self.front_url)] if self.code else []

    @property
    def sections(self) -> set[str]:
        """Paths of the categories with articles in the scope, also in descendants: one query."""
        used = Category.objects.filter(pk__in=targets_of(Scope.CATEGORY, language=self.code))
        return set(used.order_by().values_list("path", flat=True))

    def menu(self, links: list[NavLink]) -> list[NavLink]:
        """The menu with links within the scope; categories without articles are left out."""
        return list(self._own(links, self.sections)) if self.code else links

    def _own(self, links: list[NavLink], sections: set[str]) -> Iterator[NavLink]:
        for link in links:
            children = list(self._own(link.children, sections))
            path = link.url.removeprefix(SECTION).rstrip("/")
            if not link.url.startswith(SECTION):
                yield replace(link, children=children)
            elif path in sections:
                yield replace(link, url=self.url("category", path), children=children)
            else:
                yield from children

    def url(self, page: str, *parts: str | int) -> str:
        """The URL of a list within the scope, such as `archive`, `year` or `category`."""
        if self.code:
            return url_path(f"language_{page}", self.code, *parts)
        return url_path(page, *parts)

    def title_for(self, title: str) -> str:
        """A title with the language, to distinguish it from the list of the first one."""
        return f"{title} – {self.name}" if self.code else title


FIRST_LANGUAGE = ListingScope()


class NoSuchLanguage(Http404):
    """The publication does not list the language of the URL and has no article in it."""


def listing_scope(request: HttpRequest, code: str) -> ListingScope:
    """The scope of a language, by default the publication's first.

    Raises:
        NoSuchLanguage: the publication does not list the language and has no article in it.
    """
    publication = publication_of(request)
    if not code:
        return ListingScope(others=tuple(publication.language_codes[1:]))
    scope = ListingScope(code, front_page_url(code, publication))
    if code in publication.language_codes:
        return scope
    if code not in LANGUAGE_NAMES or not scope.listing().exists():
        raise NoSuchLanguage(code)
    return scope


def article_listing_scope(article: Article, request: HttpRequest) -> ListingScope:
    """The scope for links of an article: its language, if that has a front page."""
    publication = publication_of(request)
    if article.language in publication.language_codes[1:]:
        return ListingScope(article.language, front_page_url(article.language, publication))
    return FIRST_LANGUAGE
