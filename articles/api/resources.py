"""The operations for categories, tags, authors, images with their credit and licence, and visible comments."""

from typing import Any, Final
from urllib.parse import quote

from django.db.models import FETCH_RAISE, Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query

from accounts.models import AuthorProfile
from articles.api import parameters, schemas
from articles.api.ninja_api import Number, operation
from articles.api.parameters import (
    CommentListQuery,
    FieldSet,
    FieldsQuery,
    ImageListQuery,
    ListQuery,
    Order,
    page_of,
)
from articles.body.comment_markup import render_comment
from articles.comments.models import Comment, CommentQuerySet
from articles.editorial.models import Article, Category, Figure, Portrait
from articles.images.credit_line import licence_url, plain_credit, source_type_url
from articles.images.models import Image, ImageQuerySet
from articles.images.srcset import MEDIA_TYPES, RenditionFile
from iria.core.http.urls import absolute_url, url_path


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


IMAGE: Final = FieldSet.of(
    schemas.Picture,
    {
        "alt_text": lambda image: image.alt,
        "decorative": lambda image: image.is_decorative,
        "description": lambda image: image.extended_description,
        "credit": plain_credit,
        "creator": lambda image: image.byline,
        "licence": licence_url,
        "made_with_ai": lambda image: image.is_ai_made,
        "digital_source_type": source_type_url,
        "files": files_of,
    },
)


def serialize_image(image: Image) -> dict[str, Any]:
    return IMAGE.serialize(image, IMAGE.serializers)


def public_images() -> ImageQuerySet:
    """Images that are visible in a published article."""
    shown = Figure.objects.showing().filter(image=OuterRef("pk"))
    readable = shown.filter(article__in=Article.objects.published())
    return Image.objects.filter(Exists(readable)).defer("metadata")


@operation(
    "/pictures/",
    schemas.Pictures,
    summary="Pictures",
    tag="pictures",
    operation_id="articles_api_pictures_pictures",
)
def images(
    request: HttpRequest, response: HttpResponse, query: Query[ImageListQuery]
) -> dict[str, Any]:
    """Images of published articles with their credits, newest first."""
    rows = public_images()
    if query.article is not None:
        rows = rows.filter(pk__in=_images_in(query.article))
    return page_of(request, response, rows, Order(descending=True), query, IMAGE.of_list(query))


@operation(
    "/pictures/{int:number}/",
    schemas.Picture,
    summary="A picture",
    tag="pictures",
    operation_id="articles_api_pictures_one_picture",
)
def image_detail(request: HttpRequest, number: Number, query: Query[FieldsQuery]) -> dict[str, Any]:
    """One image of a published article."""
    return IMAGE.of_one(public_images(), number, query)


def _images_in(article: int) -> Any:
    """The ids of the visible images of an article."""
    readable = Article.objects.published().filter(pk=article)
    return Figure.objects.showing().filter(article__in=readable).values("image_id")


ARTICLES_PATH: Final = "/api/v1/articles/"


def articles_url(parameter: str, value: str) -> str:
    """The URL of the list of articles, filtered by one parameter."""
    return absolute_url(f"{ARTICLES_PATH}?{parameter}={quote(value)}")


CATEGORY: Final = FieldSet.of(
    schemas.Category,
    {
        "url": lambda row: absolute_url(row.get_absolute_url()),
        "parent": lambda row: row.parent_id,
        "articles_url": lambda row: articles_url("category", row.path),
    },
)
TAG: Final = FieldSet.of(
    schemas.Tag,
    {
        "url": lambda row: absolute_url(url_path("tag", row.slug)),
        "articles_url": lambda row: articles_url("tag", row.slug),
    },
)


@operation(
    "/categories/",
    schemas.Categories,
    summary="Categories",
    tag="sections",
    operation_id="articles_api_sections_categories",
)
def categories(
    request: HttpRequest, response: HttpResponse, query: Query[ListQuery]
) -> dict[str, Any]:
    """All categories in the editors' order, each before its subcategories."""
    return page_of(
        request, response, Category.objects.all(), Order("sort_key"), query, CATEGORY.of_list(query)
    )


@operation(
    "/categories/{int:number}/",
    schemas.Category,
    summary="A category",
    tag="sections",
    operation_id="articles_api_sections_one_category",
)
def category_detail(
    request: HttpRequest, number: Number, query: Query[FieldsQuery]
) -> dict[str, Any]:
    """One category."""
    return CATEGORY.of_one(Category.objects.all(), number, query)


