"""Finding published articles by words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext

from articles.editorial.models import Article
from articles.search.query import parser
from articles.search.query.filters import NO_FILTERS, SearchFilters
from articles.search.query.ordering import Sort, sort_articles
from articles.search.query.synonyms import expand_synonyms
from articles.search.ranking import scoring
from articles.search.ranking.scoring import Ranking
from articles.search.results.match_explanations import MatchExplanation, explain
from iria.core.db.statement_timeout import TookTooLong, time_limit
from iria.core.text.validators import validate_storable

LONGEST: Final = 2000
"""Characters of a query: a paragraph may be looked for, a pasted page means something else."""

PER_PAGE: Final = 10
TIMEOUT_MS: Final = 2000
"""Milliseconds after which PostgreSQL gives up on one statement of a search."""


class InvalidQuery(Exception):
    """The query cannot be answered as it stands; `sentence` tells the reader what to change."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NoSuchPage(InvalidQuery):
    """There are results, but not so many pages of them."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One article, and what to show of why it was found."""

    article: Article
    explanation: MatchExplanation
    is_pinned: bool = False
    """Editors chose it to stand here."""

    @property
    def snippet(self) -> str:
        return self.explanation.snippet


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One page of what was found."""

    query: str
    total: int = 0
    """Every article that matches, also those beyond the ones put in order."""
    page: int = 1
    pages: int = 1
    hits: list[SearchHit] = field(default_factory=list)
    matched: Sequence[int] = ()
    """The articles put in order, at most `candidates.MOST`, on all pages together."""
    is_exact: bool = True
    """Otherwise at least `total` match: common words were not counted through."""

    @property
    def is_cut(self) -> bool:
        """More articles match than are put in order."""
        return self.total > len(self.matched) or not self.is_exact

    @property
    def next_page(self) -> int | None:
        return self.page + 1 if self.page < self.pages else None

    @property
    def previous_page(self) -> int | None:
        return self.page - 1 if self.page > 1 else None


def search_articles(
    query: str,
    *,
    page: int | str = 1,
    size: int = PER_PAGE,
    filters: SearchFilters = NO_FILTERS,
    sort: Sort = Sort.BEST,
    recency: float = scoring.RECENCY,
    with_feedback: bool | None = None,
    with_explanations: bool = True,
) -> ResultPage:
    """The published articles that hold any of the words, the best first.

    Understands what readers know from elsewhere: "a phrase", -without, one OR another.

    Args:
        page: as it came from the address; counted from 1.
        filters: the facets chosen by the reader; applied before counting and ranking.
        sort: the order of the articles that match best, at most `candidates.MOST`.
        recency: how much being new counts (`ranking.rank`).
        with_feedback: None lets the size of the site decide.
        with_explanations: whether to add a snippet and the reasons for each match.

    Raises:
        Unanswerable: the query is too long, cannot be stored, says nothing to look for, or takes
            too long.
        NoSuchPage: the page lies beyond the results, or is no number.
    """
    query = _checked(query)
    number = _page_number(page)
    start = (number - 1) * size
    try:
        with time_limit(TIMEOUT_MS):
            variants = expand_synonyms(query)
            found = _ranked(variants, filters, recency, with_feedback)
            matched = sort_articles(found.ranked, sort)
            pinned = _pinned_articles(query) if sort is Sort.BEST and not filters else []
            total = found.total + len(set(pinned).difference(matched))
            matched = list(dict.fromkeys([*pinned, *matched]))
            pages = max(1, -(-len(matched) // size))
            if number > pages:
                raise NoSuchPage(_page_missing(pages))
            chosen = matched[start : start + size]
            hits = _hits(chosen, variants if with_explanations else (), pinned) if chosen else []
    except TookTooLong as mistake:
        message = gettext("This search takes too long. Use fewer or more specific words.")
        raise InvalidQuery(message) from mistake
    return ResultPage(query, total, number, pages, hits, matched, found.is_exact)


def _checked(query: str) -> str:
    query = query.strip()
    if len(query) > LONGEST:
        message = gettext(
            "The search text has %(number)s characters. Shorten it to at most %(most)s."
        )
        raise InvalidQuery(message % {"most": f"{LONGEST:,}", "number": f"{len(query):,}"})
    try:
        validate_storable(query)
    except ValidationError as mistake:
        raise InvalidQuery(" ".join(mistake.messages)) from mistake
    return query


def _page_number(page: int | str) -> int:
    text = str(page).strip()
    if not (text.isdecimal() and len(text) < 12 and int(text) > 0):
        message = gettext("This page of results does not exist.")
        raise NoSuchPage(message)
    return int(text)


def _page_missing(pages: int) -> str:
    return ngettext(
        "There is only %(pages)s page of results.",
        "There are only %(pages)s pages of results.",
        pages,
    ) % {"pages": pages}


def _ranked(
    variants: Sequence[str], filters: SearchFilters, recency: float, with_feedback: bool | None
) -> Ranking:
    """The best articles for a query and its other wordings.

    Raises:
        Unanswerable: there is no word that could be looked up, or too much that binds.
    """
    parts = parser.split_query(variants[0])
    if len(parts.excluded) + sum(map(len, parts.required)) > parser.MOST_BINDING:
        message = gettext("Use at most %(most)s quotation marks and minus signs.")
        raise InvalidQuery(message % {"most": parser.MOST_BINDING})
    others = " ".join(parser.split_query(each).wanted for each in variants[1:])
    readings = parser.parse_query(parts, others)
    usable = [each for each in readings if each.words]
    if readings and not usable:
        if any(each.has_exclusions for each in readings):
            message = gettext("Enter a word to search for as well as words to exclude.")
        else:
            message = gettext("These words are too common to search for. Add a more specific one.")
        raise InvalidQuery(message)
    return scoring.rank_articles(
        parts,
        usable,
        filters.apply(Article.objects.published()),
        filtered=bool(filters),
        recency=recency,
        with_feedback=with_feedback,
    )


def _hits(
    article_ids: list[int], variants: Sequence[str], pinned: Sequence[int]
) -> list[SearchHit]:
    articles = Article.objects.published().for_cards().in_bulk(article_ids)
    wanted = " ".join(parser.split_query(each).wanted for each in variants)
    reasons = explain(articles, wanted) if wanted else {}
    return [
        SearchHit(articles[pk], reasons.get(pk, MatchExplanation()), pk in pinned)
        for pk in article_ids
        if pk in articles
    ]


def _pinned_articles(words: str) -> list[int]:
    """The published articles that editors pinned for this query, in their order."""
    pinned = Article.objects.published().filter(
        pinned_results__query__key=parser.normalise_query(words)
    )
    in_order = pinned.order_by("pinned_results__position", "pinned_results__pk")
    return list(in_order.values_list("pk", flat=True))
