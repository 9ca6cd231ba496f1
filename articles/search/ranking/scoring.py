"""Ranks the candidates; contains every weight of the ranking.

The score of an article is that of BM25+ for the words (and those added by feedback), multiplied by one
plus small bonuses: for all words, for the words as a phrase, and for new articles.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nlargest
from typing import Final

from django.utils import timezone

from articles.editorial.models.querysets import ArticleQuerySet
from articles.search.query.parser import ParsedQuery, QueryParts, normalise_query
from articles.search.ranking import pseudo_relevance_feedback
from articles.search.ranking.candidates import SCORE, Candidate, candidates
from iria.core.db.bulk_copy import id_array
from iria.core.db.replica import reading
from iria.core.text.dates import period_of

ALL_WORDS: Final = 0.5
"""The bonus for an article with every word."""

PHRASE: Final = 0.25
"""The additional bonus for an article with the words as a phrase."""

PHRASE_WORDS: Final = 6
"""Longer queries are not searched as a phrase."""

PHRASE_AMONG: Final = 60
"""Articles that are checked for the phrase."""

RECENCY: Final = 0.1
"""The bonus for an article of today; half of it after HALF_LIFE days."""

HALF_LIFE: Final = 365.0

FEEDBACK_BELOW: Final = 50_000
"""The number of articles up to which feedback is on by default; above, it takes too long."""

LETTERS: Final = re.compile(r"\w+")

LONGEST_HEADLINE: Final = 200
"""A query with more characters is not a headline."""

HEADLINES: Final = """
SELECT id, headline FROM articles_article
WHERE id = ANY(%s::bigint[]) AND char_length(headline) BETWEEN %s AND %s
"""

PHRASES: Final = """
SELECT entry.article_id FROM articles_searchentry AS entry
WHERE entry.article_id = ANY(%s::bigint[])
    AND entry.vector @@ phraseto_tsquery(entry.configuration::regconfig, %s)
"""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The ranked articles, and how many match."""

    ranked: list[tuple[int, datetime]] = field(default_factory=list)
    """Ids and dates of publication, the best first."""
    total: int = 0
    is_exact: bool = True
    """If False, at least `total` articles match."""


def rank_articles(
    parts: QueryParts,
    parsed_queries: Sequence[ParsedQuery],
    articles: ArticleQuerySet,
    *,
    filtered: bool = False,
    recency: float = RECENCY,
    with_feedback: bool | None = None,
) -> Ranking:
    """Ranks the best articles for a query.

    Args:
        articles: the searchable articles: the published ones, or some of them.
        filtered: whether they are only some of them.
        recency: the bonus for an article of today; 0 ignores dates.
        with_feedback: by default it depends on the number of articles.
    """
    found = candidates(parsed_queries, articles, filtered=filtered)
    best = found.best
    if best and (_has_feedback(parsed_queries) if with_feedback is None else with_feedback):
        # The language of the query is most likely the one with most of its words.
        main = max(parsed_queries, key=lambda each: (len(each.terms), -each.length))
        pseudo_relevance_feedback.apply_feedback(best, main.length)
    _add_bonuses(best, parts, parsed_queries, recency)
    _boost_headline_matches(best, parts.wanted)
    best.sort(key=SCORE, reverse=True)
    ranked = [(each.article_id, each.published_at) for each in best]
    return Ranking(ranked, found.total, found.is_exact)


def _has_feedback(parsed_queries: Sequence[ParsedQuery]) -> bool:
    return sum(each.articles for each in parsed_queries) <= FEEDBACK_BELOW


def _add_bonuses(
    best: Sequence[Candidate],
    parts: QueryParts,
    parsed_queries: Sequence[ParsedQuery],
    recency: float,
) -> None:
    has_several_words = max((each.words for each in parsed_queries), default=0) > 1
    complete = [each for each in best if each.has_all] if has_several_words else []
    with_phrase = _with_phrase(complete, parts, parsed_queries)
    for each in complete:
        each.score *= 1 + ALL_WORDS + (PHRASE if each.article_id in with_phrase else 0)
    if recency:
        # Until the end of the day, so that the page is the same as long as its ETag.
        _start, end = period_of(timezone.now())
        for each in best:
            days = max(0.0, (end - each.published_at).total_seconds() / 86_400)
            each.score *= 1 + recency * 0.5 ** (days / HALF_LIFE)


def _boost_headline_matches(best: Sequence[Candidate], text: str) -> None:
    """Ranks articles whose headline is the query before all others.

    Document frequencies are per language, so scores of two languages are not comparable: with few
    French articles, a French headline would score less than its words in one of many English texts.
    """
    name = _normalised(text)
    complete = [each.article_id for each in best if each.has_all]
    if not name or not complete or len(text) > LONGEST_HEADLINE:
        return
    with reading.cursor() as cursor:
        # Punctuation and accents are ignored, so the lengths may differ.
        cursor.execute(HEADLINES, [id_array(complete), len(name) // 2, 2 * len(text) + 20])
        matching = {pk for pk, headline in cursor.fetchall() if _normalised(headline) == name}
    if matching:
        highest = max(each.score for each in best)
        for each in best:
            if each.article_id in matching:
                each.score += highest


def _normalised(text: str) -> str:
    """Normalises a headline: “L’Élection : qui vote ?” → “l election qui vote”."""
    return " ".join(LETTERS.findall(normalise_query(text)))


def _with_phrase(
    complete: Sequence[Candidate], parts: QueryParts, parsed_queries: Sequence[ParsedQuery]
) -> set[int]:
    if not complete or any(each.words > PHRASE_WORDS for each in parsed_queries):
        return set()
    checked = nlargest(PHRASE_AMONG, complete, key=SCORE)
    with reading.cursor() as cursor:
        cursor.execute(PHRASES, [id_array(each.article_id for each in checked), parts.wanted])
        return {pk for (pk,) in cursor.fetchall()}
