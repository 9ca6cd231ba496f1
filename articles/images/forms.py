"""The form of one picture in the library."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget

from articles.images.models import Image
from articles.images.uses import listed, public_uses_of


class ImageForm(forms.ModelForm[Image]):
    class Meta:
        model = Image
        fields = [
            "headline",
            "alt_text",
            "caption",
            "credit",
            "credit_url",
            "byline",
            "source",
            "copyright_notice",
            "usage_terms",
            "needs_no_credit",
            "no_credit_reason",
        ]
        widgets = {
            **{
                name: AdminTextareaWidget(attrs={"rows": 3})
                for name in ("alt_text", "caption", "usage_terms")
            },
            **{
                name: AdminTextInputWidget(attrs={"size": 60})
                for name in ("headline", "credit", "byline", "source", "copyright_notice")
            },
        }

    def clean(self) -> dict[str, Any]:
        """The credit of a picture that readers see cannot be taken away."""
        values = super().clean() or self.cleaned_data
        credited = str(values.get("credit") or "").strip()
        if "credit" in values and not credited and not values.get("needs_no_credit"):
            uses = public_uses_of(self.instance) if self.instance.pk else []
            if uses:
                self.add_error(
                    "credit",
                    f"Readers see this picture in {listed(uses)}; it must keep a credit, "
                    "or say below why it needs none.",
                )
        return values
