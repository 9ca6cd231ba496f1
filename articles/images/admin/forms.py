"""The image form, its focal point, and the field with which other forms choose an image."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, cast

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from articles.images import credit_line
from articles.images.admin.chooser import choice
from articles.images.hooks import listed, public_uses_of
from articles.images.models import Collection, Image
from articles.images.processing.rendition_sizes import CARD, PREVIEW, SHAPES, SQUARE, ratio_of
from articles.images.rights_changes import SOURCE_TYPES, last_part
from articles.images.srcset import plain_rendition
from iria.core.admin import Unlabelled
from iria.core.http.urls import parse_id


class ImageWidget(forms.TextInput):
    """The number of an image, its preview, and a link to the chooser.

    Without JavaScript the chooser opens on a page where each image shows its number; with it, in a
    dialog, and the events of `articles.images.admin.chooser` reach this widget's element
    (`.image-widget`) and bubble through the form.
    """

    template_name = "admin/articles/image/_image_widget.html"
    fetched: Mapping[int, Image] = MappingProxyType({})
    """Images that the page has already, by id."""

    class Media:
        css = {"all": ["iria_admin/images.css"]}
        js = [forms.Script("iria_admin/images.js", type="module")]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, {**(attrs or {}), "inputmode": "numeric"})
        found = None
        if pk := parse_id(str(value or "")):
            found = self.fetched.get(pk) or Image.objects.for_grid().filter(pk=pk).first()
        return {**context, "chosen": choice(found) if found else None}


class LeadImageWidget(ImageWidget):
    """The lead image of an article, uploaded in place and shown in the shape of its page.

    With JavaScript the fields `lead_alt` and `lead_decorative` of the same form are moved below it.
    """

    template_name = "admin/articles/image/_lead_image.html"

    class Media:
        css = {"all": ["iria_admin/image-details.css"]}
        js = [forms.Script("iria_admin/lead-image.js", type="module")]


class ChoosesImage(BaseModelAdmin[Any]):
    """For an admin with a foreign key to an image, which is chosen from the library.

    `lead_image` has a widget of its own. The field comes without the admin's pop-up links, which the chooser replaces.
    """

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.related_model is not Image:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        missing = "No image has this number. Choose one from the library."
        widget = LeadImageWidget if db_field.name == "lead_image" else ImageWidget
        own = {"widget": widget(), "error_messages": {"invalid_choice": missing}}
        return db_field.formfield(**{**kwargs, **own})


FOCUS: Final = ("focus_x", "focus_y")
CROP_LABELS: Final = {CARD: "Cards", SQUARE: "Portraits", PREVIEW: "Link previews"}


class PercentField(forms.FloatField):
    """A fraction of 1, entered in per cent; may be empty."""

    default_error_messages = {"invalid": "Enter a number from 0 to 100."}
    widget = forms.NumberInput(attrs={"min": 0, "max": 100, "step": 0.1})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}

    def to_python(self, value: Any) -> Any:
        """Rounded, so that an unchanged form changes nothing."""
        number = super().to_python(value)
        if number is None:
            return None
        if not 0 <= number <= 100:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return round(number / 100, 4)

    def prepare_value(self, value: Any) -> Any:
        return f"{value * 100:.4g}" if isinstance(value, float | int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Rounding is not a change."""
        return str(self.prepare_value(initial)) != str(data)


def from_left_field() -> PercentField:
    return PercentField(
        required=False, label="From left (%)", help_text="0 is the left edge, 100 the right."
    )


def from_top_field() -> PercentField:
    return PercentField(
        required=False, label="From top (%)", help_text="0 is the top edge, 100 the bottom."
    )


def focal_point(image: Image) -> SafeString | str:
    """The image with a movable focal point and the crops around it."""
    whole = plain_rendition(image, 960)
    if whole is None:
        return "The image is being processed."
    crops = [(shape, "{} / {}".format(*ratio_of(shape)), CROP_LABELS[shape]) for shape in SHAPES]
    context = {"image": image, "whole": whole, "crops": crops}
    return render_to_string("admin/articles/image/_focal_point.html", context)


EDIT_CONFLICT: Final = (
    "Someone else changed this image while you were editing. Your input is below: compare it with "
    "the saved version in another window, then save again to replace that version."
)

PHOTOGRAPHER_IS_CREATOR: Final = (
    "The photographer is the creator. Leave this unchanged or clear the photographer."
)

TEXTAREAS: Final = ("alt_text", "caption", "usage_terms", "extended_description")
TEXT_INPUTS: Final = (
    *("headline", "credit", "byline", "source", "copyright_notice", "licensor"),
    *("persons", "keywords", "no_credit_reason"),
)

