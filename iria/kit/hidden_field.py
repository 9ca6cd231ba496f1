"""A hidden field among those that the admin lays out."""

from typing import Any

from django import forms


class Unlabelled(forms.HiddenInput):
    """A hidden field whose label, which the admin writes all the same, points at nothing."""

    def id_for_label(self, id_: str | None, *args: Any) -> str:
        return ""
