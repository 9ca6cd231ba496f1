"""Fields and mixins for the admin of several packages."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import ForeignKey
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.csp import CSP

FRAME_POLICY: Final = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
}
"""The policy of a page in a frame of the admin: no scripts, forms or frames of its own."""


MAX_DIGITS: Final = 19
"""The length of a primary key, which fits into a bigint."""


class Unlabelled(forms.HiddenInput):
    """A hidden input without an id for its label, which the admin renders anyway."""

    def id_for_label(self, id_: str | None, *args: Any) -> str:
        return ""


class RowAutocomplete(AutocompleteSelect):
    """Ignores values that are no primary keys; Django's widget would query the database with them."""

    def optgroups(self, name: str, value: Sequence[Any], attrs: Any = None) -> list[Any]:
        keys = [each for each in value if str(each).isdecimal() and len(str(each)) <= MAX_DIGITS]
        return super().optgroups(name, keys, attrs)


class NoAddOrDelete(BaseModelAdmin[Any]):
    """For rows that only the code adds and deletes; the admin may change them."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnly(NoAddOrDelete):
    """For rows that the admin only shows."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RecordsEditor(ModelAdmin[Any]):
    """Sets `modified_by` to the user who saves the row."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.modified_by = request.user
        super().save_model(request, obj, form, change)


class FindsRows(BaseModelAdmin[Any]):
    """For an admin with `autocomplete_fields`: an invalid choice is a form error."""

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any] | None":
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = RowAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
