"""Relevance feedback without a reader's help: the best few articles say which other words matter.

The words that weigh most in the best articles of the first pass are added to the query, and the
first pass is put in order again. It finds no article that holds none of the reader's words.
"""

from collections.abc import Sequence
from typing import Final

from django.db import connection

from articles.search.candidates import Candidate

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

HEAVIEST: Final = """
SELECT lexeme.id, sum(posting.weight * believed.trust) * lexeme_rarity AS value, lexeme_rarity
FROM unnest(%s::bigint[], %s::float8[]) AS believed (article_id, trust)
JOIN articles_searchentry AS entry ON entry.article_id = believed.article_id
JOIN articles_searchlanguage AS language ON language.configuration = entry.configuration
CROSS JOIN LATERAL unnest(tsvector_to_array(entry.vector)) AS term
JOIN articles_searchlexeme AS lexeme
    ON lexeme.configuration = entry.configuration AND lexeme.word = term
JOIN articles_searchposting AS posting
    ON posting.lexeme_id = lexeme.id AND posting.article_id = entry.article_id
CROSS JOIN LATERAL ln((
    1 + (greatest(language.articles, lexeme.articles) - lexeme.articles + 0.5)
    / (lexeme.articles + 0.5))::float8) AS lexeme_rarity
GROUP BY lexeme.id, lexeme_rarity ORDER BY value DESC, lexeme.id LIMIT %s
"""

AGAINST: Final = """
SELECT posting.article_id, sum(posting.weight * term.factor)
FROM unnest(%s::int[], %s::float8[]) AS term (lexeme_id, factor)
JOIN unnest(%s::bigint[]) AS candidate (article_id) ON true
JOIN articles_searchposting AS posting
    ON posting.lexeme_id = term.lexeme_id AND posting.article_id = candidate.article_id
GROUP BY posting.article_id
"""


def apply(best: Sequence[Candidate], length: float) -> None:
    """Gives the candidates the scores that the best of them suggest.

    Args:
        best: the candidates of the first pass, the best first.
        length: words of the query, each as often as it stands.
    """
    if len(best) < ENOUGH or not best[0].score:
        return
    words = _heaviest(best[:BEST])
    whole = sum(value for value, _ in words.values())
    factors = {pk: value / whole * rarity for pk, (value, rarity) in words.items()}
    added = _added(factors, [each.article_id for each in best[:AGAIN]])
    for each in best:
        each.score *= (1 - WEIGHT) / length
        each.score += WEIGHT * added.get(each.article_id, 0.0)


def _heaviest(believed: Sequence[Candidate]) -> dict[int, tuple[float, float]]:
    """Lexeme → its value in the believed articles, and its rarity."""
    top = believed[0].score
    trust = [each.score / top for each in believed]
    with connection.cursor() as cursor:
        cursor.execute(HEAVIEST, [[each.article_id for each in believed], trust, WORDS])
        return {pk: (value, rarity) for pk, value, rarity in cursor.fetchall()}


def _added(factors: dict[int, float], article_ids: list[int]) -> dict[int, float]:
    with connection.cursor() as cursor:
        cursor.execute(AGAINST, [list(factors), list(factors.values()), article_ids])
        return dict(cursor.fetchall())
