"""Saved views of the article list: tabs beside those that everybody has, for their user alone."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext

from accounts.models import User
from articles.editorial.models import Article, SavedView
from articles.editorial.models.listing import MAX_VIEWS
from iria.core.text.validators import one_line

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

VIEWS: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    ("All", {}),
    ("Mine", {"whose": "mine"}),
    ("Drafts", {"state__exact": "draft"}),
    ("Scheduled", {"state__exact": "scheduled"}),
    ("Live", {"state__exact": "published"}),
)
"""The tabs that everybody has: their names and filters."""

IGNORED_PARAMETERS: Final = ("p", "all", "e", "_facets", "_popup", "_to_field")
"""Parameters of the list that are no filters: page, error, counts beside filters, pop-up window."""


def urls(model_admin: "ModelAdmin[Article]") -> list[URLPattern]:
    def wrap(view: Callable[..., HttpResponse]) -> Any:
        return model_admin.admin_site.admin_view(
            lambda request, **at: _only_post(model_admin, request, view, **at)
        )

    return [
        path("views/save/", wrap(_save), name="articles_article_save_view"),
        path("views/<int:pk>/rename/", wrap(_rename), name="articles_article_rename_view"),
        path("views/<int:pk>/remove/", wrap(_remove), name="articles_article_remove_view"),
    ]


def tabs_of(request: HttpRequest) -> dict[str, Any]:
    """The tabs above the list, and what can be done with the present filters, in one query."""
    filters_in_use = _filters(request.GET)
    own = list(SavedView.objects.filter(user=request.user.pk))
    current = next((each for each in own if QueryDict(each.query) == filters_in_use), None)
    without_order = {name: value for name, value in filters_in_use.items() if name != "o"}
    tabs = [
        {
            "name": name,
            "query": urlencode(filters),
            "is_current": current is None and without_order == filters,
        }
        for name, filters in VIEWS
    ]
    is_common = any(tab["is_current"] for tab in tabs) and "o" not in filters_in_use
    return {
        "views": [
            *tabs,
            *(
                {"name": each.name, "query": each.query, "is_current": each is current}
                for each in own
            ),
        ],
        "current_view": current,
        "view_query": filters_in_use.urlencode(),
        "may_save_view": current is None and not is_common and len(own) < MAX_VIEWS,
        "name_length": SavedView._meta.get_field("name").max_length,
    }


def _filters(query: QueryDict) -> QueryDict:
    found = query.copy()
    for name in IGNORED_PARAMETERS:
        found.pop(name, None)
    return found


def _only_post(
    model_admin: "ModelAdmin[Article]",
    request: HttpRequest,
    view: Callable[..., HttpResponse],
    **at: Any,
) -> HttpResponse:
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return redirect("admin:articles_article_changelist")
    try:
        with transaction.atomic():
            # One request of a user at a time, so that two do not save the same name.
            user = User.objects.select_for_update(no_key=True).get(pk=request.user.pk or 0)
            return view(request, user, **at)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _back(request.POST.get("query", ""))


def _save(request: HttpRequest, user: User) -> HttpResponse:
    """A view of the same name gets these filters."""
    name, query = _name(request), _filters(QueryDict(request.POST.get("query", ""))).urlencode()
    view = SavedView.objects.filter(user=user, name__iexact=name).first()
    if view is None:
        view = SavedView(user=user)
        if SavedView.objects.filter(user=user).count() >= MAX_VIEWS:
            raise ValidationError(
                gettext("You have %(number)s views, the maximum. Remove one first."),
                params={"number": MAX_VIEWS},
            )
    view.name, view.query = name, query
    view.full_clean()
    view.save()
    messages.success(request, gettext("The view “%(name)s” was saved.") % {"name": name})
    return _back(query)


def _rename(request: HttpRequest, user: User, *, pk: int) -> HttpResponse:
    view, name = _own(user, pk), _name(request)
    if SavedView.objects.filter(user=user, name__iexact=name).exclude(pk=pk).exists():
        raise ValidationError(
            gettext("You have a view “%(name)s” already. Choose another name."),
            params={"name": name},
        )
    view.name = name
    view.full_clean()
    view.save()
    messages.success(request, gettext("The view is now called “%(name)s”.") % {"name": name})
    return _back(view.query)


def _remove(request: HttpRequest, user: User, *, pk: int) -> HttpResponse:
    """The list keeps its filters, so that the view can be saved again."""
    view = _own(user, pk)
    view.delete()
    messages.success(request, gettext("The view “%(name)s” was removed.") % {"name": view.name})
    return _back(view.query)


def _own(user: User, pk: int) -> SavedView:
    view = SavedView.objects.filter(user=user, pk=pk).first()
    if view is None:
        raise Http404
    return view


def _name(request: HttpRequest) -> str:
    name = one_line(request.POST.get("name", ""))
    if name.casefold() in {each.casefold() for each, _ in VIEWS}:
        raise ValidationError(
            gettext("“%(name)s” is the name of another tab. Choose another one."),
            params={"name": name},
        )
    return name


def _back(query: str) -> HttpResponse:
    url = reverse("admin:articles_article_changelist")
    filters = _filters(QueryDict(query)).urlencode()
    return redirect(f"{url}?{filters}" if filters else url)
