"""How near two articles are to each other: one sum of named parts.

The text decides. What editors marked, linked and when orders what the text holds for equally near;
every weight was measured (docs/algorithms/related.md). Each part lies between 0 and 1.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from articles.editorial.models import Article
from articles.related import reasons, variety
from articles.related.candidates import candidates_for
from articles.related.likeness import Likeness
from articles.related.linking import Links
from articles.related.marks import Marks
from articles.related.models import ArticleTerms
from articles.related.neighbour import Neighbour

WEIGHTS: Final = {
    "words": 1.0,
    "pairs": 1.0,
    "headline": 0.05,
    "links": 0.2,
    "beside": 0.3,
    "tags": 0.06,
    "categories": 0.06,
    "authors": 0.06,
    "time": 0.02,
}
"""The whole of the judgement, in one place."""


def neighbours(
    article: Article, *, limit: int, weights: Mapping[str, float] = WEIGHTS
) -> list[Neighbour]:
    """The published articles nearest to this one in its language, the nearest first."""
    own = ArticleTerms.objects.filter(article=article).first()
    if own is None:
        return []
    likeness = Likeness(own)
    candidates = candidates_for(article, likeness.weights)
    marks, links = Marks(article, candidates), Links(article.pk, candidates)
    found = _scored(likeness, candidates, marks, links, weights)
    chosen = variety.varied(found, marks.moments, candidates)[:limit]
    spelt = reasons.Spelling(article, likeness, [candidates[each.article_id] for each in chosen])
    return [
        replace(each, reasons=reasons.collect(each.article_id, spelt, marks, links))
        for each in chosen
    ]


def _scored(
    likeness: Likeness,
    candidates: Mapping[int, ArticleTerms],
    marks: Marks,
    links: Links,
    weights: Mapping[str, float],
) -> list[Neighbour]:
    """Every candidate with its score, the nearest first."""
    texts = likeness.parts(candidates.values())
    nearness = {
        pk: sum(weights[name] * part for name, part in parts.items())
        for pk, parts in texts.items()
    }
    found = []
    for pk, parts in texts.items():
        linked = {"links": links.own(pk), "beside": links.beside(pk, nearness)}
        given = {
            name: weights[name] * part
            for name, part in (parts | marks.parts(pk) | linked).items()
        }
        found.append(Neighbour(pk, sum(given.values()), given))
    found.sort(key=lambda neighbour: (-neighbour.score, -neighbour.article_id))
    return found
