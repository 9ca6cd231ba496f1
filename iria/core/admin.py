"""Fields and mixins for the admin of several packages."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import ForeignKey
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


class NoAddOrDelete(BaseModelAdmin[Any]):
    """For rows that the site itself adds and deletes; they may be changed in the admin."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnly(NoAddOrDelete):
    """For rows that nobody writes in the admin."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RecordsEditor(ModelAdmin[Any]):
    """For models with `modified_by`: who saved the row last."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.modified_by = request.user
        super().save_model(request, obj, form, change)


class FindsRows(BaseModelAdmin[Any]):
    """For an admin with `autocomplete_fields`: a choice that cannot be is refused in words."""

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any] | None":
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = FoundRow(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
