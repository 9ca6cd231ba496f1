"""Categories, tags and authors."""

from typing import Any, Final
from urllib.parse import quote

from django.db.models import FETCH_RAISE, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query

from accounts.models import AuthorProfile
from articles.api import parameters, schemas
from articles.api.images import serialize_image
from articles.api.ninja_api import api
from articles.api.pagination import Order, page_of
from articles.api.parameters import FieldSet, FieldsQuery, ListQuery
from articles.editorial.models import Category, Portrait
from iria.core.http.urls import absolute_url, url_path

LIST: Final = "/api/v1/articles/"


def articles_at(parameter: str, value: str) -> str:
    """The URL of the list of articles, filtered by one parameter."""
    return absolute_url(f"{LIST}?{parameter}={quote(value)}")


CATEGORY: Final = FieldSet(
    {
        "id": lambda row: row.pk,
        "url": lambda row: absolute_url(row.get_absolute_url()),
        "name": lambda row: row.name,
        "path": lambda row: row.path,
        "parent": lambda row: row.parent_id,
        "introduction": lambda row: row.introduction,
        "articles_url": lambda row: articles_at("category", row.path),
    }
)
TAG: Final = FieldSet(
    {
        "id": lambda row: row.pk,
        "url": lambda row: absolute_url(url_path("tag", row.slug)),
        "name": lambda row: row.name,
        "slug": lambda row: row.slug,
        "articles_url": lambda row: articles_at("tag", row.slug),
    }
)


@api.get(
    "/categories/",
    response=schemas.Categories,
    summary="Categories",
    tags=["sections"],
    operation_id="articles_api_sections_categories",
)
def categories(
    request: HttpRequest, response: HttpResponse, query: Query[ListQuery]
) -> dict[str, Any]:
    """All categories in the editors' order, each before its subcategories."""
    return page_of(
        request, response, Category.objects.all(), Order("sort_key"), query, CATEGORY.of_list(query)
    )


@api.get(
    "/categories/{int:number}/",
    response=schemas.Category,
    summary="A category",
    tags=["sections"],
    operation_id="articles_api_sections_one_category",
)
def category_detail(request: HttpRequest, number: int, query: Query[FieldsQuery]) -> dict[str, Any]:
    """One category."""
    return CATEGORY.of_one(Category.objects.all(), number, query)


@api.get(
    "/tags/",
    response=schemas.Tags,
    summary="Tags",
    tags=["sections"],
    operation_id="articles_api_sections_tags",
)
def tags(request: HttpRequest, response: HttpResponse, query: Query[ListQuery]) -> dict[str, Any]:
    """All tags of published articles, by name."""
    return page_of(request, response, parameters.tags(), Order("name"), query, TAG.of_list(query))


@api.get(
    "/tags/{int:number}/",
    response=schemas.Tag,
    summary="A tag",
    tags=["sections"],
    operation_id="articles_api_sections_one_tag",
)
def tag_detail(request: HttpRequest, number: int, query: Query[FieldsQuery]) -> dict[str, Any]:
    """One tag of a published article."""
    return TAG.of_one(parameters.tags(), number, query)


def _portrait(author: AuthorProfile) -> dict[str, Any] | None:
    """The author's portrait, if it may be shown."""
    row: Portrait | None = author.shown_portrait  # type: ignore[attr-defined]
    return serialize_image(row.image) if row is not None and row.image.may_be_shown else None


FIELDS: Final = FieldSet(
    {
        "id": lambda row: row.pk,
        "url": lambda row: absolute_url(row.get_absolute_url()),
        "name": lambda row: row.name,
        "slug": lambda row: row.slug,
        "role": lambda row: row.role,
        "biography": lambda row: row.biography,
        "links": lambda row: row.links,
        "website": lambda row: row.links[0]["address"] if row.links else "",
        "portrait": _portrait,
        "articles_url": lambda row: articles_at("author", row.slug),
    }
)


def public() -> "QuerySet[AuthorProfile]":
    """Authors of published articles, with their portraits: one additional query."""
    portraits = Portrait.objects.select_related("image").defer("image__metadata")
    return (
        parameters.authors()
        .only("name", "slug", "role", "biography", "links")
        .prefetch_related(Prefetch("portrait", portraits, to_attr="shown_portrait"))
        .fetch_mode(FETCH_RAISE)
    )


@api.get(
    "/authors/",
    response=schemas.Authors,
    summary="Authors",
    tags=["authors"],
    operation_id="articles_api_authors_authors",
)
def authors(
    request: HttpRequest, response: HttpResponse, query: Query[ListQuery]
) -> dict[str, Any]:
    """All authors of published articles, by name."""
    return page_of(request, response, public(), Order("name"), query, FIELDS.of_list(query))


@api.get(
    "/authors/{int:number}/",
    response=schemas.Author,
    summary="Author",
    tags=["authors"],
    operation_id="articles_api_authors_one_author",
)
def author_detail(request: HttpRequest, number: int, query: Query[FieldsQuery]) -> dict[str, Any]:
    """One author of published articles."""
    return FIELDS.of_one(public(), number, query)
