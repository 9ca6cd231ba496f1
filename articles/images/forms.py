"""The form of one picture in the library."""

from typing import Any, Final, cast

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.http import QueryDict

from articles.images.models import Image
from articles.images.uses import listed, public_uses_of
from iria.kit.hidden_field import Unlabelled

CHANGED_MEANWHILE: Final = (
    "Somebody else changed this picture while you were writing. What you typed is still here: "
    "compare it with what the library says now, in another window, and save again to keep yours."
)


class ImageForm(forms.ModelForm[Image]):
    seen = forms.CharField(required=False, widget=Unlabelled)
    """When the picture had last been changed as this form was made."""

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self._last_change()

    def _last_change(self) -> str:
        return self.instance.changed_at.isoformat() if self.instance.pk else ""

    def clean(self) -> dict[str, Any]:
        """Nobody's words are overwritten unseen, and no reader's picture loses its credit."""
        values = super().clean() or self.cleaned_data
        if values.get("seen") not in {"", self._last_change()}:
            # The next time, saving is a decision.
            data = cast("QueryDict", self.data).copy()
            data["seen"] = self._last_change()
            self.data = data
            self.add_error(None, CHANGED_MEANWHILE)
        self._keep_credit(values)
        return values

    def _keep_credit(self, values: dict[str, Any]) -> None:
        credited = str(values.get("credit") or "").strip()
        if "credit" in values and not credited and not values.get("needs_no_credit"):
            uses = public_uses_of(self.instance) if self.instance.pk else []
            if uses:
                self.add_error(
                    "credit",
                    f"Readers see this picture in {listed(uses)}; it must keep a credit, "
                    "or say below why it needs none.",
                )
