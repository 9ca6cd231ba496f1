"""Embed providers and link cards in the admin."""

from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.embeds import url_patterns
from articles.embeds.models import EmbedProvider, LinkCard
from articles.embeds.views import fetch_again, link_cards_view

MAX_PATTERNS: Final = 20


class EmbedProviderForm(forms.ModelForm[EmbedProvider]):
    class Meta:
        model = EmbedProvider
        fields = ("name", "page_url_patterns", "frame_url", "shape", "is_enabled")
        widgets = {
            "page_url_patterns": forms.Textarea({"rows": 5, "cols": 80}),
            "frame_url": forms.TextInput({"size": 80}),
        }

    def clean_page_url_patterns(self) -> str:
        lines = [
            line for line in self.cleaned_data["page_url_patterns"].splitlines() if line.strip()
        ]
        if len(lines) > MAX_PATTERNS:
            raise ValidationError(
                f"There are {len(lines)} patterns; the maximum is {MAX_PATTERNS}. Remove some."
            )
        try:
            return "\n".join(url_patterns.clean_pattern(line) for line in lines)
        except url_patterns.InvalidPattern as error:
            raise ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if "page_url_patterns" in values and "frame_url" in values:
            try:
                values["frame_url"] = url_patterns.clean_frame_url(
                    values["frame_url"],
                    values["page_url_patterns"].splitlines(),
                    own_host=settings.SITE_HOST.lower(),
                )
            except url_patterns.InvalidPattern as error:
                self.add_error("frame_url", str(error))
        return values


class EmbedProviderAdmin(admin.ModelAdmin[EmbedProvider]):
    form = EmbedProviderForm
    list_display = ("name", "frame_origin", "shape", "is_enabled")
    list_filter = ("is_enabled",)


class LinkCardAdmin(admin.ModelAdmin[LinkCard]):
    """Link cards can be viewed and fetched again, but not changed: everything comes from the other sites."""

    actions = ("fetch_again",)
    list_display = ("__str__", "url", "state", "requested_at", "fetched_at")
    list_filter = ("state",)
    search_fields = ("title", "url")
    search_help_text = "Search titles and URLs"
    show_full_result_count = False
    view_on_site = False
    fields = readonly_fields = (
        *("url", "state", "error", "title", "image", "requested_at", "fetched_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[LinkCard]:
        return super().get_queryset(request).defer("thumbnail")

    def get_urls(self) -> list[URLPattern]:
        return [
            path("ask/", self.admin_site.admin_view(link_cards_view), name="articles_linkcard_ask"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="Image")
    def image(self, card: LinkCard) -> SafeString | str:
        if not card.thumbnail_name:
            return "None"
        size = (card.thumbnail_width, card.thumbnail_height)
        return format_html(
            '<img src="{}" alt="" width="{}" height="{}">', card.thumbnail_url, *size
        )

    @admin.action(description="Fetch again", permissions=["change"])
    def fetch_again(self, request: HttpRequest, queryset: QuerySet[LinkCard]) -> None:
        count = 0
        for count, card in enumerate(queryset, start=1):  # noqa: B007 - the count is the result
            fetch_again(card)
        self.message_user(
            request,
            f"{count} link card{'' if count == 1 else 's'} will be fetched again.",
            messages.SUCCESS,
        )
