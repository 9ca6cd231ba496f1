"""Pseudo-relevance feedback: expands the query with terms of the best articles.

The terms with the highest weights in the best articles of the first pass are added to the query, and its
results are ranked again. It finds no articles without a word of the original query.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from articles.search.ranking.candidates import Candidate
from iria.core.db.bulk_copy import id_array
from iria.core.db.replica import reading

FEEDBACK_ARTICLES: Final = 8
"""Articles that are assumed to be relevant."""

EXPANSION_TERMS: Final = 25

WEIGHT: Final = 0.5
"""The share of the added terms in the score."""

RERANKED: Final = 400
"""Articles that are ranked again."""

MIN_MATCHES: Final = 2 * FEEDBACK_ARTICLES
"""With fewer matches, feedback is not reliable."""

SCANNED: Final = 8_000
"""The length up to which reading a whole list is faster than looking up each candidate."""

HEAVIEST: Final = """
WITH believed AS MATERIALIZED (
    SELECT entry.configuration, entry.vector, given.trust, language.mean, (
        SELECT sum(times) FROM articles_search_terms(entry.vector)) AS length
    FROM unnest(%s::bigint[], %s::float8[]) AS given (article_id, trust)
    JOIN articles_searchentry AS entry USING (article_id)
    JOIN articles_searchlanguage AS language ON language.configuration = entry.configuration
), said AS MATERIALIZED (
    SELECT believed.configuration, term.word, sum(believed.trust
        * articles_search_weight(term.times, believed.length, believed.mean)) AS weight
    FROM believed CROSS JOIN LATERAL articles_search_terms(believed.vector) AS term
    GROUP BY believed.configuration, term.word
)
SELECT lexeme.id, said.weight * rarity AS value, rarity, lexeme.articles
FROM said
JOIN articles_searchlanguage AS language ON language.configuration = said.configuration
JOIN articles_searchlexeme AS lexeme
    ON lexeme.configuration = said.configuration AND lexeme.word = said.word
CROSS JOIN LATERAL ln((
    1 + (greatest(language.articles, lexeme.articles) - lexeme.articles + 0.5)
    / (lexeme.articles + 0.5))::float8) AS rarity
ORDER BY value DESC, lexeme.id LIMIT %s
"""

AGAINST: Final = """
SELECT article_id, sum(part) FROM (
    SELECT article_id, part FROM (
        SELECT posting.article_id, posting.weight * term.factor AS part
        FROM unnest(%s::int[], %s::float8[]) AS term (lexeme_id, factor)
        JOIN articles_searchposting AS posting ON posting.lexeme_id = term.lexeme_id
        OFFSET 0  -- read whole, then thrown away what is no candidate
    ) AS scanned
    WHERE article_id IN (SELECT unnest(%s::bigint[]))
    UNION ALL
    SELECT posting.article_id, posting.weight * term.factor
    FROM unnest(%s::int[], %s::float8[]) AS term (lexeme_id, factor)
    CROSS JOIN unnest(%s::bigint[]) AS candidate (article_id)
    JOIN articles_searchposting AS posting
        ON posting.lexeme_id = term.lexeme_id AND posting.article_id = candidate.article_id
) AS parts
GROUP BY article_id
"""


@dataclass(frozen=True, slots=True)
class ExpansionTerm:
    """A term that is added to the query."""

    lexeme_id: int
    value: float
    idf: float
    articles: int


def apply_feedback(best: Sequence[Candidate], length: float) -> None:
    """Updates the scores of the candidates.

    Args:
        best: the candidates of the first pass, the best first.
        length: the number of words of the query, with repetitions.
    """
    if len(best) < MIN_MATCHES or not best[0].score:
        return
    terms = _expansion_terms(best[:FEEDBACK_ARTICLES])
    scores = _scores(terms, [each.article_id for each in best[:RERANKED]])
    for each in best:
        each.score *= (1 - WEIGHT) / length
        each.score += WEIGHT * scores.get(each.article_id, 0.0)


def _expansion_terms(relevant: Sequence[Candidate]) -> list[ExpansionTerm]:
    top = relevant[0].score
    trust = [each.score / top for each in relevant]
    with reading.cursor() as cursor:
        cursor.execute(HEAVIEST, [[each.article_id for each in relevant], trust, EXPANSION_TERMS])
        return [ExpansionTerm(*row) for row in cursor.fetchall()]


def _scores(terms: Sequence[ExpansionTerm], article_ids: list[int]) -> dict[int, float]:
    """Returns the scores of the added terms by article."""
    total = sum(term.value for term in terms)
    parameters: list[Any] = []
    for chosen in (
        [term for term in terms if term.articles <= SCANNED],
        [term for term in terms if term.articles > SCANNED],
    ):
        factors = [term.value / total * term.idf for term in chosen]
        candidates = id_array(article_ids if chosen else ())
        parameters += [[term.lexeme_id for term in chosen], factors, candidates]
    with reading.cursor() as cursor:
        cursor.execute(AGAINST, parameters)
        return dict(cursor.fetchall())
