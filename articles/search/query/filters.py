"""Narrowing a search down: to a category, an author, a year, a kind, a language."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from accounts.models import AuthorProfile
from articles.editorial.models import ArticleCategory, ArticleType, Byline, Category
from articles.editorial.models.querysets import ArticleQuerySet


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """What a reader chose among the facets; everything that was chosen must hold."""

    category: Category | None = None
    author: AuthorProfile | None = None
    year: int | None = None
    kind: ArticleType | None = None
    language: str = ""

    def __bool__(self) -> bool:
        return any((self.category, self.author, self.year, self.kind, self.language))

    def apply(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        """The articles that hold to it, each once; the category's children count as the category."""
        if self.category:
            # By numbers, since a search asks this of thousands of articles one by one.
            filed = ArticleCategory.objects.filter(category__in=list(_within(self.category)))
            articles = articles.filter(pk__in=filed.values("article_id"))
        if self.author:
            signed = Byline.objects.filter(author=self.author)
            articles = articles.filter(pk__in=signed.values("article_id"))
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


def _within(category: Category) -> QuerySet[Category, int]:
    below = Q(pk=category.pk) | Q(path__startswith=f"{category.path}/")
    return Category.objects.filter(below).values_list("pk", flat=True)


NO_FILTERS: Final = SearchFilters()
"""Nothing was chosen."""
