"""The confirmation page before an article is unpublished."""

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from articles.editorial import permissions, publishing
from articles.editorial.admin.submit_actions import outcome_message
from articles.editorial.models import Article

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

CONFIRMED: Final = "confirmed"
"""The field that the page below sends, and the list and the form do not."""

TEMPLATE: Final = "admin/articles/article/unpublish.html"


def unpublish_view(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, *, object_id: str
) -> HttpResponse:
    """Asks about one article, and unpublishes it when the answer is sent."""
    if not object_id.isdecimal():
        return redirect("admin:articles_article_changelist")
    article = get_object_or_404(Article, pk=object_id)
    if not permissions.may_publish(request.user) or not permissions.may_change(
        request.user, article
    ):
        raise PermissionDenied
    if request.method == "POST" or article.state != Article.State.PUBLISHED:
        return _unpublish(model_admin, request, article)
    context = {"articles": [article], "original": article, "selected": []}
    return _page(model_admin, request, context)


def confirm_selected(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, articles: QuerySet[Article]
) -> HttpResponse:
    """Asks about the articles that are selected in the list; the answer repeats the action."""
    public = articles.filter(state=Article.State.PUBLISHED)
    context = {
        "articles": list(public.defer("body")),
        "selected": list(articles.values_list("pk", flat=True)),
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    return _page(model_admin, request, context)


def _unpublish(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, article: Article
) -> HttpResponseRedirect:
    if request.method == "POST" and article.state == Article.State.PUBLISHED:
        publishing.unpublish(article, by=request.user)  # type: ignore[arg-type]
        model_admin.message_user(request, outcome_message(article), messages.SUCCESS)
    return redirect("admin:articles_article_change", article.pk)


def _page(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, context: dict[str, Any]
) -> TemplateResponse:
    shared = model_admin.admin_site.each_context(request)
    own = {"title": "Unpublish", "opts": model_admin.opts, "confirmed": CONFIRMED}
    return TemplateResponse(request, TEMPLATE, {**shared, **own, **context})
