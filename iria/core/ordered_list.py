"""An ordered list in a form: rows of controls, in the order in which they are on the page.

Every control of a row is always submitted, so rows need no ids, and a form that was opened before somebody
else saved can still be submitted. It works without JavaScript;
`static/iria_admin/ordered-list.js` adds rows and moves them.
"""

from typing import Any, Final

from django import forms
from django.utils.datastructures import MultiValueDict

EMPTY_ROWS: Final = 2
"""Empty rows at the end, for users without JavaScript."""

Row = dict[str, str]


class OrderedListWidget(forms.Widget):
    """Rows of controls; a subclass names them and has a template."""

    use_fieldset = True
    row = "Entry"
    """The name of a row."""
    controls: tuple[str, ...] = ()
    """The names of the controls after that of the field."""

    class Media:
        js = [forms.Script("iria_admin/ordered-list.js", type="module")]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        columns = [
            data.getlist(f"{name}-{each}") if isinstance(data, MultiValueDict) else []
            for each in self.controls
        ]
        rows = [dict(zip(self.controls, row, strict=False)) for row in zip(*columns, strict=False)]
        return [row for row in rows if self.is_filled(row)]

    def is_filled(self, row: Row) -> bool:
        return any(value.strip() for value in row.values())

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-{self.controls[0]}" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["row"] = self.row
        context["rows"] = [*(value or []), *([dict.fromkeys(self.controls, "")] * EMPTY_ROWS)]
        return context

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_
