"""Features of articles apart from text and links: tags, categories, authors, series, date."""

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
"""The model of each feature, and its fields for the article and the term."""


class TaxonomyFeatures:
    """The features of an article and its candidates, read with a few queries."""

    def __init__(self, article: Article, candidates: Iterable[int]) -> None:
        self.own = article.pk
        article_ids = {*candidates, article.pk}
        dates = Article.objects.filter(pk__in=article_ids).values_list("pk", "published_at")
        self.dates: dict[int, datetime] = {pk: published for pk, published in dates if published}
        self._articles = Article.objects.filter(state=Article.State.PUBLISHED).count()
        self._names = {kind: self._read(kind, article_ids) for kind in KINDS}
        self._frequency = {kind: self._inverse_frequencies(kind) for kind in KINDS}

    def parts(self, other: int) -> dict[str, float]:
        """Returns how much the two share by feature, 0 to 1; rare terms count more than common ones."""
        return {kind: self._shared(kind, other) for kind in KINDS} | {
            "time": exp(-self.days(other) / YEAR)
        }

    def names(self, other: int) -> dict[str, list[str]]:
        """Returns the names of what the two share, the rarest first."""
        named = {}
        for kind in KINDS:
            frequency, own = self._frequency[kind], self._names[kind].get(self.own, {})
            shared = own.keys() & self._names[kind].get(other, {}).keys()
            named[kind] = [own[term] for term in sorted(shared, key=lambda term: -frequency[term])]
        return named

    def days(self, other: int) -> float:
        """Returns the days between the two."""
        own = self.dates.get(self.own, self.dates[other])
        return abs((own - self.dates[other]).total_seconds()) / 86400

    def _read(self, kind: str, article_ids: set[int]) -> dict[int, dict[int, str]]:
        """Returns the terms of each article, with their names."""
        model, article_field, term_field = KINDS[kind]
        rows: Any = model._default_manager.filter(**{f"{article_field}__in": article_ids})
        taxonomy: dict[int, dict[int, str]] = defaultdict(dict)
        for article_id, term_id, name in rows.values_list(
            article_field, term_field, f"{term_field}__name"
        ):
            taxonomy[article_id][term_id] = name
        return taxonomy

    def _inverse_frequencies(self, kind: str) -> dict[int, float]:
        """Returns the rarity of the terms of the article: 1 if no other has it, 0 if all have it."""
        model, _, term_field = KINDS[kind]
        own = list(self._names[kind].get(self.own, {}))
        rows: Any = model._default_manager.filter(**{f"{term_field}__in": own}).order_by()
        scale = log(max(self._articles, 2))
        counts = rows.values_list(term_field).annotate(Count("pk"))
        return {term_id: max(0.0, 1 - log(count) / scale) for term_id, count in counts}

    def _shared(self, kind: str, other: int) -> float:
        """Returns the total rarity of the shared terms, mapped to the range from 0 to 1."""
        frequency = self._frequency[kind]
        shared = frequency.keys() & self._names[kind].get(other, {}).keys()
        total = sum(frequency[term] for term in shared)
        return total / (1 + total)
