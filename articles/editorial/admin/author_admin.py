"""Redirects, and what articles add to the author form: portrait and merging.

`accounts` depends neither on images nor on bylines; `articles.admin` adds this mixin.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import AuthorProfile
from articles.editorial import bylines
from articles.editorial.admin.merge import MergeAdminMixin
from articles.editorial.models import Portrait, Redirect
from articles.images.admin.forms import ChoosesImage


class RedirectAdmin(admin.ModelAdmin[Redirect]):
    """Redirects of old URLs. They are created when editors rename something, and are read-only."""

    list_display = ["old_path", "target", "created_at"]
    list_select_related = ["article", "category", "author", "tag"]
    search_fields = ["old_path"]
    ordering = ["-created_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Redirect | None = None) -> bool:
        return False

    @admin.display(description="Target")
    def target(self, redirect: Redirect) -> str:
        return str(redirect.target)


class PortraitInline(ChoosesImage, admin.StackedInline[Portrait, AuthorProfile]):
    model = Portrait
    fields = ["image"]
    extra = 1
    max_num = 1
    verbose_name = "portrait"
    verbose_name_plural = "Portrait"


class WithPortraitAndMerging(MergeAdminMixin):
    merge_verb = staticmethod(bylines.merge)
    readonly_fields = ("used_by",)
    inlines: tuple[type[Any], ...] = (PortraitInline,)
