"""Relevance feedback without a reader's help: the best few articles say which other words matter.

The words that weigh most in the best articles of the first pass are added to the query, and the
first pass is put in order again. It finds no article that holds none of the reader's words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection

from articles.search.ranking.candidates import Candidate

BEST: Final = 8
"""Articles that are believed."""

WORDS: Final = 25
"""Words that are taken from them."""

WEIGHT: Final = 0.5
"""What they count beside the words of the query."""

AGAIN: Final = 400
"""Articles that are put in order again."""

ENOUGH: Final = 2 * BEST
"""Where fewer match, they say too little of each other."""

SCANNED: Final = 8_000
"""Articles of a word up to which reading its whole list takes less than looking for each candidate."""

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
    """A word that the believed articles add to the query."""

    lexeme_id: int
    value: float
    idf: float
    articles: int


def apply_feedback(best: Sequence[Candidate], length: float) -> None:
    """Gives the candidates the scores that the best of them suggest.

    Args:
        best: the candidates of the first pass, the best first.
        length: words of the query, each as often as it stands.
    """
    if len(best) < ENOUGH or not best[0].score:
        return
    words = _heaviest(best[:BEST])
    added = _added(words, [each.article_id for each in best[:AGAIN]])
    for each in best:
        each.score *= (1 - WEIGHT) / length
        each.score += WEIGHT * added.get(each.article_id, 0.0)


def _heaviest(believed: Sequence[Candidate]) -> list[ExpansionTerm]:
    top = believed[0].score
    trust = [each.score / top for each in believed]
    with connection.cursor() as cursor:
        cursor.execute(HEAVIEST, [[each.article_id for each in believed], trust, WORDS])
        return [ExpansionTerm(*row) for row in cursor.fetchall()]


def _added(words: Sequence[ExpansionTerm], article_ids: list[int]) -> dict[int, float]:
    """Article → what the added words give it."""
    whole = sum(word.value for word in words)
    parameters: list[list[float]] = []
    for chosen in (
        [word for word in words if word.articles <= SCANNED],
        [word for word in words if word.articles > SCANNED],
    ):
        factors = [word.value / whole * word.idf for word in chosen]
        parameters += [[word.lexeme_id for word in chosen], factors, list(article_ids)]
    with connection.cursor() as cursor:
        cursor.execute(AGAINST, parameters)
        return dict(cursor.fetchall())
