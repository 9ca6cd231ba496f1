"""The best articles for a query, the best first: BM25+ over stored weights.

The candidates are the articles of the rare (leading) terms, as long as their lists can be read in some
milliseconds; the common (following) terms are looked up only for the best of them. On a site of some
ten thousand articles all terms are leading, and no article is missed.

Required terms (`search.query.required_terms`) and filters are applied before the best are selected,
except conditions that have to be checked for each article: these are checked for the best first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import nlargest
from operator import attrgetter
from typing import Any, Final

from django.core.exceptions import EmptyResultSet

from articles.editorial.models.querysets import ArticleQuerySet
from articles.search.query.parser import ParsedQuery, Term
from articles.search.query.required_terms import build_required_terms, satisfiable
from articles.search.ranking.posting_lists import (
    SHORT,
    PostingQuery,
    Searchable,
    fetch,
    term_weight,
)
from iria.core.db.statement_timeout import TookTooLong

MOST: Final = 1000
"""Articles that are ranked: the best of all that match."""

READ_WHOLE: Final = 10_000
"""Postings that are read completely, of the rarest terms first."""

READ_MORE: Final = 120_000
"""The same if the rarest terms find fewer than FEWEST articles, or if few articles are searchable."""

FEWEST: Final = 100

LOOKED_UP: Final = 10
"""Common terms that are looked up, those with the highest weights; only pasted texts have more."""

FEW: Final = 5_000
"""Articles up to which the ids of a filtered set are listed; of a larger set, the best are checked."""

MOST_CANDIDATES: Final = 2_000
"""Articles whose vector is checked, the best first."""

LOOKED_FOR: Final = 30_000
"""Articles that are checked against a large filtered set, the best first."""

NUMBERS: Final = "SELECT id FROM ({articles}) AS narrowed LIMIT %s"


@dataclass(slots=True)
class Candidate:
    """An article that matches, with its score.

    Candidates are created newest first, so that sorting by score keeps equal ones in the order of
    their dates, and pages are stable.
    """

    article_id: int
    published_at: datetime
    score: float
    has_all: bool
    """Whether it contains every word of the query."""


@dataclass(slots=True)
class Candidates:
    """The best candidates, and how many articles match."""

    best: list[Candidate] = field(default_factory=list)
    total: int = 0
    is_exact: bool = True
    """If False, at least `total` articles match, but not all were checked."""
    is_led: bool = False
    """Whether only leading terms found articles."""


SCORE: Final = attrgetter("score")


def candidates(
    parsed_queries: Sequence[ParsedQuery], articles: ArticleQuerySet, *, filtered: bool = False
) -> Candidates:
    """Returns the best articles that contain any of the words and all required ones.

    Args:
        articles: the searchable articles, which are published.
        filtered: whether `articles` are fewer than all published ones.

    Raises:
        TookTooLong: nothing was found within the limits, but not all articles were checked.
    """
    try:
        visible = articles.order_by().values("id", "published_at").query.sql_with_params()
    except EmptyResultSet:
        return Candidates()
    parsed_queries = satisfiable(parsed_queries)
    searchable = _filtered(*visible) if filtered else Searchable(*visible)
    if searchable.few == [] or not any(each.terms for each in parsed_queries):
        return Candidates()
    result = _best(parsed_queries, searchable, READ_MORE if searchable.few else READ_WHOLE)
    if result.is_led and len(result.best) < FEWEST and not searchable.few:
        result = _best(parsed_queries, searchable, READ_MORE)
    if not result.best and not result.is_exact:
        raise TookTooLong
    return result


def _filtered(sql: str, parameters: tuple[Any, ...]) -> Searchable:
    rows = fetch(NUMBERS.format(articles=sql), [*parameters, FEW + 1])
    if len(rows) > FEW:
        return Searchable(sql, parameters, is_large=True)
    return Searchable(sql, parameters, few=[pk for (pk,) in rows])


def _best(parsed_queries: Sequence[ParsedQuery], searchable: Searchable, budget: int) -> Candidates:
    terms = sorted(
        (t for each in parsed_queries for t in each.terms), key=lambda term: term.articles
    )
    leading, following = _split(terms, budget, len(searchable.few or ()))
    required_terms = build_required_terms(
        parsed_queries, [[t for t in each.terms if t in leading] for each in parsed_queries]
    )
    leading += [term for term in required_terms.drivers if term not in leading]
    following = [term for term in following if term not in leading]
    query = PostingQuery(parsed_queries, searchable, required_terms, leading, following)
    candidate_count = (
        MOST_CANDIDATES if required_terms.by_vector else LOOKED_FOR if searchable.is_large else MOST
    )
    rows = query.rows(candidate_count, MOST)
    best = [
        Candidate(pk, date, score, has_all=words >= needed)
        for pk, date, score, words, needed, _ in rows
    ]
    best.sort(key=SCORE, reverse=True)
    if candidate_count == MOST:
        hits = rows[0][-1] if rows else 0
        result = Candidates(best, hits if hits > MOST else len(best))
    else:
        hits = rows[0][-1] if rows else query.hits()
        result = Candidates(best, len(best), is_exact=hits <= candidate_count and len(best) < MOST)
    if required_terms.drivers and not required_terms.is_whole:
        result.is_exact = False
    elif following and not required_terms.drivers:
        longest = (
            0 if searchable.few or candidate_count > MOST else max(term.articles for term in terms)
        )
        result = replace(result, total=max(result.total, longest), is_exact=False, is_led=True)
    return result


def _split(terms: list[Term], budget: int, few: int) -> tuple[list[Term], list[Term]]:
    """Splits terms into leading ones, whose postings are read completely, and following ones."""
    for index, term in enumerate(terms):
        budget -= min(term.articles, SHORT * few) if few else term.articles
        if budget < 0 and index:
            return terms[:index], nlargest(LOOKED_UP, terms[index:], key=term_weight)
    return terms, []
