"""A hidden field among those that the admin lays out.

Choosing a row of a long list by typing a part of its name.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import ForeignKey, Model
from django.forms import ModelChoiceField
from django.http import HttpRequest


class Unlabelled(forms.HiddenInput):
    """A hidden field whose label, which the admin writes all the same, points at nothing."""

    def id_for_label(self, id_: str | None, *args: Any) -> str:
        return ""


class FoundRow(AutocompleteSelect):
    """Django's field, which would ask the database for whatever was sent, number or not."""

    def optgroups(self, name: str, value: Sequence[Any], attrs: Any = None) -> list[Any]:
        numbers = [each for each in value if str(each).isdecimal()]
        return super().optgroups(name, numbers, attrs)


if TYPE_CHECKING:
    _Admin = BaseModelAdmin[Model]
else:
    _Admin = object


class FindsRows(_Admin):
    """For an admin with `autocomplete_fields`: a choice that cannot be is refused in words."""

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any] | None":
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = FoundRow(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
