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

from articles.editorial.models.querysets import ArticleQuerySet
from articles.search.query.parser import ParsedQuery, Term
from articles.search.query.required_terms import bind, possible
from articles.search.ranking.posting_lists import (
    SHORT,
    PostingQuery,
    Searchable,
    fetch,
    term_weight,
)
from iria.core.db.statement_timeout import TookTooLong

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

MOST_CANDIDATES: Final = 2_000
"""Articles of which the vector is looked at, the best first."""

LOOKED_FOR: Final = 30_000
"""Articles that are looked for in a large section, the best first."""

NUMBERS: Final = "SELECT id FROM ({articles}) AS narrowed LIMIT %s"


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


SCORE: Final = attrgetter("score")


def candidates(
    readings: Sequence[ParsedQuery], articles: ArticleQuerySet, *, filtered: bool = False
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
    searchable = _among(*visible) if filtered else Searchable(*visible)
    if searchable.few == [] or not any(each.terms for each in readings):
        return Candidates()
    found = _best(readings, searchable, READ_MORE if searchable.few else READ_WHOLE)
    if found.is_led and len(found.best) < FEWEST and not searchable.few:
        found = _best(readings, searchable, READ_MORE)
    if not found.best and not found.is_exact:
        raise TookTooLong
    return found


def _among(sql: str, parameters: tuple[Any, ...]) -> Searchable:
    rows = fetch(NUMBERS.format(articles=sql), [*parameters, FEW + 1])
    if len(rows) > FEW:
        return Searchable(sql, parameters, is_large=True)
    return Searchable(sql, parameters, few=[pk for (pk,) in rows])


def _best(readings: Sequence[ParsedQuery], searchable: Searchable, budget: int) -> Candidates:
    terms = sorted((t for each in readings for t in each.terms), key=lambda term: term.articles)
    leading, following = _split(terms, budget, len(searchable.few or ()))
    required_terms = bind(readings, [[t for t in each.terms if t in leading] for each in readings])
    leading += [term for term in required_terms.drivers if term not in leading]
    following = [term for term in following if term not in leading]
    matching = PostingQuery(readings, searchable, required_terms, leading, following)
    candidate_count = (
        MOST_CANDIDATES if required_terms.by_vector else LOOKED_FOR if searchable.is_large else MOST
    )
    rows = matching.rows(candidate_count, MOST)
    best = [
        Candidate(pk, at, score, has_all=words >= wanted)
        for pk, at, score, words, wanted, _ in rows
    ]
    best.sort(key=SCORE, reverse=True)
    if candidate_count == MOST:
        hits = rows[0][-1] if rows else 0
        found = Candidates(best, hits if hits > MOST else len(best))
    else:
        hits = rows[0][-1] if rows else matching.hits()
        found = Candidates(best, len(best), is_exact=hits <= candidate_count and len(best) < MOST)
    if required_terms.drivers and not required_terms.is_whole:
        found.is_exact = False
    elif following and not required_terms.drivers:
        longest = (
            0 if searchable.few or candidate_count > MOST else max(term.articles for term in terms)
        )
        found = replace(found, total=max(found.total, longest), is_exact=False, is_led=True)
    return found


def _split(terms: list[Term], budget: int, few: int) -> tuple[list[Term], list[Term]]:
    """The rarest words whose postings are read whole, and the common ones."""
    for place, term in enumerate(terms):
        budget -= min(term.articles, SHORT * few) if few else term.articles
        if budget < 0 and place:
            return terms[:place], nlargest(LOOKED_UP, terms[place:], key=term_weight)
    return terms, []
