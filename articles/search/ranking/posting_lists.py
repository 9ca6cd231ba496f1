"""The statement that reads the postings of some words and cuts the best articles out of them.

PostgreSQL knows neither how long the lists of postings are nor what they hold, so nothing is left to its
guesses: what is read whole, what is looked up, and in which order, stands in the statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from articles.search.query.parser import ParsedQuery, Term
from articles.search.query.required_terms import RequiredTerms

CANDIDATES: Final = """
WITH hit AS (
    SELECT {hit} FROM ({source}) AS posting (reading, factor, needed, article_id, weight)
    WHERE {by_postings} {grouped}
), best AS (
    SELECT *, {total} AS total FROM hit ORDER BY score DESC, article_id DESC LIMIT %s
), chosen AS (
    SELECT best.*, visible.published_at FROM best CROSS JOIN LATERAL (
        SELECT published_at FROM ({visible}) AS visible
        WHERE visible.id BETWEEN best.article_id AND best.article_id OFFSET 0
    ) AS visible
    WHERE {by_vector} ORDER BY best.score DESC, best.article_id DESC LIMIT %s
)
{chosen}
ORDER BY chosen.published_at DESC, chosen.article_id DESC
"""
"""BETWEEN: for one number PostgreSQL goes by the primary key and opens the article's wide row; for a span it reads
the index that holds the dates, in half the time."""

LED: Final = """
SELECT article_id, published_at, score, words, needed, total FROM chosen"""
FOLLOWED: Final = """
SELECT chosen.article_id, chosen.published_at, chosen.score + coalesce(more.score, 0),
    chosen.words + more.words, chosen.needed, chosen.total
FROM chosen CROSS JOIN LATERAL (
    SELECT sum(posting.weight * term.factor) AS score, count(*) AS words
    FROM unnest(%s::int[], %s::float8[]) AS term (lexeme_id, factor)
    JOIN articles_searchposting AS posting
        ON posting.lexeme_id = term.lexeme_id AND posting.article_id = chosen.article_id
) AS more"""
"""The common words are looked up for the chosen ones."""

HITS: Final = """
SELECT count(DISTINCT article_id)
FROM ({source}) AS posting (reading, factor, needed, article_id, weight) WHERE {by_postings}
"""

SUMMED: Final = """posting.article_id, sum(posting.weight * posting.factor) AS score,
        count(*) AS words, max(posting.needed) AS needed"""
OF_ONE_WORD: Final = """posting.article_id, posting.weight * posting.factor AS score,
        1 AS words, posting.needed"""

WHOLE: Final = """
    SELECT term.reading, term.factor, term.needed, held.article_id, held.weight
    FROM unnest(%s::int[], %s::float8[], %s::int[], %s::int[])
        AS term (lexeme_id, factor, needed, reading)
    JOIN articles_searchposting AS held ON held.lexeme_id = term.lexeme_id
    OFFSET 0"""
"""OFFSET 0: read as it stands here; PostgreSQL knows neither how long the lists are nor what they hold."""

OF_FEW: Final = """
    SELECT * FROM (
    SELECT term.reading, term.factor, term.needed, held.article_id, held.weight
    FROM unnest(%s::int[], %s::float8[], %s::int[], %s::int[])
        AS term (lexeme_id, factor, needed, reading)
    JOIN articles_searchposting AS held ON held.lexeme_id = term.lexeme_id
    OFFSET 0
    ) AS scanned (reading, factor, needed, article_id, weight)
    WHERE article_id IN (SELECT unnest(%s::bigint[]))
    UNION ALL
    SELECT term.reading, term.factor, term.needed, held.article_id, held.weight
    FROM unnest(%s::int[], %s::float8[], %s::int[], %s::int[])
        AS term (lexeme_id, factor, needed, reading)
    CROSS JOIN unnest(%s::bigint[]) AS candidate (article_id)
    JOIN articles_searchposting AS held
        ON held.lexeme_id = term.lexeme_id AND held.article_id = candidate.article_id"""

SHORT: Final = 8
"""How many times longer than a section a list is that is still read whole, not looked into."""


@dataclass(frozen=True, slots=True)
class Searchable:
    """What may be found at all."""

    sql: str
    parameters: tuple[Any, ...]
    few: list[int] | None = None
    """The numbers of all of them, where they are few."""
    is_large: bool = False
    """They are many, and yet not all that readers see."""


@dataclass(frozen=True, slots=True)
class PostingQuery:
    """Which articles match: words that lead to them, words that are looked up, and what binds."""

    readings: Sequence[ParsedQuery]
    searchable: Searchable
    required_terms: RequiredTerms
    leading: Sequence[Term]
    following: Sequence[Term]

    def rows(self, candidate_count: int, most: int) -> list[tuple[Any, ...]]:
        """Article, date, score, words held, words asked for, and how many match; the newest first.

        Args:
            looked_at: of so many, the best by the leading words, the vectors and the section are looked at.
            most: how many are wanted.
        """
        source, parameters = self._source()
        is_one = len(self.leading) == 1
        is_all = is_one and self.required_terms.by_postings == "true" and not self.searchable.few
        sql = CANDIDATES.format(
            hit=OF_ONE_WORD if is_one else SUMMED,
            source=source,
            by_postings=self.required_terms.by_postings,
            grouped="" if is_one else "GROUP BY posting.article_id",
            total=f"{self.leading[0].articles}" if is_all else "count(*) OVER ()",
            visible=self.searchable.sql,
            by_vector=self.required_terms.by_vector or "true",
            chosen=FOLLOWED if self.following else LED,
        )
        followers = [
            [term.lexeme_id for term in self.following],
            [*map(term_weight, self.following)],
        ]
        return fetch(
            sql,
            [
                *(*parameters, *self.required_terms.posting_parameters, candidate_count),
                *(*self.searchable.parameters, *self.required_terms.vector_parameters, most),
                *(followers if self.following else ()),
            ],
        )

    def hits(self) -> int:
        """How many match by their postings."""
        source, parameters = self._source()
        sql = HITS.format(source=source, by_postings=self.required_terms.by_postings)
        return int(fetch(sql, [*parameters, *self.required_terms.posting_parameters])[0][0])

    def _source(self) -> tuple[str, list[Any]]:
        """The postings of the leading words, and the parameters of that SQL."""
        few = self.searchable.few
        if few is None:
            return WHOLE, self._columns(self.leading)
        short = [term for term in self.leading if term.articles <= SHORT * len(few)]
        long = [term for term in self.leading if term not in short]
        return OF_FEW, [*self._columns(short), few, *self._columns(long), few]

    def _columns(self, terms: Sequence[Term]) -> list[list[Any]]:
        numbers = {
            term.lexeme_id: number
            for number, each in enumerate(self.readings)
            for term in _all_of(each)
        }
        mine = [numbers[term.lexeme_id] for term in terms]
        return [
            [term.lexeme_id for term in terms],
            [term_weight(term) for term in terms],
            [self.readings[number].words for number in mine],
            mine,
        ]


def term_weight(term: Term) -> float:
    """What a posting's weight counts in the score; a word counts as often as it was asked for."""
    return term.times * term.idf


def _all_of(reading: ParsedQuery) -> list[Term]:
    required = (t for group in reading.required for phrase in group for t in phrase.stems)
    return [*reading.terms, *required]


def fetch(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
