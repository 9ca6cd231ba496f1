"""Images with their credit and licence."""

from collections.abc import Collection
from typing import Any, Final

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from ninja import Query

from articles.api import schemas
from articles.api.ninja_api import api
from articles.api.pagination import Order, page_of
from articles.api.parameters import FieldSet, FieldsQuery, ImageListQuery
from articles.editorial.models import Article, Figure
from articles.images.models import Image, ImageQuerySet
from articles.images.rights.credit_line import licence_url, plain_credit, source_type_url
from articles.images.srcset import MEDIA_TYPES, RenditionFile
from iria.core.http.urls import absolute_url


def files_of(image: Image) -> list[dict[str, Any]]:
    """All uncropped renditions of the image, from its own row."""
    return [
        {
            "url": absolute_url(file.get_absolute_url()),
            "media_type": MEDIA_TYPES[file.format],
            "width": file.width,
            "height": file.height,
            "bytes": file.bytes,
        }
        for file in (RenditionFile(*row) for row in image.sizes)
        if not file.shape and not file.moving
    ]


FIELDS: Final = FieldSet(
    {
        "id": lambda image: image.pk,
        "alt_text": lambda image: image.alt,
        "decorative": lambda image: image.is_decorative,
        "description": lambda image: image.extended_description,
        "credit": plain_credit,
        "credit_url": lambda image: image.credit_url,
        "creator": lambda image: image.byline,
        "copyright_notice": lambda image: image.copyright_notice,
        "licence": licence_url,
        "licensor": lambda image: image.licensor,
        "made_with_ai": lambda image: image.is_ai_made,
        "digital_source_type": source_type_url,
        "width": lambda image: image.width,
        "height": lambda image: image.height,
        "files": files_of,
    }
)
ALL: Final = tuple(FIELDS.serializers)


def serialize_image(image: Image, names: Collection[str] = ALL) -> dict[str, Any]:
    return FIELDS.serialize(image, names)


def public() -> ImageQuerySet:
    """Images that are visible in a published article."""
    shown = Figure.objects.showing().filter(image=OuterRef("pk"))
    readable = shown.filter(article__in=Article.objects.published())
    return Image.objects.filter(Exists(readable)).defer("metadata")


@api.get(
    "/pictures/",
    response=schemas.Pictures,
    summary="Pictures",
    tags=["pictures"],
    operation_id="articles_api_pictures_pictures",
)
def images(
    request: HttpRequest, response: HttpResponse, query: Query[ImageListQuery]
) -> dict[str, Any]:
    """Images of published articles with their credits, newest first."""
    rows = public()
    if query.article is not None:
        rows = rows.filter(pk__in=_shown_in(query.article))
    return page_of(request, response, rows, Order(down=True), query, FIELDS.of_list(query))


@api.get(
    "/pictures/{int:number}/",
    response=schemas.Picture,
    summary="A picture",
    tags=["pictures"],
    operation_id="articles_api_pictures_one_picture",
)
def image_detail(request: HttpRequest, number: int, query: Query[FieldsQuery]) -> dict[str, Any]:
    """One image of a published article."""
    return FIELDS.of_one(public(), number, query)


def _shown_in(article: int) -> Any:
    readable = Article.objects.published().filter(pk=article)
    return Figure.objects.showing().filter(article__in=readable).values("image_id")
