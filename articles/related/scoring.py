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
from articles.related.link_graph import Links
from articles.related.models import ArticleTerms
from articles.related.similarity import Likeness
from articles.related.taxonomy_features import TaxonomyFeatures


@dataclass(frozen=True, slots=True)
class Neighbour:
    article_id: int
    score: float
    parts: Mapping[str, float]
    """What each part of the score gave, weighed."""

    reasons: Mapping[str, Any] = field(default_factory=dict)
    """What the two share, in names."""


SEEN: Final = 4
"""How many a reader sees; among these no event takes more than `OF_ONE_EVENT`."""

OF_ONE_EVENT: Final = 2
LOOKED_AT: Final = 16
DAY: Final = timedelta(days=1)

FAIR: Final = 0.5
ALIKE: Final = 0.2
"""Words of two articles of one day that are so alike tell of the same event."""


def diversify(
    found: Sequence[Neighbour],
    moments: Mapping[int, datetime],
    terms: Mapping[int, ArticleTerms],
) -> list[Neighbour]:
    """The same neighbours; a third piece on one day's event gives way to something else near.

    What takes its place must come at least half as near: an article that has nothing to do with this
    one is no variety.
    """
    shown: list[Neighbour] = []
    held: list[Neighbour] = []
    for each in found[:LOOKED_AT]:
        while held and each.score < FAIR * held[0].score:
            shown.append(held.pop(0))
        if len(shown) >= SEEN:
            break
        if _same_event(each, shown, moments, terms) < OF_ONE_EVENT:
            shown.append(each)
        else:
            held.append(each)
    first = {each.article_id for each in shown}
    return [*shown, *(each for each in found if each.article_id not in first)]


def _same_event(
    each: Neighbour,
    shown: Sequence[Neighbour],
    moments: Mapping[int, datetime],
    terms: Mapping[int, ArticleTerms],
) -> int:
    """How many of those shown tell of the same day's event."""
    moment = moments[each.article_id]
    same_day = [
        terms[other.article_id] for other in shown if abs(moments[other.article_id] - moment) <= DAY
    ]
    if len(same_day) < OF_ONE_EVENT:
        return 0
    likeness = Likeness(terms[each.article_id])
    return sum(sum(likeness.shared_words(other).values()) >= ALIKE for other in same_day)


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

    likeness: Likeness
    candidates: Mapping[int, ArticleTerms]
    marks: TaxonomyFeatures
    links: Links
    found: Sequence[Neighbour]
    """Every candidate with its score, the nearest first."""


def neighbours(article: Article, *, limit: int) -> list[Neighbour]:
    """The published articles nearest to this one in its language, the nearest first."""
    compared = compare(article)
    if compared is None:
        return []
    chosen = diversify(compared.found, compared.marks.moments, compared.candidates)[:limit]
    others = [compared.candidates[each.article_id] for each in chosen]
    spelt = reasons.Spelling(article, compared.likeness, others)
    return [
        replace(
            each,
            reasons=reasons.collect(each.article_id, spelt, compared.marks, compared.links),
        )
        for each in chosen
    ]


def compare(article: Article) -> Comparison | None:
    """The article beside every candidate; None while its words are not recorded."""
    own = ArticleTerms.objects.filter(article=article).first()
    if own is None:
        return None
    likeness = Likeness(own)
    candidates = candidates_for(article, likeness.weights)
    marks, links = TaxonomyFeatures(article, candidates), Links(article.pk, candidates)
    texts = likeness.parts(candidates.values())
    nearness = {
        pk: sum(WEIGHTS[name] * parts[name] for name in TEXT) for pk, parts in texts.items()
    }
    found = []
    for pk, parts in texts.items():
        linked = {"links": links.own(pk), "beside": links.beside(pk, nearness)}
        given = {
            name: WEIGHTS[name] * part for name, part in (parts | marks.parts(pk) | linked).items()
        }
        found.append(Neighbour(pk, sum(given.values()), given))
    found.sort(key=lambda neighbour: (-neighbour.score, -neighbour.article_id))
    return Comparison(likeness, candidates, marks, links, found)
