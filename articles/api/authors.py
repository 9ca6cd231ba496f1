"""Authors, as readers know them."""

from typing import Any, Final

from django.db.models import FETCH_RAISE, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query

from accounts.models import AuthorProfile
from articles.api import known, shapes
from articles.api.asking import Paged, Sparse
from articles.api.fields import Fields
from articles.api.interface import api
from articles.api.paging import Order, page_of
from articles.api.pictures import picture
from articles.api.sections import articles_at
from articles.editorial.models import Portrait
from iria.kit.addresses import absolute


def _portrait(author: AuthorProfile) -> dict[str, Any] | None:
    """The author's picture, where it may be shown."""
    row: Portrait | None = author.shown_portrait  # type: ignore[attr-defined]
    return picture(row.image) if row is not None and row.image.may_be_shown else None


FIELDS: Final = Fields(
    {
        "id": lambda row: row.pk,
        "url": lambda row: absolute(row.get_absolute_url()),
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
    """Authors of published articles, with their portraits: one query beside its own."""
    portraits = Portrait.objects.select_related("image").defer("image__metadata")
    return (
        known.authors()
        .only("name", "slug", "role", "biography", "links")
        .prefetch_related(Prefetch("portrait", portraits, to_attr="shown_portrait"))
        .fetch_mode(FETCH_RAISE)
    )


@api.get("/authors/", response=shapes.Authors, summary="Authors", tags=["authors"])
def authors(request: HttpRequest, response: HttpResponse, asked: Query[Paged]) -> dict[str, Any]:
    """Everybody who signed a published article, by name."""
    names = FIELDS.chosen(asked.fields, in_list=True)
    return page_of(
        request, response, public(), Order("name"), asked, lambda row: FIELDS.tell(row, names)
    )


@api.get("/authors/{int:number}/", response=shapes.Author, summary="An author", tags=["authors"])
def one_author(request: HttpRequest, number: int, asked: Query[Sparse]) -> dict[str, Any]:
    """One author of published articles."""
    names = FIELDS.chosen(asked.fields, in_list=False)
    return FIELDS.tell(get_object_or_404(public(), pk=number), names)
