"""Ranks the candidates; contains every weight of the ranking.

The score of an article is that of BM25+ for the words (and those added by feedback), multiplied by one
plus small bonuses: for all words, for the words as a phrase, and for new articles.

The candidates are the articles of the rare (leading) terms, as long as their lists can be read in some
milliseconds; the common (following) terms are looked up only for the best of them. On a site of some
ten thousand articles all terms are leading, and no article is missed.

Required terms (`search.posting_lists`) and filters are applied before the best are selected,
except conditions that have to be checked for each article: these are checked for the best first.

With pseudo-relevance feedback, the terms with the highest weights in the best articles of the first pass are
added to the query, and its results are ranked again. It finds no articles without a word of the original query.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import nlargest
from operator import attrgetter
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.utils import timezone

from articles.editorial.models.querysets import ArticleQuerySet
from articles.search.posting_lists import (
    SHORT,
    PostingQuery,
    Searchable,
    build_required_terms,
    fetch,
    select_satisfiable,
    term_weight,
)
from articles.search.query import ParsedQuery, QueryParts, Term, normalise_query
from iria.core.db.bulk import id_array
from iria.core.db.queries import TookTooLong
from iria.core.db.replica import reading
from iria.core.text.dates import period_of

MAX_RANKED: Final = 1000
"""Articles that are ranked: the best of all that match."""

READ_WHOLE: Final = 10_000
"""Postings that are read completely, of the rarest terms first."""

READ_MORE: Final = 120_000
"""The same if the rarest terms find fewer than MIN_FOUND articles, or if few articles are searchable."""

MIN_FOUND: Final = 100

LOOKED_UP: Final = 10
"""Common terms that are looked up, those with the highest weights; only pasted texts have more."""

MAX_LISTED: Final = 5_000
"""Articles up to which the ids of a filtered set are listed; of a larger set, the best are checked."""

MAX_VECTOR_CHECKS: Final = 2_000
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
    parsed_queries = select_satisfiable(parsed_queries)
    searchable = _list_searchable(*visible) if filtered else Searchable(*visible)
    if searchable.few == [] or not any(each.terms for each in parsed_queries):
        return Candidates()
    result = _best(parsed_queries, searchable, READ_MORE if searchable.few else READ_WHOLE)
    if result.is_led and len(result.best) < MIN_FOUND and not searchable.few:
        result = _best(parsed_queries, searchable, READ_MORE)
    if not result.best and not result.is_exact:
        raise TookTooLong
    return result


def _list_searchable(sql: str, parameters: tuple[Any, ...]) -> Searchable:
    rows = fetch(NUMBERS.format(articles=sql), [*parameters, MAX_LISTED + 1])
    if len(rows) > MAX_LISTED:
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
    candidate_count = LOOKED_FOR if searchable.is_large else MAX_RANKED
    if required_terms.by_vector:
        candidate_count = MAX_VECTOR_CHECKS
    rows = query.rows(candidate_count, MAX_RANKED)
    best = [
        Candidate(pk, date, score, has_all=words >= needed)
        for pk, date, score, words, needed, _ in rows
    ]
    best.sort(key=SCORE, reverse=True)
    if candidate_count == MAX_RANKED:
        hits = rows[0][-1] if rows else 0
        result = Candidates(best, hits if hits > MAX_RANKED else len(best))
    else:
        hits = rows[0][-1] if rows else query.hits()
        result = Candidates(
            best, len(best), is_exact=hits <= candidate_count and len(best) < MAX_RANKED
        )
    if required_terms.drivers and not required_terms.is_whole:
        result.is_exact = False
    elif following and not required_terms.drivers:
        is_bounded = searchable.few or candidate_count > MAX_RANKED
        longest = 0 if is_bounded else max(term.articles for term in terms)
        result = replace(result, total=max(result.total, longest), is_exact=False, is_led=True)
    return result


def _split(terms: list[Term], budget: int, few: int) -> tuple[list[Term], list[Term]]:
    """Splits terms into leading ones, whose postings are read completely, and following ones."""
    for index, term in enumerate(terms):
        budget -= min(term.articles, SHORT * few) if few else term.articles
        if budget < 0 and index:
            return terms[:index], nlargest(LOOKED_UP, terms[index:], key=term_weight)
    return terms, []


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
        OFFSET 0  -- read completely, then filtered by candidates
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

MAX_HEADLINE_LENGTH: Final = 200
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
        apply_feedback(best, main.length)
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
    if not name or not complete or len(text) > MAX_HEADLINE_LENGTH:
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
