"""The best articles for a query, the best first: BM25+ over stored weights.

Rare words lead: their articles are the candidates, as long as the lists are short enough to be read
in some milliseconds, and the common words are looked up for the best of those only. On a site of
some ten thousand articles every word leads, and nothing is cut at all.

What binds (`search.binding`) and what narrows down is looked at before anything is cut – except what has
to be looked at article by article: that is done the best first, until enough are found.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import nlargest
from operator import attrgetter
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection

from articles.editorial.querysets import ArticleQuerySet
from articles.search.binding import Binding, bind, possible
from articles.search.reading import Reading, Term
from iria.kit.timelimit import TookTooLong

MOST: Final = 1000
"""Articles that are put in order: the best of all that match."""

READ_WHOLE: Final = 10_000
"""Postings that are read whole, of the rarest words first."""

READ_MORE: Final = 120_000
"""The same where the rarest words find fewer than FEWEST, or where only few articles are looked for."""

FEWEST: Final = 100

LOOKED_UP: Final = 10
"""Common words that are looked up for the best, the heaviest of them: more are a pasted paragraph."""

FEW: Final = 5_000
"""Articles up to which a section is held beside the postings; of a larger one, the best are looked at."""

LOOKED_AT: Final = 2_000
"""Articles of which the vector is looked at, the best first."""

LOOKED_FOR: Final = 30_000
"""Articles that are looked for in a large section, the best first."""

CANDIDATES: Final = """
WITH hit AS (
    SELECT {hit} FROM ({source}) AS posting (reading, factor, needed, article_id, weight)
    WHERE {by_postings} {grouped}
), best AS (
    SELECT *, {total} AS total FROM hit ORDER BY score DESC, article_id DESC LIMIT %s
), chosen AS (
    SELECT best.*, visible.published_at FROM best CROSS JOIN LATERAL (
        SELECT published_at FROM ({visible}) AS visible WHERE visible.id = best.article_id OFFSET 0
    ) AS visible
    WHERE {by_vector} ORDER BY best.score DESC, best.article_id DESC LIMIT %s
)
SELECT chosen.article_id, chosen.published_at, chosen.score + coalesce(more.score, 0),
    chosen.words + more.words, chosen.needed, chosen.total
FROM chosen CROSS JOIN LATERAL (
    SELECT sum(posting.weight * term.factor) AS score, count(*) AS words
    FROM unnest(%s::int[], %s::float8[]) AS term (lexeme_id, factor)
    JOIN articles_searchposting AS posting
        ON posting.lexeme_id = term.lexeme_id AND posting.article_id = chosen.article_id
) AS more
ORDER BY chosen.published_at DESC, chosen.article_id DESC
"""

HITS: Final = """
SELECT count(DISTINCT article_id)
FROM ({source}) AS posting (reading, factor, needed, article_id, weight) WHERE {by_postings}
"""

NUMBERS: Final = "SELECT id FROM ({articles}) AS narrowed LIMIT %s"

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
    """Otherwise at least so many match: not all were looked at."""
    is_led: bool = False
    """Only rare words found articles; common ones were looked up in those."""


@dataclass(frozen=True, slots=True)
class Among:
    """What may be found at all."""

    sql: str
    parameters: tuple[Any, ...]
    few: list[int] | None = None
    """The numbers of all of them, where they are few."""
    is_large: bool = False
    """They are many, and yet not all that readers see."""


SCORE: Final = attrgetter("score")


def candidates(
    readings: Sequence[Reading], articles: ArticleQuerySet, *, narrowed: bool = False
) -> Candidates:
    """The best of the articles that hold any of the words, and all that binds.

    Args:
        articles: what may be found at all; the published ones.
        narrowed: whether `articles` are fewer than the published ones.

    Raises:
        TookTooLong: so much was looked at in vain that the rest is left.
    """
    try:
        visible = articles.order_by().values("id", "published_at").query.sql_with_params()
    except EmptyResultSet:
        return Candidates()
    readings = possible(readings)
    among = _among(*visible) if narrowed else Among(*visible)
    if among.few == [] or not any(each.terms for each in readings):
        return Candidates()
    if among.few:
        return _best(readings, among, READ_MORE)
    found = _best(readings, among, READ_WHOLE)
    if found.is_led and len(found.best) < FEWEST:
        found = _best(readings, among, READ_MORE)
    if not found.best and not found.is_exact:
        raise TookTooLong
    return found


def factor(term: Term) -> float:
    """What a posting's weight counts in the score; a word counts as often as it was asked for."""
    return term.times * term.rarity