MAIN: Final = ("headline", "alt_text", "is_decorative", "caption")
DESCRIPTION: Final = (
    *("extended_description", "persons", "keywords", "city", "country", "taken"),
    "digital_source_type",
)
CREDIT: Final = (
    *("credit", "photographer", "agency", "credit_url", "byline", "source"),
    *("copyright_notice", "credit_exempt", "no_credit_reason"),
)
LICENCE: Final = (
    *("licence_from", "licence_until", "licence_url", "licensor", "usage_terms"),
    *("licensed_for_site", "licensed_for_newsletter", "licensed_for_archive"),
)


KEYWORDS_MAX_LENGTH: Final = 20_000


class KeywordsField(SimpleArrayField):
    """Keywords between commas. Without a limit, each of millions could have an error of its own."""

    def __init__(self, base_field: forms.Field, **options: Any) -> None:
        super().__init__(base_field, **options)
        # An empty one, as after a last comma, is none.
        self.base_field.required = False

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > KEYWORDS_MAX_LENGTH:
            raise ValidationError(
                f"Enter at most {KEYWORDS_MAX_LENGTH:,} characters of keywords.", code="max_length"
            )
        return super().to_python(value)


class ImageForm(forms.ModelForm[Image]):
    seen = forms.CharField(required=False, widget=Unlabelled)
    """When the image had last been changed when this form was rendered."""

    focus_x = from_left_field()
    focus_y = from_top_field()

    in_collections = forms.ModelMultipleChoiceField(
        Collection.objects.all(),
        required=False,
        label="Collections",
        widget=forms.CheckboxSelectMultiple,
    )
    were_in = forms.CharField(required=False, widget=Unlabelled)
    """The ids of the collections the image was in when this form was rendered."""

    class Meta:
        model = Image
        fields = [*MAIN, *DESCRIPTION, *FOCUS, *CREDIT, *LICENCE]
        field_classes = {"keywords": KeywordsField}
        widgets = {
            **{name: AdminTextareaWidget(attrs={"rows": 3}) for name in TEXTAREAS},
            **{name: AdminTextInputWidget(attrs={"size": 60}) for name in TEXT_INPUTS},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self._last_change()
        if "in_collections" in self.fields and self.instance.pk:
            collections = list(self.instance.collections.values_list("pk", flat=True))
            self.initial["in_collections"] = collections
            self.initial["were_in"] = ",".join(map(str, collections))
        if "digital_source_type" in self.fields:
            self.fields["digital_source_type"] = self._source_types()
        if "keywords" in self.fields:
            self.fields["keywords"].help_text = "Separate keywords with commas."
            # Django would add a hidden copy, which screen readers would describe.
            self.fields["keywords"].show_hidden_initial = False

    def _source_types(self) -> forms.ChoiceField:
        current = self.instance.digital_source_type
        choices = [("", "Unknown"), *SOURCE_TYPES.items()]
        if current and current not in SOURCE_TYPES:
            choices.append((current, SOURCE_TYPES.get(last_part(current), current)))
        return forms.ChoiceField(
            choices=choices,
            required=False,
            label="Digital source type",
            help_text="Images made with AI are marked for readers.",
        )

    def _last_change(self) -> str:
        return self.instance.modified_at.isoformat() if self.instance.pk else ""

    def clean_were_in(self) -> set[int]:
        values = self.cleaned_data["were_in"].split(",")
        return {pk for value in values if (pk := parse_id(value))}

    def clean_keywords(self) -> list[str]:
        """Each once, ignoring case."""
        keywords = (" ".join(word.split()) for word in self.cleaned_data["keywords"])
        return list({word.casefold(): word for word in keywords if word}.values())

    def clean(self) -> dict[str, Any]:
        """Detects edit conflicts, and keeps the credit of published images."""
        values = super().clean() or self.cleaned_data
        if values.get("seen") not in {"", self._last_change()}:
            # Saving again replaces the other version.
            data = cast("QueryDict", self.data).copy()
            data["seen"] = self._last_change()
            self.data = data
            self.add_error(None, EDIT_CONFLICT)
        self._check_credit(values)
        self._check_creator(values)
        for name in FOCUS:
            if values.get(name) is None:
                values[name] = getattr(self.instance, name)
        return values

    def _check_creator(self, values: dict[str, Any]) -> None:
        """A photographer is the creator; any other has to fit into the credit before the agency."""
        creator, photographer = values.get("byline") or "", values.get("photographer")
        if photographer:
            if "byline" in self.changed_data and creator not in {"", photographer.name}:
                self.add_error("byline", PHOTOGRAPHER_IS_CREATOR)
        elif values.get("agency") and (reason := credit_line.too_long(creator, values["agency"])):
            self.add_error("byline", reason)

    def _check_credit(self, values: dict[str, Any]) -> None:
        credited = str(values.get("credit") or "").strip()
        composed = values.get("photographer") or values.get("agency")
        if self.instance.credit_pending:
            return
        if "credit" in values and not credited and not composed and not values.get("credit_exempt"):
            uses = public_uses_of(self.instance) if self.instance.pk else []
            if uses:
                self.add_error(
                    "credit",
                    f"This image is published in {listed(uses)}. Enter a credit, or below the "
                    "reason why it needs none.",
                )
