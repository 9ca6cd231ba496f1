"""Visible comments."""

from typing import Any, Final

from django.db.models import FETCH_RAISE, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from ninja import Query

from articles.api import schemas
from articles.api.ninja_api import api
from articles.api.pagination import Order, page_of
from articles.api.parameters import CommentListQuery, FieldSet, FieldsQuery
from articles.body.comment_markup import render_comment
from articles.comments.models import Comment, CommentQuerySet
from iria.core.http.urls import absolute_url

FIELDS: Final = FieldSet(
    {
        "id": lambda row: row.pk,
        "url": lambda row: absolute_url(row.get_absolute_url()),
        "article": lambda row: row.article_id,
        "in_reply_to": lambda row: row.parent_id if row.answers_a_visible_one else None,
        "name": lambda row: row.public_name,
        "by_staff": lambda row: bool(row.user and row.user.is_staff),
        "written_at": lambda row: row.created_at,
        "html": lambda row: render_comment(row.text),
        "text": lambda row: row.text,
    }
)


def public() -> CommentQuerySet:
    """Visible comments, in one query; e-mail addresses are never fetched."""
    parents = Comment.objects.published().filter(pk=OuterRef("parent_id"))
    return (
        Comment.objects.published()
        .annotate(answers_a_visible_one=Exists(parents))
        .select_related("article", "user")
        .only(
            *("article__year", "article__month", "article__slug"),
            *("parent_id", "name", "text", "created_at"),
            *("user__display_name", "user__is_staff"),
        )
        .fetch_mode(FETCH_RAISE)
    )


@api.get(
    "/comments/",
    response=schemas.Comments,
    summary="Comments",
    tags=["comments"],
    operation_id="articles_api_conversation_comments",
)
def comments(
    request: HttpRequest, response: HttpResponse, query: Query[CommentListQuery]
) -> dict[str, Any]:
    """Published comments, newest first."""
    rows = public()
    if query.article is not None:
        rows = rows.filter(article_id=query.article)
    if query.since is not None:
        rows = rows.filter(created_at__gte=query.since)
    order = Order("created_at", moments=True, down=True)
    return page_of(request, response, rows, order, query, FIELDS.of_list(query))


@api.get(
    "/comments/{int:number}/",
    response=schemas.Comment,
    summary="A comment",
    tags=["comments"],
    operation_id="articles_api_conversation_one_comment",
)
def comment_detail(request: HttpRequest, number: int, query: Query[FieldsQuery]) -> dict[str, Any]:
    """One comment."""
    return FIELDS.of_one(public(), number, query)
