"""Search in the API, with the engine of the search page."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from articles.api.article_serializer import loaded, serializer_for
from articles.api.filters import apply_filters
from articles.api.pagination import next_url, query_key, read_cursor, write_cursor
from articles.api.parameters import ArticleListQuery
from articles.api.problems import SEARCH, ApiError, reject_parameter
from articles.editorial.models import Article
from articles.editorial.models.querysets import ArticleQuerySet
from articles.search.engine import InvalidQuery, ResultPage, search_articles
from articles.search.query import SearchFilters, Sort

SORTS: Final = {None: Sort.BEST, "newest": Sort.NEWEST, "oldest": Sort.OLDEST}


@dataclass(frozen=True, slots=True)
class FilteredSearch(SearchFilters):
    """A search request with the filters of the API, which has more than the search page."""

    rows: ArticleQuerySet | None = None

    def __bool__(self) -> bool:
        return self.rows is not None

    def apply(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        return articles if self.rows is None else articles.filter(pk__in=self.rows.values("pk"))


def search_response(
    request: HttpRequest, response: HttpResponse, query: ArticleListQuery, names: list[str]
) -> dict[str, Any]:
    """A page of results, the best first unless another order was requested.

    Raises:
        ApiError: the query is invalid.
    """
    key = query_key(request.path, {**query.filters(), "size": query.limit})
    page = _page(query.cursor, key)
    findings = _find(request, query, page)
    ids = [result.article.pk for result in findings.hits]
    rows = loaded(Article.objects.published(), names).in_bulk(ids)
    following = write_cursor(key, [page + 1]) if findings.next_page else ""
    serialize = serializer_for(request, names)
    return {
        "items": serialize(rows[pk] for pk in ids if pk in rows),
        "next": next_url(request, response, query, following),
        "total": findings.total,
    }


def _find(request: HttpRequest, query: ArticleListQuery, page: int) -> ResultPage:
    text = (query.q or "").strip()
    if not text:
        raise ApiError(SEARCH, "The search query contains no words.")
    if query.order not in SORTS:
        reject_parameter("order", "Search results can be sorted by relevance, newest or oldest.")
    filters = query.filters().keys() - {"q", "order"}
    rows = apply_filters(Article.objects.all(), query, request) if filters else None
    try:
        return search_articles(
            text,
            page=page,
            size=query.limit,
            filters=FilteredSearch(rows=rows),
            sort=SORTS[query.order],
            with_explanations=False,
        )
    except InvalidQuery as error:
        raise ApiError(SEARCH, error.message) from error


def _page(cursor: str | None, key: str) -> int:
    if not cursor:
        return 1
    (page,) = read_cursor(cursor, key)
    return int(page)
