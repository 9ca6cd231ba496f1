"""The confirmation page before an article is unpublished, and Undo after it."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from articles.editorial import internal_links, permissions, publishing, unpublish_undo
from articles.editorial.admin.message_button import message_button
from articles.editorial.admin.submit_actions import outcome_message
from articles.editorial.internal_links import linked_from
from articles.editorial.models import Article
from iria.core.blockers import as_message
from iria.core.security.signed_tokens import BrokenToken, ExpiredToken

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

CONFIRMED: Final = "confirmed"
"""The field that the page below sends, and the list and the form do not."""

TEMPLATE: Final = "admin/articles/article/unpublish.html"


TOKEN: Final = "token"  # noqa: S105 - the name of a field
"""The field with the token of an Undo; a request may contain several."""

TOO_LATE: Final = "The minute for Undo is over. Publish the article again instead."
BROKEN: Final = "This Undo is not valid. Publish the article again instead."


def urls(model_admin: "ModelAdmin[Article]") -> list[URLPattern]:
    def wrap(view: Any) -> Any:
        return model_admin.admin_site.admin_view(partial(view, model_admin))

    return [
        path(
            "<path:object_id>/unpublish/", wrap(unpublish_view), name="articles_article_unpublish"
        ),
        path("undo-unpublishing/", wrap(undo_view), name="articles_article_undo_unpublishing"),
    ]


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
        token = unpublish_undo.unpublish(article, by=request.user)  # type: ignore[arg-type]
        message = outcome_message(article) + undo_button(request, [token])
        model_admin.message_user(request, message, messages.SUCCESS)
    return redirect("admin:articles_article_change", article.pk)


def undo_button(request: HttpRequest, tokens: Iterable[str]) -> SafeString:
    """A button that publishes again what was just unpublished; empty without a token."""
    url = reverse("admin:articles_article_undo_unpublishing")
    valid = [token for token in tokens if token]
    return message_button(request, "Undo", url, TOKEN, valid) if valid else SafeString()


def undo_view(model_admin: "ModelAdmin[Article]", request: HttpRequest) -> HttpResponse:
    """Publishes again, and says of each article whether it is published."""
    undone: list[int] = []
    for token in request.POST.getlist(TOKEN):
        try:
            before = unpublish_undo.read(token)
        except ExpiredToken:
            model_admin.message_user(request, TOO_LATE, messages.ERROR)
            break
        except BrokenToken:
            model_admin.message_user(request, BROKEN, messages.ERROR)
            continue
        undone.append(before.article_id)
        _undo(model_admin, request, before)
    if len(undone) == 1:
        return redirect("admin:articles_article_change", undone[0])
    return redirect("admin:articles_article_changelist")


def _undo(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, before: unpublish_undo.Before
) -> None:
    article = get_object_or_404(Article, pk=before.article_id)
    user = request.user
    if not permissions.may_publish(user) or not permissions.may_change(user, article):
        raise PermissionDenied
    try:
        article = unpublish_undo.undo(before, by=user)  # type: ignore[arg-type]
    except publishing.NotReady as refusal:
        message = as_message(f"“{article}” was not published:", refusal.obstacles)
        model_admin.message_user(request, message, messages.ERROR)
    else:
        model_admin.message_user(request, outcome_message(article), messages.SUCCESS)


def _page(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, context: dict[str, Any]
) -> TemplateResponse:
    shared = model_admin.admin_site.each_context(request)
    ids = [article.pk for article in context["articles"]]
    own = {
        "title": "Unpublish",
        "opts": model_admin.opts,
        "confirmed": CONFIRMED,
        "linked_from": linked_from(internal_links.NAME, ids, user=request.user, published=True),
    }
    return TemplateResponse(request, TEMPLATE, {**shared, **own, **context})
