"""Pages at the desk."""

from django.contrib import admin
from django.http import HttpRequest

from articles.pages import keeping
from articles.pages.forms import PageForm
from articles.pages.models import Page


class PageAdmin(admin.ModelAdmin[Page]):
    form = PageForm
    list_display = ("title", "path", "language", "position", "is_published", "changed_at")
    list_filter = ("is_published", "language")
    search_fields = ("title", "path", "body")

    def save_model(self, request: HttpRequest, obj: Page, form: PageForm, change: bool) -> None:
        keeping.save(obj)
