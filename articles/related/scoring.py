"""An article that stands near another one, and why.

No four pieces on one day's event below an article.

How near two articles are to each other: one sum of named parts.

The text decides. What editors marked, linked and when orders what the text holds for equally near;
every weight was measured (docs/algorithms/related.md). Each part lies between 0 and 1.
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
    """What each part of the score gave, weighed."""

    reasons: Mapping[str, Any] = field(default_factory=dict)
    """What the two share, in names."""


SHOWN: Final = 4
"""How many a reader sees; among these no event takes more than `OF_ONE_EVENT`."""

OF_ONE_EVENT: Final = 2
CONSIDERED: Final = 16
DAY: Final = timedelta(days=1)

MAX_SHARE: Final = 0.5
ALIKE: Final = 0.2
"""Words of two articles of one day that are so alike tell of the same event."""


def diversify(
    found: Sequence[Neighbour],
    dates: Mapping[int, datetime],
    terms: Mapping[int, ArticleTerms],
) -> list[Neighbour]:
    """The same neighbours; a third piece on one day's event gives way to something else near.

    What takes its place must come at least half as near: an article that has nothing to do with this
    one is no variety.
    """
    shown: list[Neighbour] = []
    held: list[Neighbour] = []
    for each in found[:CONSIDERED]:
        while held and each.score < MAX_SHARE * held[0].score:
            shown.append(held.pop(0))
        if len(shown) >= SHOWN:
            break
        if _same_event(each, shown, dates, terms) < OF_ONE_EVENT:
            shown.append(each)
        else:
            held.append(each)
    first = {each.article_id for each in shown}
    return [*shown, *(each for each in found if each.article_id not in first)]


def _same_event(
    each: Neighbour,
    shown: Sequence[Neighbour],
    dates: Mapping[int, datetime],
    terms: Mapping[int, ArticleTerms],
) -> int:
    """How many of those shown tell of the same day's event."""
    published = dates[each.article_id]
    same_day = [
        terms[other.article_id]
        for other in shown
        if abs(dates[other.article_id] - published) <= DAY
    ]
    if len(same_day) < OF_ONE_EVENT:
        return 0
    similarity = TextSimilarity(terms[each.article_id])
    return sum(sum(similarity.shared_words(other).values()) >= ALIKE for other in same_day)


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
"""The whole of the judgement, in one place."""

TEXT: Final = ("words", "pairs", "headline")


@dataclass(frozen=True, slots=True)
class Comparison:
    """An article beside its candidates."""

    similarity: TextSimilarity
    candidates: Mapping[int, ArticleTerms]
    taxonomy: TaxonomyFeatures
    links: ArticleLinks
    found: Sequence[Neighbour]
    """Every candidate with its score, the nearest first."""


def neighbours(article: Article, *, limit: int) -> list[Neighbour]:
    """The published articles nearest to this one in its language, the nearest first."""
    compared = compare(article)
    if compared is None:
        return []
    chosen = diversify(compared.found, compared.taxonomy.dates, compared.candidates)[:limit]
    others = [compared.candidates[each.article_id] for each in chosen]
    spelt = reasons.TermSpellings(article, compared.similarity, others)
    return [
        replace(
            each,
            reasons=reasons.collect_reasons(
                each.article_id, spelt, compared.taxonomy, compared.links
            ),
        )
        for each in chosen
    ]


def compare(article: Article) -> Comparison | None:
    """The article beside every candidate; None while its words are not recorded."""
    own = ArticleTerms.objects.filter(article=article).first()
    if own is None:
        return None
    similarity = TextSimilarity(own)
    candidates = candidates_for(article, similarity.weights)
    taxonomy, links = TaxonomyFeatures(article, candidates), ArticleLinks(article.pk, candidates)
    texts = similarity.parts(candidates.values())
    similarities = {
        pk: sum(WEIGHTS[name] * parts[name] for name in TEXT) for pk, parts in texts.items()
    }
    found = []
    for pk, parts in texts.items():
        linked = {"links": links.own(pk), "beside": links.beside(pk, similarities)}
        given = {
            name: WEIGHTS[name] * part
            for name, part in (parts | taxonomy.parts(pk) | linked).items()
        }
        found.append(Neighbour(pk, sum(given.values()), given))
    found.sort(key=lambda neighbour: (-neighbour.score, -neighbour.article_id))
    return Comparison(similarity, candidates, taxonomy, links, found)
