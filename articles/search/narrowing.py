"""Narrowing a search down: to a category, an author, a year, a kind, a language."""

from dataclasses import dataclass
from typing import Final

from accounts.models import AuthorProfile
from articles.editorial.models import Category, Kind
from articles.editorial.querysets import ArticleQuerySet


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a reader chose among the facets; everything that was chosen must hold."""

    category: Category | None = None
    author: AuthorProfile | None = None
    year: int | None = None
    kind: Kind | None = None
    language: str = ""

    def __bool__(self) -> bool:
        return any((self.category, self.author, self.year, self.kind, self.language))

    def apply(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        """The articles that hold to it, each once; the category's children count as the category."""
        if self.category:
            articles = articles.in_category(self.category)
        if self.author:
            signed = articles.model.objects.filter(bylines__author=self.author)
            articles = articles.filter(pk__in=signed.values("pk"))
        if self.year:
            articles = articles.filter(year=self.year)
        if self.kind:
            articles = articles.filter(kind=self.kind)
        if self.language:
            articles = articles.filter(language=self.language)
        return articles

    @property
    def parameters(self) -> dict[str, str]:
        """As it stands in an address: the facet's name → what was chosen of it."""
        chosen = {
            "category": self.category.path if self.category else "",
            "author": self.author.slug if self.author else "",
            "year": str(self.year) if self.year else "",
            "kind": self.kind.slug if self.kind else "",
            "language": self.language,
        }
        return {name: value for name, value in chosen.items() if value}


EVERYWHERE: Final = Narrowing()
"""Nothing was chosen."""
