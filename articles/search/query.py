"""Finding published articles by words.

A query is read once for each text search configuration in use, and every article is judged by the
reading of its own language. So quotes, minus and OR bind in every language at once: an English
article is not let in because a French stemmer reads the excluded word differently.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Final

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Case, F, Q, Value, When

from articles.editorial.models import Article
from articles.editorial.querysets import ArticleQuerySet
from articles.search.explaining import Why, explain
from articles.search.narrowing import EVERYWHERE, Narrowing
from articles.search.pins import pinned_for
from articles.search.sorting import Sort, in_order
from articles.search.synonyms import ways_to_ask
from iria.kit.text import refuse_unstorable
from iria.kit.timelimit import TookTooLong, time_limit

LONGEST: Final = 500
"""Characters of a query. Nobody types more; whoever pastes a page means something else."""

PER_PAGE: Final = 10
MOST: Final = 1000
"""Articles that are put in order, paged through and counted by facets: the best of all that match."""

PATIENCE: Final = 2000
"""Milliseconds after which PostgreSQL gives up on one statement of a search."""

READINGS = """
WITH RECURSIVE used AS (
    SELECT min(configuration) AS name FROM articles_searchentry
    UNION ALL
    SELECT (SELECT min(configuration) FROM articles_searchentry WHERE configuration > used.name)
    FROM used WHERE used.name IS NOT NULL
)
SELECT name, querytree(websearch_to_tsquery(name::regconfig, %s)) FROM used WHERE name IS NOT NULL
"""
"""The configurations in use, by hops through their index, and what each can look up of the query:
nothing ('') of stop words alone, everything but something ('T') of a lone minus."""


class Unanswerable(Exception):
    """The query cannot be answered as it stands; `sentence` tells the reader what to change."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NoSuchPage(Unanswerable):
    """There are results, but not so many pages of them."""


@dataclass(frozen=True, slots=True)
class Found:
    """One article, and what to show of why it was found."""

    article: Article
    why: Why
    is_pinned: bool = False
    """Editors chose it to stand here."""

    @property
    def excerpt(self) -> str:
        return self.why.excerpt


@dataclass(frozen=True, slots=True)
class Findings:
    """One page of what was found."""

    words: str
    total: int = 0
    """Every article that matches, also those beyond the ones put in order."""
    page: int = 1
    pages: int = 1
    results: list[Found] = field(default_factory=list)
    matched: Sequence[int] = ()
    """The articles put in order, at most MOST, on all pages together."""

    @property
    def is_cut(self) -> bool:
        """More articles match than are put in order."""
        return self.total > len(self.matched)

    @property
    def next_page(self) -> int | None:
        return self.page + 1 if self.page < self.pages else None

    @property
    def previous_page(self) -> int | None:
        return self.page - 1 if self.page > 1 else None


def find(
    words: str,
    *,
    page: int | str = 1,
    size: int = PER_PAGE,
    narrowing: Narrowing = EVERYWHERE,
    sort: Sort = Sort.BEST,
) -> Findings:
    """The published articles that hold the words, the best first.

    Understands what readers know from elsewhere: "a phrase", -without, one OR another.

    Args:
        page: as it came from the address; counted from 1.
        narrowing: what was chosen among the facets; applied before anything is counted or cut.
        sort: the order of the articles that match best, at most MOST.

    Raises:
        Unanswerable: the query is too long, cannot be stored, says nothing to look for, or takes
            too long.
        NoSuchPage: the page lies beyond the results, or is no number.
    """
    words = _checked(words)
    number = _page_number(page)
    start = (number - 1) * size
    try:
        with time_limit(PATIENCE):
            ways = ways_to_ask(words)
            queries = _queries(words, ways)
            matching = narrowing.apply(_matching(queries))
            matched = _ranked(matching, queries, sort) if queries else []
            total = len(matched) if len(matched) < MOST else matching.count()
            pinned = pinned_for(words) if sort is Sort.BEST and not narrowing else []
            total += len(set(pinned).difference(matched))
            matched = list(dict.fromkeys([*pinned, *matched]))
            pages = max(1, -(-len(matched) // size))
            if number > pages:
                raise NoSuchPage(_beyond(pages))
            chosen = matched[start : start + size]
            results = _explained(chosen, ways, pinned) if chosen else []
    except TookTooLong as mistake:
        sentence = "This search takes too long; try fewer words, or rarer ones."
        raise Unanswerable(sentence) from mistake
    return Findings(words, total, number, pages, results, matched)


def _checked(words: str) -> str:
    words = words.strip()
    if len(words) > LONGEST:
        sentence = f"Please search with at most {LONGEST} characters; these are {len(words):,}."
        raise Unanswerable(sentence)
    try:
        refuse_unstorable(words)
    except ValidationError as mistake:
        raise Unanswerable(" ".join(mistake.messages)) from mistake
    return words


def _page_number(page: int | str) -> int:
    text = str(page).strip()
    if not (text.isdecimal() and len(text) < 12 and int(text) > 0):
        sentence = "There is no such page of these results."
        raise NoSuchPage(sentence)
    return int(text)


def _beyond(pages: int) -> str:
    there_are = "is only one page" if pages == 1 else f"are only {pages} pages"
    return f"There {there_are} of these results."


def _queries(words: str, ways: Sequence[str]) -> dict[str, SearchQuery]:
    """Configuration → query, for every configuration that finds something to look up in the words.

    Raises:
        Unanswerable: there is no word that could be looked up.
    """
    with connection.cursor() as cursor:
        cursor.execute(READINGS, [words])
        readings: dict[str, str] = dict(cursor.fetchall())
    if readings and not any(tree not in {"", "T"} for tree in readings.values()):
        if "T" in readings.values():
            sentence = "Say also what to look for, not only what to leave out."
        else:
            sentence = "There is nothing to look for in these words; add one that is less common."
        raise Unanswerable(sentence)
    return {
        name: reduce(or_, (SearchQuery(way, config=name, search_type="websearch") for way in ways))
        for name, tree in readings.items()
        if tree not in {"", "T"}
    }


def _matching(queries: Mapping[str, SearchQuery]) -> ArticleQuerySet:
    match = Q(pk__in=[])
    for name, query in queries.items():
        match |= Q(search_entry__configuration=name, search_entry__vector=query)
    return Article.objects.published().filter(match)


def _ranked(matching: ArticleQuerySet, queries: Mapping[str, SearchQuery], sort: Sort) -> list[int]:
    """The articles that match best, in the order asked for."""
    ranks = [
        When(
            search_entry__configuration=name,
            # 1: a long text does not win by its length alone.
            then=SearchRank(F("search_entry__vector"), query, normalization=Value(1)),
        )
        for name, query in queries.items()
    ]
    ranked = matching.order_by(Case(*ranks, default=Value(0.0)).desc(), "-published_at", "-pk")
    return in_order(ranked.values_list("pk", "published_at")[:MOST], sort)


def _explained(article_ids: list[int], ways: Sequence[str], pinned: Sequence[int]) -> list[Found]:
    articles = Article.objects.published().for_cards().in_bulk(article_ids)
    reasons = explain(articles, " ".join(ways))
    return [
        Found(articles[pk], reasons.get(pk, Why()), pk in pinned)
        for pk in article_ids
        if pk in articles
    ]
