"""Providers of embeds on the desk."""

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
        fields = ("name", "address_patterns", "frame_address", "shape", "is_on")
        widgets = {
            "address_patterns": forms.Textarea({"rows": 5, "cols": 80}),
            "frame_address": forms.TextInput({"size": 80}),
        }

    def clean_address_patterns(self) -> str:
        lines = [
            line for line in self.cleaned_data["address_patterns"].splitlines() if line.strip()
        ]
        if len(lines) > MOST:
            sentence = f"These are {len(lines)} patterns; at most {MOST} can be kept."
            raise ValidationError(sentence)
        try:
            return "\n".join(url_patterns.checked(line) for line in lines)
        except url_patterns.Unusable as mistake:
            raise ValidationError(str(mistake)) from mistake

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if "address_patterns" in values and "frame_address" in values:
            try:
                values["frame_address"] = url_patterns.checked_frame(
                    values["frame_address"],
                    values["address_patterns"].splitlines(),
                    own_host=settings.SITE_HOST.lower(),
                )
            except url_patterns.Unusable as mistake:
                self.add_error("frame_address", str(mistake))
        return values


class EmbedProviderAdmin(admin.ModelAdmin[EmbedProvider]):
    form = EmbedProviderForm
    list_display = ("name", "frame_origin", "shape", "is_on")
    list_filter = ("is_on",)
