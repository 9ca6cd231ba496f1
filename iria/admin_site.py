"""The admin site, called the desk: Django's own, with what waits on its first page."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Final, cast

from django.contrib import admin
from django.contrib.admin.options import TO_FIELD_VAR
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.mfa import required
from accounts.models import User
from accounts.views import sign_in
from iria.core import hooks
from iria.core.http.csrf import out_of_date, typed_words
from iria.publication.context_processors import publication_of

AMONG: Final = {"taggit": "articles", "auth": "accounts"}
"""App whose models are shown among those of another one."""


class IriaAdminSite(admin.AdminSite):
    index_title = "Dashboard"
    enable_nav_sidebar = True
    index_template = "admin/desk.html"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        name = publication_of(request).name
        return {**super().each_context(request), "site_header": name, "site_title": name}

    def has_permission(self, request: HttpRequest) -> bool:
        """Django's own answer; a member without the second factor that is asked of them has none."""
        if not super().has_permission(request):
            return False
        return isinstance(request.user, User) and required.passes(request, request.user)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "GET" and self.has_permission(request):
            return redirect("admin:index")
        context = {
            **self.each_context(request),
            "title": "Sign in",
            "username": request.user.get_username(),
            **(extra_context or {}),
        }
        return sign_in.sign_in(request, context)

    def admin_view[V: Callable[..., Any]](self, view: V, cacheable: bool = False) -> V:
        """Every page of the desk runs on the publication's clock.

        It is rendered here and not later, because the zone is set back when this returns.
        """
        inner = super().admin_view(view, cacheable)

        def on_the_clock(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if "%00" in request.META.get("QUERY_STRING", ""):
                # No row holds a NUL; asking the database for one would be an error.
                return redirect(request.get_full_path().replace("%00", ""))
            if "" in (request.GET.get(TO_FIELD_VAR), request.POST.get(TO_FIELD_VAR)):
                # Django refuses every other field that is none, and breaks over this one.
                sentence = "The field name must not be empty."
                raise BadRequest(sentence)
            if request.method == "POST" and request.user.is_anonymous and typed_words(request):
                # The session ended while somebody wrote; the door alone would lose their words.
                return out_of_date(request)
            with timezone.override(publication_of(request).zone_info):
                response: HttpResponse = inner(request, *args, **kwargs)
                if isinstance(response, TemplateResponse):
                    response.render()
            return response

        return cast(V, update_wrapper(on_the_clock, inner))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """What other packages bring stands among what it belongs to, not under their names."""
        apps = {app["app_label"]: app for app in super().get_app_list(request, app_label)}
        for guest, host in AMONG.items():
            if guest in apps and host in apps:
                models = [*apps[host]["models"], *apps.pop(guest)["models"]]
                apps[host]["models"] = sorted(models, key=lambda model: model["name"])
        return list(apps.values())

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        waiting = [item for ask in hooks.dashboard_items for item in ask(request.user)]
        reports = [report for ask in hooks.reports if (report := ask(request.user))]
        context = {"waiting": waiting, "reports": reports}
        return super().index(request, {**(extra_context or {}), **context})
