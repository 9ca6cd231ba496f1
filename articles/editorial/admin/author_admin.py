"""Redirects, versions and portraits on the desk.

Authors on the desk: what this room adds to the form that accounts offer.

Accounts know neither pictures nor bylines; the index puts this before their class.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import AuthorProfile
from articles.editorial import bylines
from articles.editorial.admin.merge import MergeAdminMixin
from articles.editorial.models import Portrait, Redirect
from articles.images.admin.forms import picture_field


class RedirectAdmin(admin.ModelAdmin[Redirect]):
    """Where old addresses lead. They follow from what editors rename; nobody writes them."""

    list_display = ["old_path", "leads_to", "made_at"]
    list_select_related = ["article", "category", "author", "tag"]
    search_fields = ["old_path"]
    ordering = ["-made_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Redirect | None = None) -> bool:
        return False

    @admin.display(description="Leads to")
    def leads_to(self, redirect: Redirect) -> str:
        return str(redirect.article or redirect.category or redirect.author or redirect.tag)


class PortraitInline(admin.StackedInline[Portrait, AuthorProfile]):
    model = Portrait
    fields = ["image"]
    extra = 1
    max_num = 1
    verbose_name = "portrait"
    verbose_name_plural = "Portrait"

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "image":
            return picture_field(db_field, **kwargs)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class WithPortraitAndMerging(MergeAdminMixin):
    merge_verb = staticmethod(bylines.merge)
    readonly_fields = ("what_moves",)
    inlines: tuple[type[Any], ...] = (PortraitInline,)
