"""The search of published articles: for readers, with synonyms and pinned results, and for the admin."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext

from articles.editorial.models import Article
from articles.search import scoring
from articles.search.models import Synonyms
from articles.search.query import (
    MAX_REQUIRED,
    NO_FILTERS,
    SearchFilters,
    Sort,
    normalise_query,
    parse_query,
    sort_articles,
    split_query,
)
from articles.search.scoring import Ranking
from articles.search.snippets import MatchExplanation, explain
from iria.core.db.queries import TookTooLong, time_limit
from iria.core.db.replica import reading
from iria.core.text.validators import validate_storable

MAX_QUERY_LENGTH: Final = 2000
"""Characters of a query: enough for a paragraph."""

PER_PAGE: Final = 10
TIMEOUT_MS: Final = 2000
"""The timeout of each statement of a search."""


PINNED: Final = """
SELECT result.article_id FROM articles_pinnedresult AS result
JOIN articles_pinnedquery AS query ON query.id = result.query_id
WHERE query.key = %s ORDER BY result.position, result.id
"""


class InvalidQuery(Exception):
    """The query is invalid; `message` tells the reader what to change."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NoSuchPage(InvalidQuery):
    """There is no such page of results."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A matching article, and the explanation of the match."""

    article: Article
    explanation: MatchExplanation
    is_pinned: bool = False
    """Whether editors pinned it for this query."""

    @property
    def snippet(self) -> str:
        return self.explanation.snippet


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One page of search results."""

    query: str
    total: int = 0
    """The number of all matching articles, including those that are not ranked."""
    page: int = 1
    pages: int = 1
    hits: list[SearchHit] = field(default_factory=list)
    matched: Sequence[int] = ()
    """The ranked articles of all pages, at most `scoring.MAX_RANKED`."""
    is_exact: bool = True
    """If False, at least `total` articles match: common words were not counted completely."""

    @property
    def is_cut(self) -> bool:
        """Whether more articles match than are ranked."""
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
    """Finds the published articles that contain any of the words, the best first.

    Supports the usual operators: "a phrase", -excluded, one OR another.

    Args:
        page: from 1, as a number or a URL parameter.
        filters: applied before counting and ranking.
        sort: the order of the best articles, at most `scoring.MAX_RANKED`.
        recency: the weight of new articles (`scoring.rank_articles`).
        with_feedback: by default it depends on the number of articles.
        with_explanations: whether to add a snippet and the reasons for each match.

    Raises:
        InvalidQuery: the query is too long, has invalid characters or no words, or takes too long.
        NoSuchPage: there is no such page of results.
    """
    query = _validated(query)
    number = _page_number(page)
    start = (number - 1) * size
    try:
        with time_limit(TIMEOUT_MS):
            variants = expand_synonyms(query)
            ranking = _ranked(variants, filters, recency, with_feedback)
            matched = sort_articles(ranking.ranked, sort)
            pinned = _pinned_articles(query) if sort is Sort.BEST and not filters else []
            total = ranking.total + len(set(pinned).difference(matched))
            matched = list(dict.fromkeys([*pinned, *matched]))
            pages = max(1, -(-len(matched) // size))
            if number > pages:
                raise NoSuchPage(_page_missing(pages))
            page_ids = matched[start : start + size]
            hits = (
                _hits(page_ids, variants if with_explanations else (), pinned) if page_ids else []
            )
    except TookTooLong as error:
        raise InvalidQuery(
            gettext("This search takes too long. Use fewer or more specific words.")
        ) from error
    return ResultPage(query, total, number, pages, hits, matched, ranking.is_exact)


def _validated(query: str) -> str:
    query = query.strip()
    if len(query) > MAX_QUERY_LENGTH:
        message = gettext(
            "The search text has %(number)s characters. Shorten it to at most %(most)s."
        )
        raise InvalidQuery(message % {"most": f"{MAX_QUERY_LENGTH:,}", "number": f"{len(query):,}"})
    try:
        validate_storable(query)
    except ValidationError as error:
        raise InvalidQuery(" ".join(error.messages)) from error
    return query


def _page_number(page: int | str) -> int:
    text = str(page).strip()
    if not (text.isdecimal() and len(text) < 12 and int(text) > 0):
        raise NoSuchPage(gettext("This page of results does not exist."))
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
    """Ranks the articles for a query and its variants.

    Raises:
        InvalidQuery: there is no searchable word, or there are too many required phrases.
    """
    parts = split_query(variants[0])
    if len(parts.excluded) + sum(map(len, parts.required)) > MAX_REQUIRED:
        message = gettext("Use at most %(most)s quotation marks and minus signs.")
        raise InvalidQuery(message % {"most": MAX_REQUIRED})
    others = " ".join(split_query(each).wanted for each in variants[1:])
    parsed_queries = parse_query(parts, others)
    usable = [each for each in parsed_queries if each.words]
    if parsed_queries and not usable:
        if any(each.has_exclusions for each in parsed_queries):
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
    text = " ".join(split_query(each).wanted for each in variants)
    reasons = explain(articles, text) if text else {}
    return [
        SearchHit(articles[pk], reasons.get(pk, MatchExplanation()), pk in pinned)
        for pk in article_ids
        if pk in articles
    ]


def _pinned_articles(query: str) -> list[int]:
    """Returns the ids of the published articles that are pinned for this query."""
    with reading.cursor() as cursor:
        cursor.execute(PINNED, [normalise_query(query)])
        pinned = [pk for (pk,) in cursor.fetchall()]
    # Most queries have none.
    published = Article.objects.published().filter(pk__in=pinned).values_list("pk", flat=True)
    return sorted(published, key=pinned.index) if pinned else []


MAX_PHRASE_WORDS: Final = 4

MAX_VARIANTS: Final = 8
"""Including the original query."""

SETS: Final = "SELECT * FROM articles_synonyms WHERE keys && %s::varchar[] ORDER BY id"

WORD: Final = re.compile(r'-?"[^"]*"?|[^\s"]+')


def expand_synonyms(text: str) -> list[str]:
    """Returns the query, and its variants with synonyms, with one database query.

    Quoted and excluded words are not replaced.
    """
    found = dict(_phrases(text))
    if not found:
        return [text]
    variants = [text]
    for synonyms in Synonyms.objects.raw(SETS, [list(found)]):
        for key, phrase in zip(synonyms.keys, synonyms.phrases, strict=True):
            # Every phrase of the set that is in the query is replaced by each of the others.
            for typed in synonyms.keys:
                if typed in found and typed != key and key not in found:
                    start, end = found[typed]
                    other = f'"{phrase}"' if " " in phrase else phrase
                    variants.append(f"{text[:start]}{other}{text[end:]}")
    return list(dict.fromkeys(variants))[:MAX_VARIANTS]


def _phrases(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yields every sequence of up to four words, normalised, with its position."""
    tokens = [
        found
        for found in WORD.finditer(text)
        if not found[0].startswith(("-", '"')) and found[0] != "OR"
    ]
    for first in range(len(tokens)):
        for length in range(1, MAX_PHRASE_WORDS + 1):
            sequence = tokens[first : first + length]
            start, end = sequence[0].start(), sequence[-1].end()
            if len(sequence) == length and not any(mark in text[start:end] for mark in ('"', " -")):
                yield normalise_query(text[start:end]), (start, end)


MAX_RESULTS: Final = 200


def admin_search(text: str) -> list[int]:
    """Returns the ids of the published articles that match, the best first; none for an invalid query."""
    try:
        return list(search_articles(text, size=1).matched[:MAX_RESULTS])
    except InvalidQuery:
        return []
