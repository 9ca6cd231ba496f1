"""Embed providers in the admin."""

from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError

from articles.embeds import url_patterns
from articles.embeds.models import EmbedProvider

MOST: Final = 20


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
        if len(lines) > MOST:
            message = f"There are {len(lines)} patterns; the maximum is {MOST}. Remove some."
            raise ValidationError(message)
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
