"""Admin forms of rows with texts in several languages (`iria.core.text.language`).

The form has a fieldset for each language of the publication besides the first, whose texts are in the
columns. Texts in a language that the publication no longer writes in are kept.
"""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.core.validators import MaxLengthValidator
from django.db import models
from django.http import HttpRequest

from iria.core.text.languages import native_name
from iria.publication.context_processors import publication_of


class TranslationsForm(forms.BaseModelForm[Any]):
    """Reads and fills `translations`; the fields are added by `TranslatedAdmin`."""

    translated: Sequence[tuple[str, str]] = ()
    """Language code and field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in self.translated:
            value = self.instance.translations.get(code, {}).get(name)
            self.initial.setdefault(f"{name}_{code}", value)

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        texts = {code: dict(values) for code, values in self.instance.translations.items()}
        for code, name in self.translated:
            values = texts.setdefault(code, {})
            values.pop(name, None)
            if value := self.cleaned_data.get(f"{name}_{code}"):
                values[name] = value
        self.instance.translations = {code: values for code, values in texts.items() if values}


class TranslatedAdmin[M: models.Model](admin.ModelAdmin[M]):
    translated_fields: Sequence[str] = ()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        pairs = self._translated(request)
        fields = {f"{name}_{code}": self._field(name, code) for code, name in pairs}
        base: Any = self.form
        kwargs["form"] = type(base)(
            base.__name__, (TranslationsForm, base), {**fields, "translated": pairs}
        )
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        pairs = self._translated(request)
        added = {f"{name}_{code}" for code, name in pairs}
        main = [
            (title, {**options, "fields": _without(options["fields"], added)})
            for title, options in super().get_fieldsets(request, obj)
        ]
        codes = dict.fromkeys(code for code, _name in pairs)
        return main + [
            (
                native_name(code),
                {"fields": [f"{name}_{code}" for each, name in pairs if each == code]},
            )
            for code in codes
        ]

    def _translated(self, request: HttpRequest) -> list[tuple[str, str]]:
        codes = publication_of(request).language_codes[1:]
        return [(code, name) for code in codes for name in self.translated_fields]

    def _field(self, name: str, code: str) -> forms.Field:
        """A field like that of the column; an empty one shows the text of the column."""
        field: forms.Field = deepcopy(self.form.base_fields[name])
        column = cast("models.Field[Any, Any]", self.model._meta.get_field(name))
        # A form checks its own rules; those of the column are checked for the column only.
        field.validators += [
            each for each in column.validators if not isinstance(each, MaxLengthValidator)
        ]
        field.required = False
        field.help_text = "Empty: as in the first language."
        field.widget.attrs |= {"lang": code, "dir": "auto"}
        return field


def _without(fields: Iterable[Any], names: set[str]) -> list[Any]:
    return [
        each for each in fields if not names & set(flatten_fieldsets([(None, {"fields": [each]})]))
    ]
