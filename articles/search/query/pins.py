"""What editors chose to stand first for a query."""

from articles.editorial.models import Article
from articles.editorial.models.querysets import ArticleQuerySet
from articles.search.query.parser import normalise_query
from iria.core.db.compiled_queries import Prepared


def pinned_articles(words: str) -> list[int]:
    """The published articles pinned for these very words, in their order."""
    return [article.pk for article in _pinned(normalise_query(words))]


def _chosen(key: str) -> ArticleQuerySet:
    pinned = Article.objects.published().filter(pinned_results__query__key=key)
    return pinned.order_by("pinned_results__position", "pinned_results__pk").only("pk")


_pinned = Prepared(_chosen, [str])
