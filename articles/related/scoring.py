"""Scores candidates and selects neighbours.

The score is a weighted sum of parts between 0 and 1. The text decides; taxonomy, links and dates order
articles whose texts are equally similar. Every weight was evaluated (docs/algorithms/related.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from articles.editorial.models import Article
from articles.related import reasons
from articles.related.candidates import candidates_for
from articles.related.link_graph import ArticleLinks
from articles.related.models import ArticleTerms
from articles.related.similarity import TextSimilarity
from articles.related.taxonomy_features import TaxonomyFeatures


@dataclass(frozen=True, slots=True)
class Neighbour:
    article_id: int
    score: float
    parts: Mapping[str, float]
    """The weighted parts of the score."""

    reasons: Mapping[str, Any] = field(default_factory=dict)
    """What the two articles share, by name."""


SHOWN: Final = 4
"""The number that readers see; at most `MAX_OF_ONE_EVENT` of them are about one event."""

MAX_OF_ONE_EVENT: Final = 2
CONSIDERED: Final = 16
DAY: Final = timedelta(days=1)

MIN_SHARE: Final = 0.5
SAME_EVENT_SIMILARITY: Final = 0.2
"""From this similarity of words on, two articles of one day are about the same event."""


def diversify(
    found: Sequence[Neighbour],
    dates: Mapping[int, datetime],
    terms: Mapping[int, ArticleTerms],
) -> list[Neighbour]:
    """Reorders neighbours so that a third article on the event of a day comes later.

    The article that replaces it needs at least half its score: an unrelated article is not shown just
    for diversity.
    """
    shown: list[Neighbour] = []
    postponed: list[Neighbour] = []
    for each in found[:CONSIDERED]:
        while postponed and each.score < MIN_SHARE * postponed[0].score:
            shown.append(postponed.pop(0))
        if len(shown) >= SHOWN:
            break
        if _same_event(each, shown, dates, terms) < MAX_OF_ONE_EVENT:
            shown.append(each)
        else:
            postponed.append(each)
    shown_ids = {each.article_id for each in shown}
    return [*shown, *(each for each in found if each.article_id not in shown_ids)]


def _same_event(
    each: Neighbour,
    shown: Sequence[Neighbour],
    dates: Mapping[int, datetime],
    terms: Mapping[int, ArticleTerms],
) -> int:
    """Returns how many of the shown articles are about the same event."""
    published = dates[each.article_id]
    same_day = [
        terms[other.article_id]
        for other in shown
        if abs(dates[other.article_id] - published) <= DAY
    ]
    if len(same_day) < MAX_OF_ONE_EVENT:
        return 0
    similarity = TextSimilarity(terms[each.article_id])
    return sum(
        sum(similarity.shared_words(other).values()) >= SAME_EVENT_SIMILARITY for other in same_day
    )


WEIGHTS: Final = {
    "words": 1.0,
    "pairs": 1.0,
    "headline": 0.05,
    "links": 0.2,
    "beside": 0.4,
    "tags": 0.08,
    "categories": 0.06,
    "authors": 0.06,
    "series": 0.3,
    "time": 0.02,
}
"""The weights of all parts of the score."""

TEXT_PARTS: Final = ("words", "pairs", "headline")


@dataclass(frozen=True, slots=True)
class Comparison:
    """An article compared with its candidates."""

    similarity: TextSimilarity
    candidates: Mapping[int, ArticleTerms]
    taxonomy: TaxonomyFeatures
    links: ArticleLinks
    found: Sequence[Neighbour]
    """Every candidate with its score, the best first."""


def neighbours(article: Article, *, limit: int) -> list[Neighbour]:
    """Returns the most similar published articles in the same language, the best first."""
    comparison = compare(article)
    if comparison is None:
        return []
    selected = diversify(comparison.found, comparison.taxonomy.dates, comparison.candidates)[:limit]
    others = [comparison.candidates[each.article_id] for each in selected]
    spellings = reasons.TermSpellings(article, comparison.similarity, others)
    return [
        replace(
            each,
            reasons=reasons.collect_reasons(
                each.article_id, spellings, comparison.taxonomy, comparison.links
            ),
        )
        for each in selected
    ]


def compare(article: Article) -> Comparison | None:
    """Compares an article with its candidates; returns None if its terms are not recorded yet."""
    own = ArticleTerms.objects.filter(article=article).first()
    if own is None:
        return None
    similarity = TextSimilarity(own)
    candidates = candidates_for(article, similarity.weights)
    taxonomy, links = TaxonomyFeatures(article, candidates), ArticleLinks(article.pk, candidates)
    texts = similarity.parts(candidates.values())
    similarities = {
        pk: sum(WEIGHTS[name] * parts[name] for name in TEXT_PARTS) for pk, parts in texts.items()
    }
    found = []
    for pk, parts in texts.items():
        link_parts = {"links": links.own(pk), "beside": links.beside(pk, similarities)}
        weighted = {
            name: WEIGHTS[name] * part
            for name, part in (parts | taxonomy.parts(pk) | link_parts).items()
        }
        found.append(Neighbour(pk, sum(weighted.values()), weighted))
    found.sort(key=lambda neighbour: (-neighbour.score, -neighbour.article_id))
    return Comparison(similarity, candidates, taxonomy, links, found)
