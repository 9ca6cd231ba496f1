"""What editors marked an article with: tags, categories, authors, its day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from math import exp, log
from typing import Any, Final

from django.db.models import Count, Q

from articles.editorial.models import Article, ArticleCategory, ArticleTag, Byline

YEAR: Final = 365.0

NEWEST: Final = 20
"""How many of the newest articles with a common mark are considered beside those the text brings."""

KINDS: Final = {
    "tags": (ArticleTag, "content_object", "tag"),
    "categories": (ArticleCategory, "article", "category"),
    "authors": (Byline, "article", "author"),
}
"""Kind of mark → its rows, and their columns for the article and the mark."""


def newest_beside(article: Article) -> set[int]:
    """The newest published articles, in the same language, that share a tag or a category."""
    beside = Q(article_tags__tag__in=article.article_tags.values("tag")) | Q(
        article_categories__category__in=article.article_categories.values("category")
    )
    sharing = Article.objects.filter(beside).values("pk")
    newest = Article.objects.published().filter(pk__in=sharing, language=article.language).newest()
    return set(newest.values_list("pk", flat=True)[:NEWEST])


class Marks:
    """The marks of an article and of its published candidates, read in a handful of queries."""

    def __init__(self, article: Article, candidates: Iterable[int]) -> None:
        self.own = article.pk
        readable = Article.objects.published().filter(language=article.language)
        moments = readable.filter(pk__in={*candidates, article.pk})
        self._moments: dict[int, datetime] = {
            pk: moment for pk, moment in moments.values_list("pk", "published_at") if moment
        }
        self._articles = readable.count()
        self._names: dict[str, dict[int, dict[int, str]]] = {}
        self._rarity: dict[str, dict[int, float]] = {}
        for kind in KINDS:
            self._names[kind] = self._read(kind)
            self._rarity[kind] = self._weigh(kind)

    @property
    def candidates(self) -> list[int]:
        return [pk for pk in self._moments if pk != self.own]

    def parts(self, other: int) -> dict[str, float]:
        """How much of the article's marks the other shares, the rarer the more; each 0 to 1."""
        return {kind: self._overlap(kind, other) for kind in KINDS} | {
            "time": exp(-self._days(other) / YEAR)
        }

    def reasons(self, other: int) -> dict[str, Any]:
        """What the two share, by name, for the editor."""
        shared = {kind: list(self._shared(kind, other).values()) for kind in KINDS}
        return {kind: names for kind, names in shared.items() if names} | {
            "days": round(self._days(other))
        }

    def _read(self, kind: str) -> dict[int, dict[int, str]]:
        model, of, mark = KINDS[kind]
        rows = model._default_manager.filter(**{f"{of}__in": list(self._moments)})
        marks: dict[int, dict[int, str]] = defaultdict(dict)
        for article_id, mark_id, name in rows.values_list(of, mark, f"{mark}__name"):
            marks[article_id][mark_id] = name
        return marks

    def _weigh(self, kind: str) -> dict[int, float]:
        """Mark of the article → its rarity: 1 where no other has it, 0 where every one does."""
        model, of, mark = KINDS[kind]
        own = list(self._names[kind].get(self.own, {}))
        readable = Article.objects.published()
        rows = model._default_manager.filter(**{f"{mark}__in": own, f"{of}__in": readable})
        counts = rows.values_list(mark).annotate(Count("pk"))
        scale = log(max(self._articles, 2))
        return {mark_id: max(0.0, 1 - log(count) / scale) for mark_id, count in counts}

    def _shared(self, kind: str, other: int) -> dict[int, str]:
        own, others = self._names[kind].get(self.own, {}), self._names[kind].get(other, {})
        return {mark: name for mark, name in own.items() if mark in others}

    def _overlap(self, kind: str, other: int) -> float:
        rarity = self._rarity[kind]
        whole = sum(rarity.values())
        return (
            sum(rarity.get(mark, 0.0) for mark in self._shared(kind, other)) / whole
            if whole
            else 0.0
        )

    def _days(self, other: int) -> float:
        own = self._moments.get(self.own, self._moments[other])
        return abs((own - self._moments[other]).total_seconds()) / 86400
