"""Targets of internal links for the link dialog of the text editor, as JSON."""

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from articles.body import references
from articles.body.references import Reference
from articles.editorial.models import Article
from articles.links import targets
from articles.links.targets import LinkKind, Target, link_kinds

LONGEST: Final = 200
FOUND: Final = 8
"""Results of each kind."""
DESCRIBED: Final = 200
"""References that one request may ask about."""


@require_safe
def links_view(request: HttpRequest) -> JsonResponse:
    """`?q=words` finds targets by their titles, the newest first; `?reference=…` describes these.

    One query for each kind, or two for any number of references.
    """
    if not request.user.has_perm("articles.change_article"):
        raise PermissionDenied
    if asked := request.GET.getlist("reference"):
        return JsonResponse({"targets": _described(asked[:DESCRIBED], request.user)})
    query = request.GET.get("q", "")[:LONGEST]
    groups = [
        {
            "label": kind.label,
            "targets": [_shown(each) for each in _found(kind, query, request.user)],
        }
        for kind in link_kinds
    ]
    return JsonResponse({"groups": [group for group in groups if group["targets"]]})


def _found(kind: LinkKind, query: str, user: Any) -> list[Target]:
    """Those with all these words in the title."""
    rows = kind.offered(user)
    for word in query.split():
        rows = rows.filter(link_title__icontains=word)
    return targets.read_ordered(rows[:FOUND])


def _described(asked: list[str], user: Any) -> dict[str, Any]:
    """Reference → its target; without a title if the user may not see it."""
    wanted = {found[0] for each in asked if (found := references.read(each))}
    existing = targets.targets_of(wanted)
    visible = {each.reference for each in targets.read(_visible(wanted, user))}
    return {
        str(reference): _shown(target)
        if (target := existing.get(reference)) and reference in visible
        else {"title": "", "url": "", "state": "", "status": target.status if target else "gone"}
        for reference in wanted
    }


def _visible(wanted: set[Reference], user: Any) -> list["QuerySet[Any]"]:
    return [
        kind.offered(user).filter(pk__in=[each.id for each in wanted if each.kind == name])
        for name, kind in link_kinds.items()
        if any(each.kind == name for each in wanted)
    ]


def _shown(target: Target) -> dict[str, str]:
    return {
        "reference": str(target.reference),
        "title": target.title or str(Article()),
        "url": target.url,
        "status": target.status,
        "state": str(Article.State(target.state).label),
    }
