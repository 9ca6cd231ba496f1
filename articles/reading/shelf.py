"""Which articles a list is made of: all of them, or those in one language; and where the lists stand."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest

from articles.editorial.models import Article
from articles.editorial.models.article import LANGUAGES
from articles.editorial.querysets import ArticleQuerySet
from articles.reading.navigation import front_address, own_name
from iria.kit.addresses import address_of
from iria.publication.context import publication_of


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything that can be read, or what there is of it in one language."""

    code: str = ""
    """Of the language; empty for all of them."""
    front: str = "/"
    """Where its front page stands."""

    @property
    def articles(self) -> ArticleQuerySet:
        articles = Article.objects.published()
        return articles.filter(language=self.code) if self.code else articles

    @property
    def name(self) -> str:
        """The language as it calls itself."""
        return own_name(self.code) if self.code else ""

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """What stands above its lists."""
        return [(self.name, self.front)] if self.code else []

    def address(self, page: str, *parts: str | int) -> str:
        """Where a list of these articles stands: `archive`, `year`, `month` or `category`."""
        if self.code:
            return address_of(f"language_{page}", self.code, *parts)
        return address_of(page, *parts)

    def called(self, title: str) -> str:
        """What a list of these articles is called, where another is called the same."""
        return f"{title} – {self.name}" if self.code else title


WHOLE = Shelf()


def shelf_of(request: HttpRequest, code: str) -> Shelf:
    """The shelf of a language; of everything where none is named.

    Raises:
        Http404: where the publication does not list the language and nothing is in it.
    """
    if not code:
        return WHOLE
    publication = publication_of(request)
    shelf = Shelf(code, front_address(code, publication))
    if code in publication.language_codes:
        return shelf
    if code not in dict(LANGUAGES) or not shelf.articles.exists():
        raise Http404
    return shelf


def shelf_for(article: Article, request: HttpRequest) -> Shelf:
    """Where an article leads on to: lists in its own language, where those have a front page."""
    publication = publication_of(request)
    if article.language in publication.language_codes[1:]:
        return Shelf(article.language, front_address(article.language, publication))
    return WHOLE
