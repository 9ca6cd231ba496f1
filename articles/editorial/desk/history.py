"""What an article said before, who changed it, and when it went out."""

from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from articles.editorial import permissions
from articles.editorial.comparing import compared
from articles.editorial.models import Article, Revision, StateChange

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

SHOWN = 100


def context_of(object_id: str) -> dict[str, Any]:
    """The newest versions and every change of state, for the article's history page."""
    key = unquote(object_id)
    if not key.isdecimal():
        return {}
    number = int(key)
    revisions = Revision.objects.filter(article=number).select_related("made_by").defer("body")
    changes = StateChange.objects.filter(article=number).select_related("made_by")
    return {"revisions": revisions[:SHOWN], "state_changes": changes[:SHOWN]}


def version_view(
    desk: "ModelAdmin[Article]", request: HttpRequest, *, object_id: str, number: int
) -> HttpResponse:
    """One version, compared with the one before it."""
    key = unquote(object_id)
    if not key.isdecimal():
        raise Http404
    article = get_object_or_404(Article, pk=key)
    if not permissions.may_see(request.user, article) or not request.user.has_perm(
        "articles.view_revision"
    ):
        raise PermissionDenied
    revisions = article.revisions.select_related("made_by")
    new = get_object_or_404(revisions, number=number)
    old = revisions.filter(number__lt=number).first()
    context = {
        **desk.admin_site.each_context(request),
        "title": f"Version {number}",
        "subtitle": article.headline,
        "opts": desk.opts,
        "original": article,
        "old": old,
        "new": new,
        "newer": revisions.filter(number__gt=number).last(),
        "parts": compared(old, new),
    }
    return render(request, "admin/articles/article/version.html", context)
