"""The newest articles that hold everything somebody searched for.

On the search page any word suffices, because the best stand first. A feed has the newest first, and
would be full of what shares one word; so there everything must be held.
"""

from dataclasses import dataclass, field

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q

from articles.editorial.models import Article
from articles.editorial.querysets import ArticleQuerySet
from articles.feeds.entries import LENGTH
from articles.search.asking import Asked
from articles.search.models import SearchEntry
from articles.search.narrowing import Narrowing
from articles.search.postings import SearchLanguage
from articles.search.query import find
from articles.search.sorting import Sort


@dataclass(frozen=True, slots=True)
class HoldingAll(Narrowing):
    """Articles that hold every word, on top of what was chosen among the facets."""

    words: str = ""
    chosen: Narrowing = field(default_factory=Narrowing)

    def __bool__(self) -> bool:
        return True

    def apply(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        used = SearchLanguage.objects.filter(articles__gt=0).values_list("pk", flat=True)
        holding = Q(pk__in=[])
        for name in used:
            query = SearchQuery(self.words, config=name, search_type="websearch")
            holding |= Q(configuration=name, vector=query)
        entries = SearchEntry.objects.filter(holding)
        return self.chosen.apply(articles).filter(pk__in=entries.values("article_id"))


def newest_holding(question: Asked) -> ArticleQuerySet:
    """What a feed of this search holds.

    Raises:
        Unanswerable: the question cannot be answered as it stands.
    """
    narrowing = HoldingAll(words=question.words, chosen=question.narrowing)
    findings = find(
        question.words, size=LENGTH, narrowing=narrowing, sort=Sort.NEWEST, explained=False
    )
    return Article.objects.published().filter(
        pk__in=[result.article.pk for result in findings.results]
    )
