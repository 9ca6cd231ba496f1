"""Categories and tags."""

from typing import Any, Final
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query

from articles.api import known, shapes
from articles.api.asking import Paged, Sparse
from articles.api.fields import Fields
from articles.api.interface import api
from articles.api.paging import Order, page_of
from articles.editorial.models import Category
from iria.kit.addresses import absolute, address_of

LIST: Final = "/api/v1/articles/"


def articles_at(parameter: str, value: str) -> str:
    """The address of the articles narrowed by one parameter."""
    return absolute(f"{LIST}?{parameter}={quote(value)}")


CATEGORY: Final = Fields(
    {
        "id": lambda row: row.pk,
        "url": lambda row: absolute(row.get_absolute_url()),
        "name": lambda row: row.name,
        "path": lambda row: row.path,
        "parent": lambda row: row.parent_id,
        "introduction": lambda row: row.introduction,
        "articles_url": lambda row: articles_at("category", row.path),
    }
)
TAG: Final = Fields(
    {
        "id": lambda row: row.pk,
        "url": lambda row: absolute(address_of("tag", row.slug)),
        "name": lambda row: row.name,
        "slug": lambda row: row.slug,
        "articles_url": lambda row: articles_at("tag", row.slug),
    }
)


@api.get("/categories/", response=shapes.Categories, summary="Categories", tags=["sections"])
def categories(request: HttpRequest, response: HttpResponse, asked: Query[Paged]) -> dict[str, Any]:
    """Every category, each before those below it, as the editors ordered them."""
    names = CATEGORY.chosen(asked.fields, in_list=True)
    rows = Category.objects.all()
    return page_of(
        request, response, rows, Order("sort_key"), asked, lambda row: CATEGORY.tell(row, names)
    )


@api.get(
    "/categories/{int:number}/", response=shapes.Category, summary="A category", tags=["sections"]
)
def one_category(request: HttpRequest, number: int, asked: Query[Sparse]) -> dict[str, Any]:
    """One category."""
    names = CATEGORY.chosen(asked.fields, in_list=False)
    return CATEGORY.tell(get_object_or_404(Category, pk=number), names)


@api.get("/tags/", response=shapes.Tags, summary="Tags", tags=["sections"])
def tags(request: HttpRequest, response: HttpResponse, asked: Query[Paged]) -> dict[str, Any]:
    """Every tag of a published article, by name."""
    names = TAG.chosen(asked.fields, in_list=True)
    return page_of(
        request, response, known.tags(), Order("name"), asked, lambda row: TAG.tell(row, names)
    )


@api.get("/tags/{int:number}/", response=shapes.Tag, summary="A tag", tags=["sections"])
def one_tag(request: HttpRequest, number: int, asked: Query[Sparse]) -> dict[str, Any]:
    """One tag of a published article."""
    names = TAG.chosen(asked.fields, in_list=False)
    return TAG.tell(get_object_or_404(known.tags(), pk=number), names)
