"""Several choices in their order: the categories of an article, its authors.

Each choice is a select, and their order on the page is the order that is saved, so the field works
without JavaScript; `static/desk/in-order.js` adds rows and moves them. It holds what was chosen and
no ids of rows, so a form that was opened before somebody else saved can still be sent.
"""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.datastructures import MultiValueDict

SPARE: Final = 2
"""Empty rows offered beside what is chosen, for whoever has no JavaScript to add more."""


class InOrderWidget(forms.Widget):
    template_name = "admin/articles/article/_in_order.html"
    use_fieldset = True

    class Media:
        js = [forms.Script("desk/in-order.js", type="module")]

    def __init__(self, *, row: str, first: str = "") -> None:
        super().__init__()
        self.row, self.first = row, first
        self.choices: list[tuple[str, str]] = []
        self.add_address = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        given = data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name, [])
        return [value for value in given if value]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = [str(each) for each in value or []]
        rows = [*chosen, *([""] * SPARE)]
        context["widget"] |= {"row": self.row, "first": self.first, "add": self.add_address}
        context |= {"rows": rows, "choices": self.choices}
        return context

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_


class InOrderField[M: Model](forms.Field):
    """A list of objects, in the order in which they were chosen, each once."""

    widget: InOrderWidget
    default_error_messages = {
        "gone": "One of the choices is no longer there; look them over and choose again.",
    }

    def __init__(
        self, objects: "QuerySet[M]", *, row: str, first: str = "", **options: Any
    ) -> None:
        super().__init__(required=False, widget=InOrderWidget(row=row, first=first), **options)
        self.objects = objects

    def offer(self, choices: Iterable[tuple[Any, str]], *, add_address: str = "") -> None:
        """Sets what can be chosen; asked once for all rows."""
        self.widget.choices = [(str(key), label) for key, label in choices]
        self.widget.add_address = add_address

    def to_python(self, value: Any) -> list[M]:
        keys = list(dict.fromkeys(str(each) for each in value or []))
        if not all(key.isascii() and key.isdigit() and len(key) < 18 for key in keys):
            raise ValidationError(self.error_messages["gone"], code="gone")
        found = self.objects.in_bulk([int(key) for key in keys])
        if len(found) != len(keys):
            raise ValidationError(self.error_messages["gone"], code="gone")
        return [found[int(key)] for key in keys]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [str(each) for each in initial or []] != [str(each) for each in data or []]
