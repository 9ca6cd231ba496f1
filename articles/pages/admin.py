"""Static pages in the admin."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse

from articles.editorial.admin.editor_field import BodyField
from articles.editorial.internal_links import linked_from
from articles.links.targets import hidden_links
from articles.pages import hooks, saving
from articles.pages.models import Page


class PageForm(forms.ModelForm[Page]):
    path = forms.CharField(
        label="Link", max_length=200, help_text=Page._meta.get_field("path").help_text
    )
    body = BodyField(label="Text")

    class Meta:
        model = Page
        fields = (
            "title",
            "path",
            "body",
            "description",
            "language",
            "translation_of",
            "position",
            "is_published",
        )

    def clean_path(self) -> str:
        """Accepts paths with slashes, as copied from a browser."""
        return str(self.cleaned_data["path"]).strip().strip("/")


class PageAdmin(admin.ModelAdmin[Page]):
    form = PageForm
    change_form_template = "admin/articles/page/change_form.html"
    list_display = ("title", "path", "language", "position", "is_published", "modified_at")
    list_filter = ("is_published", "language")
    search_fields = ("title", "path", "body")

    def save_model(self, request: HttpRequest, obj: Page, form: PageForm, change: bool) -> None:
        saving.save(obj)
        for link in hidden_links(obj.body):
            text = f"Readers see the link “{link.text}” as plain text: its target is not published."
            self.message_user(request, text, messages.WARNING)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Page | None = None,
    ) -> HttpResponse:
        if obj is not None:
            context["linked_from"] = linked_from(hooks.NAME, [obj.pk], user=request.user)
        return super().render_change_form(request, context, add, change, form_url, obj)
