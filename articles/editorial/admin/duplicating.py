"""The button that duplicates an article."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from articles.editorial import permissions
from articles.editorial.admin.submit_actions import article_created_by, form_id
from articles.editorial.models import Article
from articles.editorial.versions import duplication

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

TOKEN = "copy_token"  # noqa: S105 - the name of a field
"""The field with the token of the button; a button pressed twice makes one copy."""

DUPLICATED = "This is the copy. It has a new URL when you publish it."


def duplicate_view(
    model_admin: "ModelAdmin[Article]", request: HttpRequest, *, object_id: int
) -> HttpResponse:
    """Makes a draft with the same content, and opens it."""
    article = get_object_or_404(Article, pk=object_id)
    may_see = permissions.may_see(request.user, article)
    if not may_see or not model_admin.has_add_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return redirect("admin:articles_article_change", article.pk)
    copy = _copy_of(request, article)
    model_admin.message_user(request, DUPLICATED, messages.SUCCESS)
    return redirect("admin:articles_article_change", copy.pk)


def _copy_of(request: HttpRequest, article: Article) -> Article:
    token = request.POST.get(TOKEN, "")
    if existing := article_created_by(token):
        return existing
    try:
        with transaction.atomic():
            return duplication.duplicate(article, by=request.user, form_id=form_id(token))  # type: ignore[arg-type]
    except IntegrityError:
        # The button was pressed twice; the other request was first.
        if existing := article_created_by(token):
            return existing
        raise
