"""What editors chose to stand first for a query."""

from articles.editorial.models import Article
from articles.search.query.parser import normalise_query


def pinned_articles(words: str) -> list[int]:
    """The published articles pinned for these very words, in their order."""
    pinned = Article.objects.published().filter(pinned_results__query__key=normalise_query(words))
    in_order = pinned.order_by("pinned_results__position", "pinned_results__pk")
    return list(in_order.values_list("pk", flat=True))
