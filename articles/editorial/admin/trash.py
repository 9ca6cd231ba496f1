"""Unpublishing articles and moving them to the trash, with Undo, and the page of the trash."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.editorial import internal_links, permissions, publishing, trash
from articles.editorial.admin.submit_actions import outcome_message
from articles.editorial.internal_links import linked_from
from articles.editorial.models import Article
from iria.core.blockers import as_message
from iria.core.http.urls import parse_id
from iria.core.security import BrokenToken, ExpiredToken

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin


ARTICLE_FIELD: Final = "article"
"""The field with the id of an article; a request may contain several."""

PER_PAGE: Final = 100
LINKED_WARNING: Final = (
    "Published texts link to what was moved. Readers see these links as plain text:<ul>{}</ul>"
)
IN_TRASH: Final = "This article is in the trash. Restore it to open it."

CONFIRMED_FIELD: Final = "confirmed"
"""The field that the page that asks sends, and the list and the form do not."""


TOKEN_FIELD: Final = "token"  # noqa: S105 - the name of a field
"""The field with the token of an Undo; a request may contain several."""

TOO_LATE: Final = "The minute for Undo is over. Publish the article again instead."
BROKEN: Final = "This Undo is not valid. Publish the article again instead."


def message_button(
    request: HttpRequest, label: str, url: str, name: str, values: Iterable[object]
) -> SafeString:
    """A form that posts these values of one field to the URL."""
    fields = [("csrfmiddlewaretoken", get_token(request)), *((name, value) for value in values)]
    hidden = format_html_join("", '<input type="hidden" name="{}" value="{}">', fields)
    return format_html(
        '<form method="post" action="{}">{}<button type="submit" class="button">{}</button></form>',
        url,
        hidden,
        label,
    )


class InTrash(Exception):
    """An article was requested that is in the trash."""


def raise_if_in_trash(request: HttpRequest, object_id: str) -> None:
    """For an article that was not found elsewhere.

    Raises:
        InTrash: it is in the trash, and the user may see it there.
    """
    if permissions.visible_in_trash(request.user).filter(pk=parse_id(object_id) or 0).exists():
        raise InTrash


def redirect_to_trash(
    model_admin: "ModelAdmin[Article]", request: HttpRequest
) -> HttpResponseRedirect:
    model_admin.message_user(request, IN_TRASH, messages.WARNING)
    return redirect("admin:articles_article_trash")


def trash_view(model_admin: "ModelAdmin[Article]", request: HttpRequest) -> HttpResponse:
    """What is in the trash, the newest first."""
    if not request.user.has_perm("articles.change_article"):
        raise PermissionDenied
    moves = trash.contents(permissions.visible_in_trash(request.user))
    page = Paginator(moves, PER_PAGE).get_page(request.GET.get("p"))
    context = {
        "title": "Trash",
        "page": page,
        "rows": trash.trashed_articles(list(page)),
        "days": trash.KEPT_FOR.days,
        "may_restore": request.user.has_perm("articles.delete_article"),
        "may_delete": permissions.may_delete_for_good(request.user),
        "field": ARTICLE_FIELD,
    }
    return _page(model_admin, request, "trash", context)


def move_view(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, *, object_id: int
) -> HttpResponse:
    """Moves one article to the trash; its message offers to undo it."""
    try:
        raise_if_in_trash(request, str(object_id))
    except InTrash:
        return redirect_to_trash(model_admin, request)
    article = get_object_or_404(Article, pk=object_id)
    if not permissions.may_move_to_trash(request.user, article):
        raise PermissionDenied
    if request.method != "POST":
        return redirect("admin:articles_article_change", article.pk)
    try:
        trash.move(article, by=request.user)  # type: ignore[arg-type]
    except trash.NotMoved as refusal:
        message = f"Not moved to the trash. {refusal}"
        model_admin.message_user(request, message, messages.ERROR)
        return redirect("admin:articles_article_change", article.pk)
    _say_moved(model_admin, request, [article])
    return redirect("admin:articles_article_changelist")


def move_selected(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, articles: QuerySet[Article]
) -> None:
    """Moves the selected articles, and names those that were not moved, with the reason."""
    moved: list[Article] = []
    refused: list[tuple[Article, str]] = []
    for article in articles.order_by("pk"):
        if not permissions.may_move_to_trash(request.user, article):
            refused.append((article, "You may not change this article."))
            continue
        try:
            trash.move(article, by=request.user)  # type: ignore[arg-type]
        except trash.NotMoved as refusal:
            refused.append((article, str(refusal)))
        else:
            moved.append(article)
    if moved:
        _say_moved(model_admin, request, moved)
    if refused:
        rows = format_html_join("", "<li>“{}”: {}</li>", refused)
        message = format_html("Not moved to the trash:<ul>{}</ul>", rows)
        model_admin.message_user(request, message, messages.ERROR)


def restore_view(model_admin: "ModelAdmin[Article]", request: HttpRequest) -> HttpResponse:
    """Restores articles, from the trash or as Undo."""
    if request.method != "POST":
        return redirect("admin:articles_article_trash")
    restored = []
    for article in _chosen(request, request.POST.getlist(ARTICLE_FIELD)):
        if not permissions.may_restore(request.user, article):
            raise PermissionDenied
        if trash.restore(article, by=request.user):  # type: ignore[arg-type]
            restored.append(article)
    if not restored:
        message = "Nothing was restored: the trash no longer contains it."
        model_admin.message_user(request, message, messages.WARNING)
        return redirect("admin:articles_article_trash")
    model_admin.message_user(request, _listed("Restored", restored), messages.SUCCESS)
    if len(restored) == 1:
        return redirect("admin:articles_article_change", restored[0].pk)
    return redirect("admin:articles_article_changelist")


def delete_view(model_admin: "ModelAdmin[Article]", request: HttpRequest) -> HttpResponse:
    """Asks, and deletes articles in the trash for good when the answer is sent."""
    if not permissions.may_delete_for_good(request.user):
        raise PermissionDenied
    sent = request.POST if request.method == "POST" else request.GET
    chosen = list(_chosen(request, sent.getlist(ARTICLE_FIELD)).defer("body"))
    if request.method == "POST":
        for article in chosen:
            _delete(model_admin, request, article)
    elif chosen:
        context = {"title": "Delete for good", "articles": chosen, "field": ARTICLE_FIELD}
        return _page(model_admin, request, "delete_for_good", context)
    return redirect("admin:articles_article_trash")


def _delete(model_admin: "ModelAdmin[Article]", request: HttpRequest, article: Article) -> None:
    article_id, name = article.pk, str(article)
    try:
        deleted = trash.delete(article_id)
    except trash.StillUsed as refusal:
        model_admin.message_user(request, f"Not deleted. {refusal}", messages.ERROR)
        return
    if deleted:
        model_admin.log_deletions(request, [Article(pk=article_id, headline=name)])  # type: ignore[arg-type]
        model_admin.message_user(request, f"“{name}” was deleted for good.", messages.SUCCESS)


def _chosen(request: HttpRequest, sent: Collection[str]) -> QuerySet[Article]:
    """The articles in the trash with these ids that the user may see."""
    keys = list(filter(None, map(parse_id, sent)))
    return permissions.visible_in_trash(request.user).filter(pk__in=keys).order_by("pk")


def _say_moved(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, articles: list[Article]
) -> None:
    url = reverse("admin:articles_article_trash_restore")
    undo = message_button(request, "Undo", url, ARTICLE_FIELD, [each.pk for each in articles])
    message = _listed("Moved to the trash", articles) + undo
    model_admin.message_user(request, message, messages.SUCCESS)
    ids = [each.pk for each in articles]
    linking = linked_from(internal_links.NAME, ids, user=request.user, published=True)
    if linking.sources:
        rows = format_html_join(
            "", '<li><a href="{}">{}</a></li>', ((each.url, each.title) for each in linking.sources)
        )
        message = format_html(LINKED_WARNING, rows)
        model_admin.message_user(request, message, messages.WARNING)


def _listed(text: str, articles: list[Article]) -> SafeString:
    if len(articles) == 1:
        return format_html("{}: “{}”.", text, articles[0])
    rows = format_html_join("", "<li>“{}”</li>", ((each,) for each in articles))
    return format_html("{}:<ul>{}</ul>", text, rows)


def _page(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, name: str, context: dict[str, Any]
) -> TemplateResponse:
    shared = model_admin.admin_site.each_context(request)
    template = f"admin/articles/article/{name}.html"
    return TemplateResponse(request, template, {**shared, "opts": model_admin.opts, **context})


def unpublish_view(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, *, object_id: int
) -> HttpResponse:
    """Asks about one article, and unpublishes it when the answer is sent."""
    article = get_object_or_404(Article, pk=object_id)
    if not permissions.may_publish(request.user) or not permissions.may_change(
        request.user, article
    ):
        raise PermissionDenied
    if request.method == "POST" or article.state != Article.State.PUBLISHED:
        return _unpublish(model_admin, request, article)
    context = {"articles": [article], "original": article, "selected": []}
    return _confirmation(model_admin, request, context)


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
    return _confirmation(model_admin, request, context)


def _unpublish(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, article: Article
) -> HttpResponseRedirect:
    if request.method == "POST" and article.state == Article.State.PUBLISHED:
        try:
            token = publishing.unpublish_with_undo(article, by=request.user)  # type: ignore[arg-type]
        except publishing.NotReady as refusal:
            # Its draft becomes the article, and cannot.
            message = as_message("Not unpublished:", refusal.blockers)
            model_admin.message_user(request, message, messages.ERROR)
        else:
            message = outcome_message(article) + undo_button(request, [token])
            model_admin.message_user(request, message, messages.SUCCESS)
    return redirect("admin:articles_article_change", article.pk)


def undo_button(request: HttpRequest, tokens: Iterable[str]) -> SafeString:
    """A button that publishes again what was just unpublished; empty without a token."""
    url = reverse("admin:articles_article_undo_unpublishing")
    valid = [token for token in tokens if token]
    return message_button(request, "Undo", url, TOKEN_FIELD, valid) if valid else SafeString()


def undo_view(model_admin: "ModelAdmin[Article]", request: HttpRequest) -> HttpResponse:
    """Publishes again, and says of each article whether it is published."""
    undone: list[int] = []
    for token in request.POST.getlist(TOKEN_FIELD):
        try:
            undo_state = publishing.read_undo_token(token)
        except ExpiredToken:
            model_admin.message_user(request, TOO_LATE, messages.ERROR)
            break
        except BrokenToken:
            model_admin.message_user(request, BROKEN, messages.ERROR)
            continue
        undone.append(undo_state.article_id)
        _undo(model_admin, request, undo_state)
    if len(undone) == 1:
        return redirect("admin:articles_article_change", undone[0])
    return redirect("admin:articles_article_changelist")


def _undo(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, undo_state: publishing.UndoState
) -> None:
    article = get_object_or_404(Article, pk=undo_state.article_id)
    user = request.user
    if not permissions.may_publish(user) or not permissions.may_change(user, article):
        raise PermissionDenied
    try:
        article = publishing.undo_unpublishing(undo_state, by=user)  # type: ignore[arg-type]
    except publishing.NotReady as refusal:
        message = as_message(f"“{article}” was not published:", refusal.blockers)
        model_admin.message_user(request, message, messages.ERROR)
    else:
        model_admin.message_user(request, outcome_message(article), messages.SUCCESS)


def _confirmation(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, context: dict[str, Any]
) -> TemplateResponse:
    ids = [article.pk for article in context["articles"]]
    context |= {
        "title": "Unpublish",
        "confirmed": CONFIRMED_FIELD,
        "linked_from": linked_from(internal_links.NAME, ids, user=request.user, published=True),
    }
    return _page(model_admin, request, "unpublish", context)
