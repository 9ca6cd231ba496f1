"""The admin site: Django's own, with a dashboard as its first page."""

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
from iria.core.http.csrf import csrf_failure, submitted_text
from iria.publication.context_processors import publication_of

LISTED_IN: Final = {"taggit": "articles", "auth": "accounts"}
"""App label → the app among whose models its models are listed."""


class IriaAdminSite(admin.AdminSite):
    index_title = "Dashboard"
    enable_nav_sidebar = True
    index_template = "admin/dashboard.html"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        name = publication_of(request).name
        return {**super().each_context(request), "site_header": name, "site_title": name}

    def has_permission(self, request: HttpRequest) -> bool:
        """As in Django, and two-factor authentication where it is required."""
        if not super().has_permission(request):
            return False
        return isinstance(request.user, User) and required.is_satisfied(request, request.user)

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
        """Activates the publication's time zone for every page of the admin.

        The response is rendered here, because the time zone is reset when this returns.
        """
        inner = super().admin_view(view, cacheable)

        def in_time_zone(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if "%00" in request.META.get("QUERY_STRING", ""):
                # PostgreSQL rejects NUL characters.
                return redirect(request.get_full_path().replace("%00", ""))
            if "" in (request.GET.get(TO_FIELD_VAR), request.POST.get(TO_FIELD_VAR)):
                # Django responds with 400 to other unknown fields, but with 500 to an empty one.
                message = "The field name must not be empty."
                raise BadRequest(message)
            if request.method == "POST" and request.user.is_anonymous and submitted_text(request):
                # The session expired while somebody was typing; the sign-in page alone would lose their text.
                return csrf_failure(request)
            with timezone.override(publication_of(request).zone_info):
                response: HttpResponse = inner(request, *args, **kwargs)
                if isinstance(response, TemplateResponse):
                    response.render()
            return response

        return cast(V, update_wrapper(in_time_zone, inner))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Lists the models of libraries with those of our apps."""
        apps = {app["app_label"]: app for app in super().get_app_list(request, app_label)}
        for library, app in LISTED_IN.items():
            if library in apps and app in apps:
                models = [*apps[app]["models"], *apps.pop(library)["models"]]
                apps[app]["models"] = sorted(models, key=lambda model: model["name"])
        return list(apps.values())

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        items = [item for items_for in hooks.dashboard_items for item in items_for(request.user)]
        reports = [report for report_for in hooks.reports if (report := report_for(request.user))]
        context = {"dashboard_items": items, "reports": reports}
        return super().index(request, {**(extra_context or {}), **context})