def _among(sql: str, parameters: tuple[Any, ...]) -> Among:
    rows = _fetch(NUMBERS.format(articles=sql), [*parameters, FEW + 1])
    if len(rows) > FEW:
        return Among(sql, parameters, is_large=True)
    return Among(sql, parameters, few=[pk for (pk,) in rows])


def _best(readings: Sequence[Reading], among: Among, budget: int) -> Candidates:
    terms = sorted((t for each in readings for t in each.terms), key=lambda term: term.articles)
    leading, following = _split(terms, budget, len(among.few or ()))
    binding = bind(readings, [[t for t in each.terms if t in leading] for each in readings])
    leading += [term for term in binding.drivers if term not in leading]
    following = [term for term in following if term not in leading]
    most = LOOKED_AT if binding.by_vector else LOOKED_FOR if among.is_large else MOST
    rows = _rows(readings, among, binding, leading, following, most)
    best = [
        Candidate(pk, at, score, has_all=words >= wanted)
        for pk, at, score, words, wanted, _ in rows
    ]
    best.sort(key=SCORE, reverse=True)
    hits = rows[0][-1] if rows else _hits(readings, among, binding, leading) if most > MOST else 0
    if most > MOST:
        whole = hits <= most and len(best) < MOST
        found = Candidates(best, len(best), is_exact=whole)
    else:
        found = Candidates(best, hits if hits > MOST else len(best))
    if binding.drivers and not binding.is_whole:
        found.is_exact = False
    elif following and not binding.drivers:
        longest = 0 if among.few or most > MOST else max(term.articles for term in terms)
        found = replace(found, total=max(found.total, longest), is_exact=False, is_led=True)
    return found


def _split(terms: list[Term], budget: int, few: int) -> tuple[list[Term], list[Term]]:
    """The rarest words whose postings are read whole, and the common ones."""
    for place, term in enumerate(terms):
        budget -= min(term.articles, SHORT * few) if few else term.articles
        if budget < 0 and place:
            return terms[:place], nlargest(LOOKED_UP, terms[place:], key=factor)
    return terms, []


def _rows(
    readings: Sequence[Reading],
    among: Among,
    binding: Binding,
    leading: Sequence[Term],
    following: Sequence[Term],
    most: int,
) -> list[tuple[Any, ...]]:
    source, parameters = _source(readings, leading, among)
    is_one = len(leading) == 1
    is_all = is_one and binding.by_postings == "true" and not among.few
    sql = CANDIDATES.format(
        hit=OF_ONE_WORD if is_one else SUMMED,
        source=source,
        by_postings=binding.by_postings,
        grouped="" if is_one else "GROUP BY posting.article_id",
        total=f"{leading[0].articles}" if is_all else "count(*) OVER ()",
        visible=among.sql,
        by_vector=binding.by_vector or "true",
    )
    return _fetch(
        sql,
        [
            *(*parameters, *binding.posting_parameters, most),
            *(*among.parameters, *binding.vector_parameters, MOST),
            *([term.lexeme_id for term in following], [factor(term) for term in following]),
        ],
    )


def _hits(
    readings: Sequence[Reading], among: Among, binding: Binding, leading: Sequence[Term]
) -> int:
    """How many there were to look at, where none was found."""
    source, parameters = _source(readings, leading, among)
    sql = HITS.format(source=source, by_postings=binding.by_postings)
    return int(_fetch(sql, [*parameters, *binding.posting_parameters])[0][0])


def _source(
    readings: Sequence[Reading], leading: Sequence[Term], among: Among
) -> tuple[str, list[Any]]:
    """The postings of the leading words, and the parameters of that SQL."""
    if among.few is None:
        return WHOLE, _columns(readings, leading)
    short = [term for term in leading if term.articles <= SHORT * len(among.few)]
    long = [term for term in leading if term not in short]
    return OF_FEW, [*_columns(readings, short), among.few, *_columns(readings, long), among.few]


def _columns(readings: Sequence[Reading], terms: Sequence[Term]) -> list[list[Any]]:
    numbers = {t.lexeme_id: number for number, each in enumerate(readings) for t in _all_of(each)}
    mine = [numbers[term.lexeme_id] for term in terms]
    return [
        [term.lexeme_id for term in terms],
        [factor(term) for term in terms],
        [readings[number].words for number in mine],
        mine,
    ]


def _all_of(reading: Reading) -> list[Term]:
    required = (t for group in reading.required for phrase in group for t in phrase.stems)
    return [*reading.terms, *required]


def _fetch(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
