"""The newest articles that hold everything somebody searched for.

On the search page any word suffices, because the best stand first. A feed has the newest first, and
would be full of what shares one word; so there every word binds, as if it stood in quotes.
"""

from articles.editorial.models import Article
from articles.editorial.querysets import ArticleQuerySet
from articles.feeds.entries import LENGTH
from articles.search.asking import Asked
from articles.search.query import find
from articles.search.reading import in_quotes
from articles.search.sorting import Sort


def newest_holding(question: Asked) -> ArticleQuerySet:
    """What a feed of this search holds.

    Raises:
        Unanswerable: the question cannot be answered as it stands.
    """
    findings = find(
        in_quotes(question.words),
        size=LENGTH,
        narrowing=question.narrowing,
        sort=Sort.NEWEST,
        explained=False,
    )
    return Article.objects.published().filter(
        pk__in=[result.article.pk for result in findings.results]
    )
