"""The scope of lists, all articles or those of one language, and their URLs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from django.http import Http404, HttpRequest

from articles.editorial.listings import Listing, targets_of
from articles.editorial.models import Article, Category, Scope
from articles.editorial.models.article import LANGUAGES
from articles.editorial.models.querysets import ArticleQuerySet
from articles.public.navigation import NavLink, front_page_url
from iria.core.http.urls import url_path
from iria.core.text.language import native_name
from iria.publication.context_processors import publication_of

SECTION: Final = "/category/"


@dataclass(frozen=True, slots=True)
class ListingScope:
    """All published articles, or those of one language."""

    code: str = ""
    """The language code; empty for all languages."""
    front_url: str = "/"
    """The URL of its front page."""

    @property
    def articles(self) -> ArticleQuerySet:
        articles = Article.objects.published()
        return articles.filter(language=self.code) if self.code else articles

    def listing(self, scope: Scope = Scope.ALL, target: int = 0) -> Listing:
        """The listing of a target, such as a category, within the scope."""
        return Listing(scope, target, self.code)

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
        """A title with the language, to distinguish it from the list of all languages."""
        return f"{title} – {self.name}" if self.code else title


ALL_LANGUAGES = ListingScope()


def listing_scope(request: HttpRequest, code: str) -> ListingScope:
    """The scope of a language; of all articles if none is given.

    Raises:
        Http404: the publication does not list the language and has no article in it.
    """
    if not code:
        return ALL_LANGUAGES
    publication = publication_of(request)
    scope = ListingScope(code, front_page_url(code, publication))
    if code in publication.language_codes:
        return scope
    if code not in dict(LANGUAGES) or not scope.listing().exists():
        raise Http404
    return scope


def article_listing_scope(article: Article, request: HttpRequest) -> ListingScope:
    """The scope for links of an article: its language, if that has a front page."""
    publication = publication_of(request)
    if article.language in publication.language_codes[1:]:
        return ListingScope(article.language, front_page_url(article.language, publication))
    return ALL_LANGUAGES
