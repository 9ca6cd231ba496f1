"""What editors chose to stand first for a query."""

from articles.editorial.models import Article
from articles.search.keys import key_of


def pinned_for(words: str) -> list[int]:
    """The published articles pinned for these very words, in their order."""
    pinned = Article.objects.published().filter(pinned_results__query__key=key_of(words))
    return list(
        pinned.order_by("pinned_results__position", "pinned_results__pk").values_list(
            "pk", flat=True
        )
    )
