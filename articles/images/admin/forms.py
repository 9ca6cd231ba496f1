"""A form's way to a picture of the library.

Where the eye rests in a picture, as an editor says it: with the mouse, by keys, or in numbers.

The form of one picture in the library.
"""

from typing import Any, Final, cast

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from articles.images.admin.chooser import choice
from articles.images.hooks import listed, public_uses_of
from articles.images.models import Collection, Image
from articles.images.processing.rendition_sizes import CARD, PREVIEW, SHAPES, SQUARE, ratio_of
from articles.images.rights import credit_line
from articles.images.rights.sources import SOURCE_TYPES, last_part
from articles.images.srcset import plain_rendition
from iria.core.admin import Unlabelled


class PictureWidget(forms.TextInput):
    """The number of a picture, its preview, and a link to the grid.

    Without JavaScript the grid opens on a page of its own, where each picture shows its number;
    with it, in a dialog, and the events of `articles.images.admin.chooser` reach this widget's element
    (`.picture-widget`), from where they bubble through the form.
    """

    template_name = "admin/articles/image/_picture_widget.html"

    class Media:
        css = {"all": ["iria_admin/images.css"]}
        js = [forms.Script("iria_admin/images.js", type="module")]

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


FOCUS: Final = ("focus_x", "focus_y")
NAMES: Final = {CARD: "Cards", SQUARE: "Portraits", PREVIEW: "Previews on other sites"}


class PercentField(forms.FloatField):
    """A part of one, written in hundredths; left empty, nothing is said."""

    default_error_messages = {"invalid": "Write a number from 0 to 100."}
    widget = forms.NumberInput(attrs={"min": 0, "max": 100, "step": 0.1})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}

    def to_python(self, value: Any) -> Any:
        """Rounded, so that a form saved as it was changes nothing."""
        number = super().to_python(value)
        if number is None:
            return None
        if not 0 <= number <= 100:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return round(number / 100, 4)

    def prepare_value(self, value: Any) -> Any:
        return f"{value * 100:.4g}" if isinstance(value, float | int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Rounding is no change."""
        return str(self.prepare_value(initial)) != str(data)


def across() -> PercentField:
    return PercentField(
        required=False, label="From the left, in %", help_text="0 is the left edge, 100 the right."
    )


def down() -> PercentField:
    return PercentField(
        required=False, label="From the top, in %", help_text="0 is the upper edge, 100 the lower."
    )


def focal_point(image: Image) -> SafeString | str:
    """The picture with a point to move, and what is cut around it; the numbers stand beside it."""
    whole = plain_rendition(image, 960)
    if whole is None:
        return "The picture is being prepared."
    crops = [(shape, "{} / {}".format(*ratio_of(shape)), NAMES[shape]) for shape in SHAPES]
    context = {"image": image, "whole": whole, "crops": crops}
    return render_to_string("admin/articles/image/_focal_point.html", context)


CHANGED_MEANWHILE: Final = (
    "Somebody else changed this picture while you were writing. What you typed is still here: "
    "compare it with what the library says now, in another window, and save again to keep yours."
)

NAMED_ALREADY: Final = (
    "The photographer is the creator; leave this as it was, or choose no photographer."
)

LONG: Final = ("alt_text", "caption", "usage_terms", "extended_description")
SHORT: Final = (
    *("headline", "credit", "byline", "source", "copyright_notice", "licensor"),
    *("persons", "keywords", "no_credit_reason"),
)

DESCRIBING: Final = ("headline", "alt_text", "is_decorative", "caption")
SHOWING: Final = (
    *("extended_description", "persons", "keywords", "city", "country", "taken"),
    "digital_source_type",
)
WHOSE: Final = (
    *("credit", "photographer", "agency", "credit_url", "byline", "source"),
    *("copyright_notice", "needs_no_credit", "no_credit_reason"),
)
LICENCE: Final = (
    *("licence_from", "licence_until", "licence_url", "licensor", "usage_terms"),
    *("licensed_for_site", "licensed_for_newsletter", "licensed_for_archive"),
)


class ImageForm(forms.ModelForm[Image]):
    seen = forms.CharField(required=False, widget=Unlabelled)
    """When the picture had last been changed as this form was made."""

    focus_x = across()
    focus_y = down()

    kept_in = forms.ModelMultipleChoiceField(
        Collection.objects.all(),
        required=False,
        label="Collections",
        widget=forms.CheckboxSelectMultiple,
    )
    lay_in = forms.CharField(required=False, widget=Unlabelled)
    """The numbers of the collections in which the picture lay as this form was made."""

    class Meta:
        model = Image
        fields = [*DESCRIBING, *SHOWING, *FOCUS, *WHOSE, *LICENCE]
        widgets = {
            **{name: AdminTextareaWidget(attrs={"rows": 3}) for name in LONG},
            **{name: AdminTextInputWidget(attrs={"size": 60}) for name in SHORT},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self._last_change()
        if "kept_in" in self.fields and self.instance.pk:
            lies_in = list(self.instance.collections.values_list("pk", flat=True))
            self.initial["kept_in"] = lies_in
            self.initial["lay_in"] = ",".join(map(str, lies_in))
        if "digital_source_type" in self.fields:
            self.fields["digital_source_type"] = self._source_types()
        if "keywords" in self.fields:
            self.fields["keywords"].help_text = "Commas between them."
            # Django would send a hidden copy along, and describe it to those who hear the page.
            self.fields["keywords"].show_hidden_initial = False

    def _source_types(self) -> forms.ChoiceField:
        said = self.instance.digital_source_type
        choices = [("", "Not known"), *SOURCE_TYPES.items()]
        if said and said not in SOURCE_TYPES:
            choices.append((said, SOURCE_TYPES.get(last_part(said), said)))
        return forms.ChoiceField(
            choices=choices,
            required=False,
            label="How it was made",
            help_text="Readers are told beside the credit when a machine made it, or parts of it.",
        )

    def _last_change(self) -> str:
        return self.instance.changed_at.isoformat() if self.instance.pk else ""

    def clean_lay_in(self) -> set[int]:
        said = self.cleaned_data["lay_in"].split(",")
        return {int(number) for number in said if number.isdecimal() and len(number) < 18}

    def clean_keywords(self) -> list[str]:
        """Each once, whatever its capitals."""
        said = (" ".join(word.split()) for word in self.cleaned_data["keywords"])
        return list({word.casefold(): word for word in said if word}.values())

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
        self._name_creator(values)
        for name in FOCUS:
            if values.get(name) is None:
                values[name] = getattr(self.instance, name)
        return values

    def _name_creator(self, values: dict[str, Any]) -> None:
        """A photographer is the creator; another has to fit into the line before the agency."""
        creator, photographer = values.get("byline") or "", values.get("photographer")
        if photographer:
            if "byline" in self.changed_data and creator not in {"", photographer.name}:
                self.add_error("byline", NAMED_ALREADY)
        elif values.get("agency") and (why := credit_line.too_long(creator, values["agency"])):
            self.add_error("byline", why)

    def _keep_credit(self, values: dict[str, Any]) -> None:
        credited = str(values.get("credit") or "").strip()
        composed = values.get("photographer") or values.get("agency")
        if (
            "credit" in values
            and not credited
            and not composed
            and not values.get("needs_no_credit")
        ):
            uses = public_uses_of(self.instance) if self.instance.pk else []
            if uses:
                self.add_error(
                    "credit",
                    f"Readers see this picture in {listed(uses)}; it must keep a credit, "
                    "or say below why it needs none.",
                )
