"""How near two articles are to each other: one sum of named parts.

The weights follow trials on judged collections: the text decides; tags, categories, authors and
time only order what the text holds for equally near. Each part lies between 0 and 1.
"""

from dataclasses import dataclass, field
from math import log
from typing import Any, Final

from django.db import connection

from articles.editorial.models import Article
from articles.related.marks import Marks, newest_beside
from articles.related.terms import QUERY, Term, terms_of

WEIGHTS: Final = {"text": 1.0, "tags": 0.05, "categories": 0.05, "authors": 0.05, "time": 0.02}
"""The whole of the judgement, in one place."""

HEAVIEST: Final = 60
"""Stems of an article that take part, the heaviest by how often and how rare."""

CANDIDATES: Final = 200
K1, B = 1.2, 0.75

BY_TEXT: Final = f"""
WITH heavy AS (
    SELECT lexeme, weight, {QUERY.format("lexeme")} AS query
    FROM unnest(%(lexemes)s::text[], %(weights)s::float8[]) AS given (lexeme, weight)
), present AS (
    SELECT terms.article_id, sum(heavy.weight) AS weight
    FROM heavy JOIN articles_articleterms AS terms ON terms.vector @@ heavy.query
    JOIN articles_article AS article ON article.id = terms.article_id
    WHERE article.state = 'published' AND article.language = %(language)s
    GROUP BY terms.article_id ORDER BY weight DESC, terms.article_id DESC LIMIT %(limit)s
), shared AS (
    SELECT present.article_id, heavy.lexeme, heavy.weight * (times * (%(k1)s + 1)) / (times
        + %(k1)s * (1 - %(b)s + %(b)s * terms.length / greatest(%(mean)s, 1))) AS part
    FROM present JOIN articles_articleterms AS terms USING (article_id),
        unnest(terms.vector) AS term,
        LATERAL (SELECT sum(CASE weight WHEN 'A' THEN 3 WHEN 'B' THEN 2 ELSE 1 END)::float8 AS times
            FROM unnest(term.weights) AS weight) AS counted,
        heavy WHERE heavy.lexeme = term.lexeme
)
SELECT article_id, sum(part), (array_agg(lexeme ORDER BY part DESC, lexeme))[1:5]
FROM shared GROUP BY article_id
"""  # noqa: S608 - the part put in is a constant
"""Presence through the index narrows the field; only what is left is weighed word by word."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    article_id: int
    score: float
    reasons: dict[str, Any] = field(default_factory=dict)


def neighbours(article: Article, *, limit: int) -> list[Neighbour]:
    """The published articles nearest to this one in its language, the nearest first."""
    by_text = _by_text(article)
    own_score, _ = by_text.pop(article.pk, (0.0, []))
    marks = Marks(article, set(by_text) | newest_beside(article))
    found = []
    for pk in marks.candidates:
        score, words = by_text.get(pk, (0.0, []))
        parts = marks.parts(pk) | {"text": score / own_score if own_score else 0.0}
        total = sum(WEIGHTS[name] * part for name, part in parts.items())
        found.append(Neighbour(pk, total, marks.reasons(pk) | {"words": words}))
    found.sort(key=lambda neighbour: (-neighbour.score, -neighbour.article_id))
    return found[:limit]


def heaviest(terms: list[Term], articles: int) -> dict[str, float]:
    """Stem → weight, the heaviest stems by tf·idf; what stands in every article weighs nothing."""
    weights = {
        term.lexeme: (1 + log(term.times))
        * log(1 + (articles - term.articles + 0.5) / (term.articles + 0.5))
        for term in terms
    }
    return dict(sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))[:HEAVIEST])


def _by_text(article: Article) -> dict[int, tuple[float, list[str]]]:
    """Candidate → how much of the article's heavy stems it holds, and which most; itself included."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), avg(length) FROM articles_articleterms")
        count, mean = cursor.fetchone()
        heavy = heaviest(terms_of(article.pk), count)
        values: dict[str, Any] = {
            "lexemes": list(heavy),
            "weights": list(heavy.values()),
            "language": article.language,
            "limit": CANDIDATES,
            "k1": K1,
            "b": B,
            "mean": float(mean or 1),
        }
        cursor.execute(BY_TEXT, values)
        return {pk: (score, words) for pk, score, words in cursor.fetchall()}
