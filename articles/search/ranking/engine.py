"""Finding published articles by words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext

from articles.editorial.models import Article
from articles.editorial.models.querysets import ArticleQuerySet
from articles.search.query import parser
from articles.search.query.filters import EVERYWHERE, SearchFilters
from articles.search.query.ordering import Sort, in_order
from articles.search.query.pins import pinned_for
from articles.search.query.synonyms import expand_synonyms
from articles.search.ranking import scoring
from articles.search.ranking.scoring import Ranking
from articles.search.results.match_explanations import MatchExplanation, explain
from iria.core.db.compiled_queries import Prepared
from iria.core.db.statement_timeout import TookTooLong, time_limit
from iria.core.text.validators import validate_storable

LONGEST: Final = 2000
"""Characters of a query: a paragraph may be looked for, a pasted page means something else."""

PER_PAGE: Final = 10
PATIENCE: Final = 2000
"""Milliseconds after which PostgreSQL gives up on one statement of a search."""


class InvalidQuery(Exception):
    """The query cannot be answered as it stands; `sentence` tells the reader what to change."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NoSuchPage(InvalidQuery):
    """There are results, but not so many pages of them."""


@dataclass(frozen=True, slots=True)
class Found:
    """One article, and what to show of why it was found."""

    article: Article
    why: MatchExplanation
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


def find(
    words: str,
    *,
    page: int | str = 1,
    size: int = PER_PAGE,
    narrowing: SearchFilters = EVERYWHERE,
    sort: Sort = Sort.BEST,
    recency: float = scoring.RECENCY,
    with_feedback: bool | None = None,
    explained: bool = True,
) -> Findings:
    """The published articles that hold any of the words, the best first.

    Understands what readers know from elsewhere: "a phrase", -without, one OR another.

    Args:
        page: as it came from the address; counted from 1.
        narrowing: what was chosen among the facets; applied before anything is counted or cut.
        sort: the order of the articles that match best, at most `candidates.MOST`.
        recency: how much being new counts (`ranking.rank`).
        with_feedback: None lets the size of the site decide.
        explained: whether to say of each article why it was found.

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
            ways = expand_synonyms(words)
            found = _ranked(ways, narrowing, recency, with_feedback)
            matched = in_order(found.ranked, sort)
            pinned = pinned_for(words) if sort is Sort.BEST and not narrowing else []
            total = found.total + len(set(pinned).difference(matched))
            matched = list(dict.fromkeys([*pinned, *matched]))
            pages = max(1, -(-len(matched) // size))
            if number > pages:
                raise NoSuchPage(_beyond(pages))
            chosen = matched[start : start + size]
            results = _shown(chosen, ways if explained else (), pinned) if chosen else []
    except TookTooLong as mistake:
        sentence = gettext("This search takes too long; try fewer words, or rarer ones.")
        raise InvalidQuery(sentence) from mistake
    return Findings(words, total, number, pages, results, matched, found.is_exact)


def _checked(words: str) -> str:
    words = words.strip()
    if len(words) > LONGEST:
        sentence = gettext("Please search with at most %(most)s characters; these are %(number)s.")
        raise InvalidQuery(sentence % {"most": f"{LONGEST:,}", "number": f"{len(words):,}"})
    try:
        validate_storable(words)
    except ValidationError as mistake:
        raise InvalidQuery(" ".join(mistake.messages)) from mistake
    return words


def _page_number(page: int | str) -> int:
    text = str(page).strip()
    if not (text.isdecimal() and len(text) < 12 and int(text) > 0):
        sentence = gettext("There is no such page of these results.")
        raise NoSuchPage(sentence)
    return int(text)


def _beyond(pages: int) -> str:
    return ngettext(
        "There is only %(pages)s page of these results.",
        "There are only %(pages)s pages of these results.",
        pages,
    ) % {"pages": pages}


def _ranked(
    ways: Sequence[str], narrowing: SearchFilters, recency: float, with_feedback: bool | None
) -> Ranking:
    """The best articles for a query and its other wordings.

    Raises:
        Unanswerable: there is no word that could be looked up, or too much that binds.
    """
    parts = parser.split_query(ways[0])
    if len(parts.unwanted) + sum(map(len, parts.required)) > parser.MOST_BINDING:
        sentence = gettext("Please search with at most %(most)s quotes and minus signs.")
        raise InvalidQuery(sentence % {"most": parser.MOST_BINDING})
    others = " ".join(parser.split_query(each).wanted for each in ways[1:])
    readings = parser.read(parts, others)
    telling = [each for each in readings if each.words]
    if readings and not telling:
        if any(each.keeps_out for each in readings):
            sentence = gettext("Say also what to look for, not only what to leave out.")
        else:
            sentence = gettext(
                "There is nothing to look for in these words; add one that is less common."
            )
        raise InvalidQuery(sentence)
    return scoring.rank(
        parts,
        telling,
        narrowing.apply(Article.objects.published()),
        narrowed=bool(narrowing),
        recency=recency,
        with_feedback=with_feedback,
    )


def _shown(article_ids: list[int], ways: Sequence[str], pinned: Sequence[int]) -> list[Found]:
    articles = _cards_of(article_ids)
    wanted = " ".join(parser.split_query(each).wanted for each in ways)
    reasons = explain(articles, wanted) if wanted else {}
    return [
        Found(articles[pk], reasons.get(pk, MatchExplanation()), pk in pinned)
        for pk in article_ids
        if pk in articles
    ]


def _listed(*article_ids: int) -> ArticleQuerySet:
    return Article.objects.published().for_cards().filter(pk__in=article_ids)


_page = Prepared(_listed, [int] * PER_PAGE)


def _cards_of(article_ids: list[int]) -> dict[int, Article]:
    empty = PER_PAGE - len(article_ids)
    rows = _page(*article_ids, *[0] * empty) if empty >= 0 else _listed(*article_ids)
    return {article.pk: article for article in rows}
