"""Static pages in the admin."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from articles.editorial.admin.editor_field import BodyField
from articles.pages import saving
from articles.pages.models import Page


class PageForm(forms.ModelForm[Page]):
    path = forms.CharField(
        label="Link", max_length=200, help_text=Page._meta.get_field("path").help_text
    )
    body = BodyField(label="Text")

    class Meta:
        model = Page
        fields = ("title", "path", "body", "description", "language", "position", "is_published")

    def clean_path(self) -> str:
        """Accepts paths with slashes, as copied from a browser."""
        return str(self.cleaned_data["path"]).strip().strip("/")


class PageAdmin(admin.ModelAdmin[Page]):
    form = PageForm
    list_display = ("title", "path", "language", "position", "is_published", "modified_at")
    list_filter = ("is_published", "language")
    search_fields = ("title", "path", "body")

    def save_model(self, request: HttpRequest, obj: Page, form: PageForm, change: bool) -> None:
        saving.save(obj)
