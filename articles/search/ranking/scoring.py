"""From what matches to the order that readers see; every weight of that order stands here.

The score of an article is what BM25+ says of the words (and, where feedback runs, of the words that
the best articles add), times one plus small shares: for holding all the words, for holding them as
one phrase, for being new.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nlargest
from typing import Final

from django.db import connection
from django.utils import timezone

from articles.editorial.models.querysets import ArticleQuerySet
from articles.search.query.parser import ParsedQuery, QueryParts, normalise_query
from articles.search.ranking import pseudo_relevance_feedback
from articles.search.ranking.candidates import SCORE, Candidate, candidates
from iria.core.text.dates import period_of

ALL_WORDS: Final = 0.5
"""The share for an article that holds every word."""

PHRASE: Final = 0.25
"""The share, beside that, for one that holds the words as they stand."""

PHRASE_WORDS: Final = 6
"""Longer queries are sentences; nobody expects to find them word by word."""

PHRASE_AMONG: Final = 60
"""Articles that are looked through for the phrase."""

RECENCY: Final = 0.1
"""The share for an article of today; half of it after HALF_LIFE days."""

HALF_LIFE: Final = 365.0

FEEDBACK_BELOW: Final = 50_000
"""Articles up to which feedback runs by itself; above, its second pass would be felt."""

LETTERS: Final = re.compile(r"\w+")

LONGEST_HEADLINE: Final = 200
"""Characters; a longer query is no headline."""

HEADLINES: Final = """
SELECT id, headline FROM articles_article
WHERE id = ANY(%s) AND char_length(headline) BETWEEN %s AND %s
"""

PHRASES: Final = """
SELECT entry.article_id FROM articles_searchentry AS entry
WHERE entry.article_id = ANY(%s)
    AND entry.vector @@ phraseto_tsquery(entry.configuration::regconfig, %s)
"""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best of what matches, in order."""

    ranked: list[tuple[int, datetime]] = field(default_factory=list)
    """Article and date of publication, the best first."""
    total: int = 0
    is_exact: bool = True
    """Otherwise at least `total` match."""


def rank_articles(
    parts: QueryParts,
    readings: Sequence[ParsedQuery],
    articles: ArticleQuerySet,
    *,
    filtered: bool = False,
    recency: float = RECENCY,
    with_feedback: bool | None = None,
) -> Ranking:
    """The best articles for a query.

    Args:
        articles: what may be found at all: the published ones, or some of them.
        narrowed: whether they are only some of them.
        recency: the share for an article of today; 0 leaves time out.
        with_feedback: None lets the size of the site decide.
    """
    found = candidates(readings, articles, filtered=filtered)
    best = found.best
    if best and (_has_feedback(readings) if with_feedback is None else with_feedback):
        # The language of the query is most likely the one that knows most of its words.
        own = max(readings, key=lambda each: (len(each.terms), -each.length))
        pseudo_relevance_feedback.apply_feedback(best, own.length)
    _add_shares(best, parts, readings, recency)
    _put_named_first(best, parts.wanted)
    best.sort(key=SCORE, reverse=True)
    ranked = [(each.article_id, each.published_at) for each in best]
    return Ranking(ranked, found.total, found.is_exact)


def _has_feedback(readings: Sequence[ParsedQuery]) -> bool:
    return sum(each.articles for each in readings) <= FEEDBACK_BELOW


def _add_shares(
    best: Sequence[Candidate], parts: QueryParts, readings: Sequence[ParsedQuery], recency: float
) -> None:
    several = max((each.words for each in readings), default=0) > 1
    complete = [each for each in best if each.has_all] if several else []
    as_phrase = _with_phrase(complete, parts, readings)
    for each in complete:
        each.score *= 1 + ALL_WORDS + (PHRASE if each.article_id in as_phrase else 0)
    if recency:
        # Until the end of the day, so that a page looks the same as long as its tag does.
        _begun, ends = period_of(timezone.now())
        for each in best:
            days = max(0.0, (ends - each.published_at).total_seconds() / 86_400)
            each.score *= 1 + recency * 0.5 ** (days / HALF_LIFE)


def _put_named_first(best: Sequence[Candidate], wanted: str) -> None:
    """An article whose headline is the query stands before all that mention it.

    Rarity is counted within a language, so the scores of two languages cannot be compared: where few
    articles are French, a French headline would weigh less than its words in one of many English texts.
    """
    name = _as_name(wanted)
    whole = [each.article_id for each in best if each.has_all]
    if not name or not whole or len(wanted) > LONGEST_HEADLINE:
        return
    with connection.cursor() as cursor:
        # Signs that are no letters may differ, and so may a letter and its accent.
        cursor.execute(HEADLINES, [whole, len(name) // 2, 2 * len(wanted) + 20])
        named = {pk for pk, headline in cursor.fetchall() if _as_name(headline) == name}
    if named:
        highest = max(each.score for each in best)
        for each in best:
            if each.article_id in named:
                each.score += highest


def _as_name(text: str) -> str:
    """“L’Élection : qui vote ?” → “l election qui vote”."""
    return " ".join(LETTERS.findall(normalise_query(text)))


def _with_phrase(
    complete: Sequence[Candidate], parts: QueryParts, readings: Sequence[ParsedQuery]
) -> set[int]:
    if not complete or any(each.words > PHRASE_WORDS for each in readings):
        return set()
    searchable = nlargest(PHRASE_AMONG, complete, key=SCORE)
    with connection.cursor() as cursor:
        cursor.execute(PHRASES, [[each.article_id for each in searchable], parts.wanted])
        return {pk for (pk,) in cursor.fetchall()}
