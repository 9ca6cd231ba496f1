"""Which articles belong to what a reader chose."""

from collections.abc import Iterable

from django.db.models import Q

from articles.editorial.models import Category
from articles.editorial.querysets import ArticleQuerySet
from iria.publication.models import Publication


def about(articles: ArticleQuerySet, topics: Iterable[int]) -> ArticleQuerySet:
    """Those in one of these categories or below it, each once; without topics, all."""
    chosen = list(topics)
    if not chosen:
        return articles
    within = Q(pk__in=[])
    for category in Category.objects.filter(pk__in=chosen):
        within |= Q(pk=category.pk) | Q(path__startswith=f"{category.path}/")
    return articles.filter(
        pk__in=articles.model.objects.filter(
            article_categories__category__in=Category.objects.filter(within)
        ).values("pk")
    )


def in_language(
    articles: ArticleQuerySet, language: str, publication: Publication
) -> ArticleQuerySet:
    """Those in a language; in the publication's first also what is in none that it lists."""
    codes = publication.language_codes
    return (
        articles.of_front(language, codes)
        if language in codes
        else articles.filter(language=language)
    )
