"""Searching through the API: the same engine as the search page, page after page."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from articles.api.article_serializer import loaded, serializer_for
from articles.api.filters import apply_filters
from articles.api.pagination import next_address, question_of, read_cursor, write_cursor
from articles.api.parameters import ArticlesAsked
from articles.api.problems import SEARCH, Refused, refuse
from articles.editorial.models import Article
from articles.editorial.models.querysets import ArticleQuerySet
from articles.search.query.filters import SearchFilters
from articles.search.query.ordering import Sort
from articles.search.ranking.engine import Findings, InvalidQuery, find

SORTS: Final = {None: Sort.BEST, "newest": Sort.NEWEST, "oldest": Sort.OLDEST}


@dataclass(frozen=True, slots=True)
class FilteredSearch(SearchFilters):
    """A search among the articles that fit every filter of the API, which has more of them."""

    rows: ArticleQuerySet | None = None

    def __bool__(self) -> bool:
        return self.rows is not None

    def apply(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        return articles if self.rows is None else articles.filter(pk__in=self.rows.values("pk"))


def found(
    request: HttpRequest, response: HttpResponse, asked: ArticlesAsked, names: list[str]
) -> dict[str, Any]:
    """One page of what was found: the best first, unless another order was asked for.

    Raises:
        Refused: the words cannot be searched for.
    """
    question = question_of(request.path, {**asked.narrowing(), "size": asked.limit})
    page = _page(asked.cursor, question)
    findings = _find(request, asked, page)
    ids = [result.article.pk for result in findings.results]
    rows = loaded(Article.objects.published(), names).in_bulk(ids)
    following = write_cursor(question, [page + 1]) if findings.next_page else ""
    tell = serializer_for(request, names)
    return {
        "items": [tell(rows[pk]) for pk in ids if pk in rows],
        "next": next_address(request, response, asked, following),
        "total": findings.total,
    }


def _find(request: HttpRequest, asked: ArticlesAsked, page: int) -> Findings:
    words = (asked.q or "").strip()
    if not words:
        raise Refused(SEARCH, "There is no word in the search.")
    if asked.order not in SORTS:
        refuse("order", "What was found can stand the best, the newest or the oldest first.")
    filters = asked.narrowing().keys() - {"q", "order"}
    rows = apply_filters(Article.objects.all(), asked, request) if filters else None
    try:
        return find(
            words,
            page=page,
            size=asked.limit,
            narrowing=FilteredSearch(rows=rows),
            sort=SORTS[asked.order],
            explained=False,
        )
    except InvalidQuery as mistake:
        raise Refused(SEARCH, mistake.sentence) from mistake


def _page(cursor: str | None, question: str) -> int:
    if not cursor:
        return 1
    (page,) = read_cursor(cursor, question)
    return int(page)
