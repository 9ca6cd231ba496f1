"""The best articles for a query, the best first: BM25+ over stored weights.

Rare words lead: their articles are the candidates, as long as the lists are short enough to be read
in some milliseconds, and the common words are looked up for the best of those only. On a site of
some ten thousand articles every word leads, and nothing is cut at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nlargest
from operator import attrgetter
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection

from articles.editorial.querysets import ArticleQuerySet
from articles.search.reading import Reading, Term

MOST: Final = 1000
"""Articles that are put in order: the best of all that match."""

READ_WHOLE: Final = 10_000
"""Postings that are read whole, of the rarest words first."""

LOOKED_UP: Final = 10
"""Common words that are looked up for the best, the heaviest of them: more are a pasted paragraph."""

CANDIDATES: Final = """
WITH hit AS (
    SELECT posting.article_id, sum(posting.weight * term.factor) AS score,
        count(*) AS words, max(term.needed) AS needed
    FROM unnest(%s::int[], %s::float8[], %s::int[]) AS term (lexeme_id, factor, needed)
    JOIN articles_searchposting AS posting ON posting.lexeme_id = term.lexeme_id
    WHERE {binding}
    GROUP BY posting.article_id
), best AS (
    SELECT *, count(*) OVER () AS total FROM hit ORDER BY score DESC, article_id DESC LIMIT %s
)
SELECT best.article_id, visible.published_at, best.score + coalesce(more.score, 0),
    best.words + more.words, best.needed, best.total
FROM best JOIN ({visible}) AS visible ON visible.id = best.article_id
CROSS JOIN LATERAL (
    SELECT sum(posting.weight * term.factor) AS score, count(*) AS words
    FROM unnest(%s::int[], %s::float8[]) AS term (lexeme_id, factor)
    JOIN articles_searchposting AS posting
        ON posting.lexeme_id = term.lexeme_id AND posting.article_id = best.article_id
) AS more
ORDER BY visible.published_at DESC, best.article_id DESC
"""

REQUIRED: Final = """posting.article_id IN (
    SELECT article_id FROM articles_searchentry WHERE {conditions})"""
NARROWED: Final = "posting.article_id IN (SELECT id FROM ({articles}) AS narrowed)"
UNWANTED: Final = """posting.article_id NOT IN (
    SELECT article_id FROM articles_searchentry WHERE {conditions})"""


@dataclass(slots=True)
class Candidate:
    """An article that matches, and how well. Candidates come newest first, so that a sort by their
    scores leaves equals in the order of their dates and pages never shuffle."""

    article_id: int
    published_at: datetime
    score: float
    has_all: bool
    """It holds every word that was asked for."""


@dataclass(slots=True)
class Candidates:
    """The best of what matches."""

    best: list[Candidate] = field(default_factory=list)
    total: int = 0
    is_exact: bool = True
    """Otherwise at least so many match: common words were not counted through."""


SCORE: Final = attrgetter("score")


def candidates(
    readings: Sequence[Reading], articles: ArticleQuerySet, *, narrowed: bool = False
) -> Candidates:
    """The best of the articles that hold any of the words, and all that binds.

    Args:
        articles: what may be found at all; the published ones.
        narrowed: whether `articles` are fewer than the published ones; then they are looked at
            before anything is cut, so that none of them is lost.
    """
    try:
        visible = articles.order_by().values("id", "published_at").query.sql_with_params()
    except EmptyResultSet:
        return Candidates()
    needed = {term.lexeme_id: each.words for each in readings for term in each.terms}
    terms = sorted((term for each in readings for term in each.terms), key=lambda t: t.articles)
    bound = any(each.required for each in readings)
    leading, following = (terms, []) if bound or narrowed else _split(terms)
    if not leading:
        return Candidates()
    binding, parameters = _binding(readings, visible if narrowed else None)
    rows = _fetch(
        CANDIDATES.format(binding=binding, visible=visible[0]),
        [
            *([term.lexeme_id for term in leading], [factor(term) for term in leading]),
            [needed[term.lexeme_id] for term in leading],
            *(*parameters, MOST, *visible[1]),
            *([term.lexeme_id for term in following], [factor(term) for term in following]),
        ],
    )
    best = [
        Candidate(pk, at, score, has_all=words >= wanted)
        for pk, at, score, words, wanted, _ in rows
    ]
    best.sort(key=SCORE, reverse=True)
    total = rows[0][-1] if rows else 0
    if total <= MOST:
        total = len(best)
    if not following:
        return Candidates(best, total)
    return Candidates(best, max(total, *(term.articles for term in terms)), is_exact=False)


def factor(term: Term) -> float:
    """What a posting's weight counts in the score; a word counts as often as it was asked for."""
    return term.times * term.rarity


def _split(terms: list[Term]) -> tuple[list[Term], list[Term]]:
    """The rarest words whose postings are read whole, and the common ones."""
    budget = READ_WHOLE
    for place, term in enumerate(terms):
        budget -= term.articles
        if budget < 0 and place:
            return terms[:place], nlargest(LOOKED_UP, terms[place:], key=factor)
    return terms, []


def _binding(
    readings: Sequence[Reading], narrowed: tuple[str, tuple[Any, ...]] | None
) -> tuple[str, list[Any]]:
    """The conditions that quotes, minus and facets make, and their parameters."""
    conditions, parameters = ["true"], []
    for template, queries in (
        (REQUIRED, {each.configuration: each.required for each in readings if each.required}),
        (UNWANTED, {each.configuration: each.unwanted for each in readings if each.unwanted}),
    ):
        if queries:
            sql, values = _in_any(queries)
            conditions.append(template.format(conditions=sql))
            parameters += values
    if narrowed:
        conditions.append(NARROWED.format(articles=narrowed[0]))
        parameters += narrowed[1]
    return " AND ".join(conditions), parameters


def _in_any(queries: Mapping[str, str]) -> tuple[str, list[str]]:
    sql = " OR ".join(["(configuration = %s AND vector @@ %s::tsquery)"] * len(queries))
    return sql, [value for pair in queries.items() for value in pair]


def _fetch(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
