"""Forms of the bulk actions. An empty field changes nothing."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib.admin.widgets import (
    AdminSplitDateTime,
    AdminTextareaWidget,
    AdminTextInputWidget,
)
from django.core.exceptions import ValidationError

from articles.images.admin.forms import PHOTOGRAPHER_IS_CREATOR
from articles.images.models import Agency, Collection, Image, ImageQuerySet, Photographer
from articles.images.models.rights import LICENCE_DATES_REVERSED
from iria.core.text.validators import one_line, validate_not_blank, validate_storable

CHANNEL_FIELDS: Final = ("licensed_for_site", "licensed_for_newsletter", "licensed_for_archive")

CLEARED: Final[dict[str, dict[str, Any]]] = {
    "photographer": {"photographer": None},
    "agency": {"agency": None},
    "licence_from": {"licence_from": None},
    "licence_until": {"licence_until": None},
    "usage_terms": {"usage_terms": ""},
}


def _text(field: str, label: str, **options: Any) -> forms.Field:
    """The form field of a model field, optional and without help text."""
    options.setdefault("widget", AdminTextInputWidget({"size": 60}))
    column: Any = Image._meta.get_field(field)
    form_field: forms.Field = column.formfield(required=False, label=label, **options)
    form_field.help_text = ""
    return form_field


class RightsForm(forms.Form):
    """Rights of all selected images."""

    photographer = forms.ModelChoiceField(
        Photographer.objects.all(), required=False, empty_label="No change"
    )
    agency = forms.ModelChoiceField(Agency.objects.all(), required=False, empty_label="No change")
    credit = _text("credit", "Credit")
    credit_url = _text("credit_url", "Credit link")
    byline = _text("byline", "Creator")
    copyright_notice = _text("copyright_notice", "Copyright")
    licence_from = forms.SplitDateTimeField(
        required=False, label="Licence begins", widget=AdminSplitDateTime
    )
    licence_until = forms.SplitDateTimeField(
        required=False, label="Licence ends", widget=AdminSplitDateTime
    )
    licence_url = _text("licence_url", "Licence URL")
    usage_terms = _text("usage_terms", "Usage terms", widget=AdminTextareaWidget({"rows": 3}))
    cleared = forms.MultipleChoiceField(
        choices=[
            ("photographer", "Photographer"),
            ("agency", "Agency"),
            ("licence_from", "Licence begins"),
            ("licence_until", "Licence ends"),
            ("usage_terms", "Usage terms"),
        ],
        required=False,
        label="Clear",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, images: ImageQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.images = images
        self.fields[
            "credit"
        ].help_text = "Exact text, instead of a line composed of photographer and agency."
        for place in CHANNEL_FIELDS:
            label = str(Image._meta.get_field(place).verbose_name).capitalize()  # type: ignore[union-attr]
            self.fields[place] = forms.TypedChoiceField(
                choices=[("", "No change"), ("yes", "Allowed"), ("no", "Not allowed")],
                coerce=lambda choice: choice == "yes",
                empty_value=None,
                required=False,
                label=label,
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        away = {field for each in values.get("cleared", []) for field in CLEARED[each]}
        given = {name for name, value in values.items() if value not in (None, "", [])}
        if both := sorted(away & given):
            self.add_error(both[0], "Enter a value or clear it, not both.")
        if values.get("credit") and (values.get("photographer") or values.get("agency")):
            message = (
                "The credit is composed of photographer and agency. Enter a credit or choose them, "
                "not both."
            )
            self.add_error("credit", message)
        if values.get("byline"):
            self._check_creator()
        if not self.errors:
            if not self.values():
                message = "Nothing to change. Fill in at least one field."
                raise ValidationError(message)
            self._check_licence_dates()
        return values

    def values(self) -> dict[str, Any]:
        """Field of the image → its new value, only for changes."""
        given = self.cleaned_data
        values = {
            name: value
            for name, value in given.items()
            if name != "cleared" and value not in (None, "")
        }
        for each in given.get("cleared", []):
            values |= CLEARED[each]
        return values

    def _check_creator(self) -> None:
        """If there is a photographer, no one else can be the creator."""
        given = self.cleaned_data
        if given.get("photographer"):
            self.add_error("byline", PHOTOGRAPHER_IS_CREATOR)
        elif not given.get("credit") and "photographer" not in given.get("cleared", []):
            count = self.images.exclude(photographer=None).count()
            if count:
                images = "One image has" if count == 1 else f"{count} images have"
                message = (
                    f"{images} a photographer, who is the creator. Clear the photographer or leave "
                    "this empty."
                )
                self.add_error("byline", message)

    def _check_licence_dates(self) -> None:
        values = self.values()
        begins: datetime | None = values.get("licence_from")
        ends: datetime | None = values.get("licence_until")
        if begins and ends and begins >= ends:
            self.add_error("licence_until", LICENCE_DATES_REVERSED)
        elif ends and "licence_from" not in values:
            self._check_other_date(
                "licence_until", "begins after this date", licence_from__gte=ends
            )
        elif begins and "licence_until" not in values:
            self._check_other_date(
                "licence_from", "ends before this date", licence_until__lte=begins
            )

    def _check_other_date(self, field: str, what: str, **condition: Any) -> None:
        count = self.images.filter(**condition).count()
        if count:
            images = "one image" if count == 1 else f"{count} images"
            message = f"The licence of {images} {what}. Enter both dates or deselect those images."
            self.add_error(field, message)


class CollectionForm(forms.Form):
    """The collection to add to or remove from."""

    collection = forms.ModelChoiceField(
        Collection.objects.all(), required=False, empty_label="Choose a collection"
    )
    new = forms.CharField(
        max_length=120,
        required=False,
        label="New collection",
        validators=[validate_storable],
    )

    def __init__(self, *args: Any, may_add: bool, into: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (may_add and into):
            del self.fields["new"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        new = one_line(values.get("new") or "")
        if bool(new) == bool(values.get("collection")) and not self.errors:
            message = (
                "Choose a collection or enter the name of a new one, not both."
                if new
                else "Choose a collection."
            )
            raise ValidationError(message)
        if new:
            validate_not_blank(new)
            known = Collection.objects.filter(name__iexact=new).first()
            values |= {"collection": known, "new": "" if known else new}
        return values
