"""Published articles: list, search and detail."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query

from articles.api import schemas
from articles.api.article_serializer import FIELDS, loaded, serializer_for
from articles.api.filters import LISTED_AT, apply_filters, is_listed
from articles.api.ninja_api import api
from articles.api.pagination import Order, page_of
from articles.api.parameters import ArticleListQuery, FieldsQuery
from articles.api.search import search_response
from articles.editorial.models import Article

ORDERS: Final = {
    "newest": Order("published_at", moments=True, down=True),
    "oldest": Order("published_at", moments=True),
    "changed": Order("changed", moments=True),
}
LISTED_ORDERS: Final = {
    "newest": Order(LISTED_AT, moments=True, down=True),
    "oldest": Order(LISTED_AT, moments=True),
}


@api.get(
    "/articles/",
    response=schemas.FoundArticles,
    summary="Articles",
    tags=["articles"],
    operation_id="articles_api_articles_articles",
)
def articles(
    request: HttpRequest, response: HttpResponse, query: Query[ArticleListQuery]
) -> dict[str, Any]:
    """Published articles that match every filter, newest first.

    `html`, `text`, `translations` and `series` are included only if `fields` names them.
    """
    names = FIELDS.select(query.fields, in_list=True)
    if query.q is not None:
        return search_response(request, response, query, names)
    rows = apply_filters(Article.objects.published(), query, request)
    orders = LISTED_ORDERS if is_listed(query) else ORDERS
    return page_of(
        request,
        response,
        loaded(rows, names),
        orders[query.order or "newest"],
        query,
        serializer_for(request, names),
    )


@api.get(
    "/articles/{int:number}/",
    response=schemas.Article,
    summary="An article",
    tags=["articles"],
    operation_id="articles_api_articles_one_article",
)
def article_detail(request: HttpRequest, number: int, query: Query[FieldsQuery]) -> dict[str, Any]:
    """One published article with its text, images, credits and corrections."""
    names = FIELDS.select(query.fields, in_list=False)
    row = get_object_or_404(loaded(Article.objects.published(), names), pk=number)
    return serializer_for(request, names)([row])[0]
