"""What editors marked an article with: tags, categories, authors, its day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from math import exp, log
from typing import Any, Final

from django.db.models import Count

from articles.editorial.models import Article, ArticleCategory, ArticleTag, Byline, SeriesPart

YEAR: Final = 365.0

KINDS: Final = {
    "tags": (ArticleTag, "content_object", "tag"),
    "categories": (ArticleCategory, "article", "category"),
    "authors": (Byline, "article", "author"),
    "series": (SeriesPart, "article", "series"),
}
"""Kind of mark → its rows, and their columns for the article and the mark."""


class TaxonomyFeatures:
    """The marks of an article and of its candidates, read in a handful of queries."""

    def __init__(self, article: Article, candidates: Iterable[int]) -> None:
        self.own = article.pk
        among = {*candidates, article.pk}
        dates = Article.objects.filter(pk__in=among).values_list("pk", "published_at")
        self.dates: dict[int, datetime] = {pk: published for pk, published in dates if published}
        self._articles = Article.objects.filter(state=Article.State.PUBLISHED).count()
        self._names = {kind: self._read(kind, among) for kind in KINDS}
        self._frequency = {kind: self._weigh(kind) for kind in KINDS}

    def parts(self, other: int) -> dict[str, float]:
        """How much the two share, each 0 to 1: a rare mark says more than a common one."""
        return {kind: self._shared(kind, other) for kind in KINDS} | {
            "time": exp(-self.days(other) / YEAR)
        }

    def names(self, other: int) -> dict[str, list[str]]:
        """What the two share, by name, the rarest first."""
        named = {}
        for kind in KINDS:
            frequency, own = self._frequency[kind], self._names[kind].get(self.own, {})
            shared = own.keys() & self._names[kind].get(other, {}).keys()
            named[kind] = [own[mark] for mark in sorted(shared, key=lambda mark: -frequency[mark])]
        return named

    def days(self, other: int) -> float:
        """Days between the two."""
        own = self.dates.get(self.own, self.dates[other])
        return abs((own - self.dates[other]).total_seconds()) / 86400

    def _read(self, kind: str, among: set[int]) -> dict[int, dict[int, str]]:
        """Article → its marks, and their names."""
        model, of, mark = KINDS[kind]
        rows: Any = model._default_manager.filter(**{f"{of}__in": among})
        taxonomy: dict[int, dict[int, str]] = defaultdict(dict)
        for article_id, mark_id, name in rows.values_list(of, mark, f"{mark}__name"):
            taxonomy[article_id][mark_id] = name
        return taxonomy

    def _weigh(self, kind: str) -> dict[int, float]:
        """Mark of the article → its rarity: 1 where no other has it, 0 where every one does."""
        model, _, mark = KINDS[kind]
        own = list(self._names[kind].get(self.own, {}))
        rows: Any = model._default_manager.filter(**{f"{mark}__in": own}).order_by()
        scale = log(max(self._articles, 2))
        counts = rows.values_list(mark).annotate(Count("pk"))
        return {mark_id: max(0.0, 1 - log(count) / scale) for mark_id, count in counts}

    def _shared(self, kind: str, other: int) -> float:
        """The rarities of what is shared, together, on their way to 1 but never there."""
        frequency = self._frequency[kind]
        shared = frequency.keys() & self._names[kind].get(other, {}).keys()
        whole = sum(frequency[mark] for mark in shared)
        return whole / (1 + whole)
