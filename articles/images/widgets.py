"""A form's way to a picture of the library."""

from typing import Any

from django import forms
from django.db.models import ForeignKey

from articles.images.choosing import choice
from articles.images.models import Image


class PictureWidget(forms.TextInput):
    """The number of a picture, its preview, and a link to the grid.

    Without JavaScript the grid opens on a page of its own, where each picture shows its number;
    with it, in a dialog, and the events of `articles.images.choosing` reach this widget's element
    (`.picture-widget`), from where they bubble through the form.
    """

    template_name = "admin/articles/image/_picture_widget.html"

    class Media:
        css = {"all": ["desk/pictures.css"]}
        js = [forms.Script("desk/pictures.js", type="module")]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, {**(attrs or {}), "inputmode": "numeric"})
        number = str(value or "")
        found = None
        if number.isdecimal() and len(number) < 18:
            found = Image.objects.for_grid().filter(pk=int(number)).first()
        return {**context, "chosen": choice(found) if found else None}


def picture_field(db_field: "ForeignKey[Any, Any]", **kwargs: Any) -> Any:
    """The form field of a foreign key to a picture, for a ModelAdmin's `formfield_for_dbfield`.

    It stands alone, without the admin's pop-up links, whose work the grid does.
    """
    kwargs.pop("request", None)
    missing = "There is no picture with this number; choose one from the library."
    return db_field.formfield(
        **{
            **kwargs,
            "widget": PictureWidget(),
            "error_messages": {"invalid_choice": missing},
        }
    )
