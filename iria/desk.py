"""The admin site, called the desk: Django's own, with what waits on its first page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse

from accounts.forms import DeskLoginForm
from iria.kit import registry


class DeskSite(admin.AdminSite):
    site_header = "The desk"
    site_title = "The desk"
    index_title = "What waits"
    enable_nav_sidebar = True
    index_template = "admin/desk.html"
    login_form = DeskLoginForm

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        waiting = [item for ask in registry.waiting for item in ask(request.user)]
        return super().index(request, {**(extra_context or {}), "waiting": waiting})
