"""How near two articles are to each other: one sum of named parts.

The text decides. What editors marked, linked and when orders what the text holds for equally near;
every weight was measured (docs/algorithms/related.md). Each part lies between 0 and 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
    marks: Marks
    links: Links
    found: Sequence[Neighbour]
    """Every candidate with its score, the nearest first."""


def neighbours(article: Article, *, limit: int) -> list[Neighbour]:
    """The published articles nearest to this one in its language, the nearest first."""
    compared = compare(article)
    if compared is None:
        return []
    chosen = variety.varied(compared.found, compared.marks.moments, compared.candidates)[:limit]
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
    marks, links = Marks(article, candidates), Links(article.pk, candidates)
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
