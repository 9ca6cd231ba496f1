"""Filters of a search (category, author, year, article type, language), and the order of its results."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db.models import Q, QuerySet

from accounts.models import AuthorProfile
from articles.editorial.models import ArticleCategory, ArticleType, Byline, Category
from articles.editorial.models.querysets import ArticleQuerySet


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """The chosen filters, which are combined with AND."""

    category: Category | None = None
    author: AuthorProfile | None = None
    year: int | None = None
    kind: ArticleType | None = None
    language: str = ""

    def __bool__(self) -> bool:
        return any((self.category, self.author, self.year, self.kind, self.language))

    def apply(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        """Filters a queryset, without duplicates; a category includes its descendants."""
        if self.category:
            # A list of ids, because a search checks this for thousands of articles one by one.
            filed = ArticleCategory.objects.filter(
                category__in=list(_with_descendants(self.category))
            )
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
        """The filters as URL parameters."""
        chosen = {
            "category": self.category.path if self.category else "",
            "author": self.author.slug if self.author else "",
            "year": str(self.year) if self.year else "",
            "kind": self.kind.slug if self.kind else "",
            "language": self.language,
        }
        return {name: value for name, value in chosen.items() if value}


def _with_descendants(category: Category) -> QuerySet[Category, int]:
    matches = Q(pk=category.pk) | Q(path__startswith=f"{category.path}/")
    return Category.objects.filter(matches).values_list("pk", flat=True)


NO_FILTERS: Final = SearchFilters()


class Sort(StrEnum):
    """The orders, by their values in the URL."""

    BEST = "best"
    NEWEST = "newest"
    OLDEST = "oldest"


def sort_articles(ranked: Iterable[tuple[int, datetime | None]], sort: Sort) -> list[int]:
    """Sorts article ids by relevance or date.

    Articles with equal dates are sorted by id, so that pages are stable.

    Args:
        ranked: ids and dates, the best first.
    """
    if sort is Sort.BEST:
        return [pk for pk, _ in ranked]
    dated = [(date, pk) for pk, date in ranked if date is not None]
    return [pk for _, pk in sorted(dated, reverse=sort is Sort.NEWEST)]