@operation(
    "/tags/",
    schemas.Tags,
    summary="Tags",
    tag="sections",
    operation_id="articles_api_sections_tags",
)
def tags(request: HttpRequest, response: HttpResponse, query: Query[ListQuery]) -> dict[str, Any]:
    """All tags of published articles, by name."""
    return page_of(request, response, parameters.tags(), Order("name"), query, TAG.of_list(query))


@operation(
    "/tags/{int:number}/",
    schemas.Tag,
    summary="A tag",
    tag="sections",
    operation_id="articles_api_sections_one_tag",
)
def tag_detail(request: HttpRequest, number: Number, query: Query[FieldsQuery]) -> dict[str, Any]:
    """One tag of a published article."""
    return TAG.of_one(parameters.tags(), number, query)


def _portrait(author: AuthorProfile) -> dict[str, Any] | None:
    """The author's portrait, if it may be shown."""
    row: Portrait | None = author.shown_portrait  # type: ignore[attr-defined]
    return serialize_image(row.image) if row is not None and row.image.may_be_shown else None


AUTHOR: Final = FieldSet.of(
    schemas.Author,
    {
        "url": lambda row: absolute_url(row.get_absolute_url()),
        "website": lambda row: row.links[0]["address"] if row.links else "",
        "portrait": _portrait,
        "articles_url": lambda row: articles_url("author", row.slug),
    },
)


def public_authors() -> "QuerySet[AuthorProfile]":
    """Authors of published articles, with their portraits: one additional query."""
    portraits = Portrait.objects.select_related("image").defer("image__metadata")
    return (
        parameters.authors()
        .only("name", "slug", "role", "biography", "links")
        .prefetch_related(Prefetch("portrait", portraits, to_attr="shown_portrait"))
        .fetch_mode(FETCH_RAISE)
    )


@operation(
    "/authors/",
    schemas.Authors,
    summary="Authors",
    tag="authors",
    operation_id="articles_api_authors_authors",
)
def authors(
    request: HttpRequest, response: HttpResponse, query: Query[ListQuery]
) -> dict[str, Any]:
    """All authors of published articles, by name."""
    return page_of(request, response, public_authors(), Order("name"), query, AUTHOR.of_list(query))


@operation(
    "/authors/{int:number}/",
    schemas.Author,
    summary="Author",
    tag="authors",
    operation_id="articles_api_authors_one_author",
)
def author_detail(
    request: HttpRequest, number: Number, query: Query[FieldsQuery]
) -> dict[str, Any]:
    """One author of published articles."""
    return AUTHOR.of_one(public_authors(), number, query)


COMMENT: Final = FieldSet.of(
    schemas.Comment,
    {
        "url": lambda row: absolute_url(row.get_absolute_url()),
        "article": lambda row: row.article_id,
        "in_reply_to": lambda row: row.parent_id if row.is_reply_to_public else None,
        "name": lambda row: row.public_name,
        "by_staff": lambda row: bool(row.user and row.user.is_staff),
        "written_at": lambda row: row.created_at,
        "html": lambda row: render_comment(row.text),
    },
)


def public_comments() -> CommentQuerySet:
    """Visible comments, in one query; e-mail addresses are never fetched."""
    parents = Comment.objects.published().filter(pk=OuterRef("parent_id"))
    return (
        Comment.objects.published()
        .annotate(is_reply_to_public=Exists(parents))
        .select_related("article", "user")
        .only(
            *("article__year", "article__month", "article__slug"),
            *("parent_id", "name", "text", "created_at"),
            *("user__display_name", "user__is_staff"),
        )
        .fetch_mode(FETCH_RAISE)
    )


@operation(
    "/comments/",
    schemas.Comments,
    summary="Comments",
    tag="comments",
    operation_id="articles_api_conversation_comments",
)
def comments(
    request: HttpRequest, response: HttpResponse, query: Query[CommentListQuery]
) -> dict[str, Any]:
    """Published comments, newest first."""
    rows = public_comments()
    if query.article is not None:
        rows = rows.filter(article_id=query.article)
    if query.since is not None:
        rows = rows.filter(created_at__gte=query.since)
    order = Order("created_at", is_time=True, descending=True)
    return page_of(request, response, rows, order, query, COMMENT.of_list(query))


@operation(
    "/comments/{int:number}/",
    schemas.Comment,
    summary="A comment",
    tag="comments",
    operation_id="articles_api_conversation_one_comment",
)
def comment_detail(
    request: HttpRequest, number: Number, query: Query[FieldsQuery]
) -> dict[str, Any]:
    """One comment."""
    return COMMENT.of_one(public_comments(), number, query)
