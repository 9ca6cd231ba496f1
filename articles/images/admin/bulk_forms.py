"""What is changed of many pictures at once. A field left empty changes nothing."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib.admin.widgets import (
    AdminSplitDateTime,
    AdminTextareaWidget,
    AdminTextInputWidget,
)
from django.core.exceptions import ValidationError

from articles.images.admin.forms import NAMED_ALREADY
from articles.images.models import Agency, Collection, Image, ImageQuerySet, Photographer
from iria.core.text.validators import one_line, validate_not_blank, validate_storable

PLACES: Final = ("licensed_for_site", "licensed_for_newsletter", "licensed_for_archive")

TAKEN_AWAY: Final[dict[str, dict[str, Any]]] = {
    "photographer": {"photographer": None},
    "agency": {"agency": None},
    "licence_from": {"licence_from": None},
    "licence_until": {"licence_until": None},
    "usage_terms": {"usage_terms": ""},
}


def _text(field: str, label: str, **options: Any) -> forms.Field:
    """A field as the model has it, but empty as long as nothing is to be changed."""
    options.setdefault("widget", AdminTextInputWidget({"size": 60}))
    column: Any = Image._meta.get_field(field)
    made: forms.Field = column.formfield(required=False, label=label, **options)
    made.help_text = ""
    return made


class RightsForm(forms.Form):
    """One form for all of them; what is left empty stays as it is with each."""

    photographer = forms.ModelChoiceField(
        Photographer.objects.all(), required=False, empty_label="As it is"
    )
    agency = forms.ModelChoiceField(Agency.objects.all(), required=False, empty_label="As it is")
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
    licence_url = _text("licence_url", "Licence address")
    usage_terms = _text("usage_terms", "Usage terms", widget=AdminTextareaWidget({"rows": 3}))
    taken_away = forms.MultipleChoiceField(
        choices=[
            ("photographer", "Photographer"),
            ("agency", "Agency"),
            ("licence_from", "Beginning of the licence"),
            ("licence_until", "End of the licence"),
            ("usage_terms", "Usage terms"),
        ],
        required=False,
        label="Take away",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, pictures: ImageQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pictures = pictures
        self.fields[
            "credit"
        ].help_text = "In these words, instead of a line composed of photographer and agency."
        for place in PLACES:
            label = str(Image._meta.get_field(place).verbose_name).capitalize()  # type: ignore[union-attr]
            self.fields[place] = forms.TypedChoiceField(
                choices=[("", "As it is"), ("yes", "Allowed"), ("no", "Not allowed")],
                coerce=lambda said: said == "yes",
                empty_value=None,
                required=False,
                label=label,
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        away = {field for each in values.get("taken_away", []) for field in TAKEN_AWAY[each]}
        given = {name for name, value in values.items() if value not in (None, "", [])}
        if both := sorted(away & given):
            self.add_error(both[0], "Give it or take it away; both at once cannot be.")
        if values.get("credit") and (values.get("photographer") or values.get("agency")):
            sentence = (
                "With a photographer or an agency the credit is composed; write it in words or "
                "choose them, not both."
            )
            self.add_error("credit", sentence)
        if values.get("byline"):
            self._refuse_other_creator()
        if not self.errors:
            if not self.values():
                sentence = "Nothing is filled in, so nothing would change."
                raise ValidationError(sentence)
            self._refuse_backward_licence()
        return values

    def values(self) -> dict[str, Any]:
        """Field of the picture → its new value, only what is to be changed."""
        said = self.cleaned_data
        given = {
            name: value
            for name, value in said.items()
            if name != "taken_away" and value not in (None, "")
        }
        for each in said.get("taken_away", []):
            given |= TAKEN_AWAY[each]
        return given

    def _refuse_other_creator(self) -> None:
        """Where a photographer is chosen, nobody else is named as the creator."""
        said = self.cleaned_data
        if said.get("photographer"):
            self.add_error("byline", NAMED_ALREADY)
        elif not said.get("credit") and "photographer" not in said.get("taken_away", []):
            count = self.pictures.exclude(photographer=None).count()
            if count:
                whose = "One of them has" if count == 1 else f"{count} of them have"
                self.add_error("byline", f"{whose} a photographer, who is the creator.")

    def _refuse_backward_licence(self) -> None:
        values = self.values()
        begins: datetime | None = values.get("licence_from")
        ends: datetime | None = values.get("licence_until")
        if begins and ends and begins >= ends:
            self.add_error(
                "licence_until", "The licence ends before it begins; mend one of the two."
            )
        elif ends and "licence_from" not in values:
            self._refuse_some("licence_until", "begins only after that", licence_from__gte=ends)
        elif begins and "licence_until" not in values:
            self._refuse_some("licence_from", "ends before that", licence_until__lte=begins)

    def _refuse_some(self, field: str, what: str, **condition: Any) -> None:
        count = self.pictures.filter(**condition).count()
        if count:
            whose = "The licence of one of them" if count == 1 else f"With {count} the licence"
            self.add_error(field, f"{whose} {what}; give both ends, or leave those pictures out.")


class CollectionForm(forms.Form):
    """Into which collection, or out of which."""

    collection = forms.ModelChoiceField(
        Collection.objects.all(), required=False, empty_label="Choose one"
    )
    new = forms.CharField(
        max_length=120,
        required=False,
        label="Or a new one",
        validators=[validate_storable],
        help_text="Its name.",
    )

    def __init__(self, *args: Any, may_add: bool, into: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (may_add and into):
            del self.fields["new"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        new = one_line(values.get("new") or "")
        if bool(new) == bool(values.get("collection")) and not self.errors:
            sentence = (
                "Choose a collection or write the name of a new one, not both."
                if new
                else "Choose a collection."
            )
            raise ValidationError(sentence)
        if new:
            validate_not_blank(new)
            there = Collection.objects.filter(name__iexact=new).first()
            values |= {"collection": there, "new": "" if there else new}
        return values
