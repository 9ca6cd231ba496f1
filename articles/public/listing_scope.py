"""Which articles a list is made of: all of them, or those in one language; and where the lists stand."""

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
    """Everything that can be read, or what there is of it in one language."""

    code: str = ""
    """Of the language; empty for all of them."""
    front_url: str = "/"
    """Where its front page stands."""

    @property
    def articles(self) -> ArticleQuerySet:
        articles = Article.objects.published()
        return articles.filter(language=self.code) if self.code else articles

    def listing(self, scope: Scope = Scope.ALL, target: int = 0) -> Listing:
        """What there is of it in a list, such as a category's."""
        return Listing(scope, target, self.code)

    @property
    def name(self) -> str:
        """The language as it calls itself."""
        return native_name(self.code) if self.code else ""

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """What stands above its lists."""
        return [(self.name, self.front_url)] if self.code else []

    @property
    def sections(self) -> set[str]:
        """Paths of the categories in which one of its articles stands, or children: one query."""
        used = Category.objects.filter(pk__in=targets_of(Scope.CATEGORY, language=self.code))
        return set(used.order_by().values_list("path", flat=True))

    def menu(self, links: list[NavLink]) -> list[NavLink]:
        """A menu whose sections are its own; those in which it has nothing are left out."""
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
        """Where a list of these articles stands, such as `archive`, `year` or `category`."""
        if self.code:
            return url_path(f"language_{page}", self.code, *parts)
        return url_path(page, *parts)

    def title_for(self, title: str) -> str:
        """What a list of these articles is called, where another is called the same."""
        return f"{title} – {self.name}" if self.code else title


ALL_LANGUAGES = ListingScope()


def listing_scope(request: HttpRequest, code: str) -> ListingScope:
    """The shelf of a language; of everything where none is named.

    Raises:
        Http404: where the publication does not list the language and nothing is in it.
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
    """Where an article leads on to: lists in its own language, where those have a front page."""
    publication = publication_of(request)
    if article.language in publication.language_codes[1:]:
        return ListingScope(article.language, front_page_url(article.language, publication))
    return ALL_LANGUAGES
