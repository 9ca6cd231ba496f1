"""Bulk actions of the library: each shows a form first, with the number of selected images.

An empty field of a form changes nothing.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import ModelAdmin
from django.contrib.admin.widgets import (
    AdminSplitDateTime,
    AdminTextareaWidget,
    AdminTextInputWidget,
)
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.images import hooks, rights_changes
from articles.images.admin.forms import PHOTOGRAPHER_IS_CREATOR
from articles.images.library import editing
from articles.images.models import Agency, Collection, Image, ImageQuerySet, Photographer
from articles.images.models.rights import LICENCE_DATES_REVERSED
from iria.core.text.validators import one_line, validate_not_blank, validate_storable

SELECTION_CHANGED = (
    "The selection has {now} images now, not {then}, because the library changed after you opened "
    "the form. Check the selection and apply again."
)
NO_CREDIT = "Nothing was changed: a published image would have no credit. Enter a credit."


class BulkActionsMixin(ModelAdmin[Image]):
    """Actions for all selected images."""

    actions: tuple[str, ...] = ("change_rights", "add_to_collection", "remove_from_collection")

    def has_bulk_change_permission(self, request: HttpRequest) -> bool:
        """Some of many images are published."""
        may_publish = hooks.may_publish(request.user)
        return may_publish and request.user.has_perm("articles.bulk_change_image")

    def has_collect_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.change_collection")

    @admin.action(
        description="Edit credit, agency or licence",
        permissions=["bulk_change"],
    )
    def change_rights(self, request: HttpRequest, queryset: QuerySet[Image]) -> HttpResponse | None:
        images = _without_ranking(queryset)

        def apply(form: RightsForm) -> str:
            count = rights_changes.change(images, form.values(), by=request.user)  # type: ignore[arg-type]
            return f"{_image_count(count)} changed."

        form = RightsForm(request.POST if _is_submitted(request) else None, images=images)
        return self._apply_form(request, images, form, "Edit rights", apply)

    @admin.action(description="Add to collection", permissions=["collect"])
    def add_to_collection(
        self, request: HttpRequest, queryset: QuerySet[Image]
    ) -> HttpResponse | None:
        images = _without_ranking(queryset)
        may_add = request.user.has_perm("articles.add_collection")

        def apply(form: CollectionForm) -> str:
            chosen = form.cleaned_data["collection"] or form.cleaned_data["new"]
            collection = editing.add_to_collection(images, chosen, by=request.user)  # type: ignore[arg-type]
            return f"{_image_count(images.count())} added to “{collection}”."

        data = request.POST if _is_submitted(request) else None
        form = CollectionForm(data, may_add=may_add, into=True)
        return self._apply_form(request, images, form, "Add to collection", apply)

    @admin.action(description="Remove from collection", permissions=["collect"])
    def remove_from_collection(
        self, request: HttpRequest, queryset: QuerySet[Image]
    ) -> HttpResponse | None:
        images = _without_ranking(queryset)

        def apply(form: CollectionForm) -> str:
            chosen: Collection = form.cleaned_data["collection"]
            editing.remove_from_collection(images, chosen)
            return f"Removed from “{chosen}”. The images stay in the library."

        data = request.POST if _is_submitted(request) else None
        initial = {"collection": request.GET.get("collection")}
        form = CollectionForm(data, may_add=False, into=False, initial=initial)
        return self._apply_form(request, images, form, "Remove from collection", apply)

    def _apply_form[F: forms.Form](
        self,
        request: HttpRequest,
        images: ImageQuerySet,
        form: F,
        title: str,
        apply: Callable[[F], str],
    ) -> HttpResponse | None:
        """The form with the number of images; when it is valid, applies it and returns to the list."""
        count = images.count()
        if _is_submitted(request) and form.is_valid():
            if request.POST.get("expected") != str(count):
                then = request.POST.get("expected", "")[:9]
                form.add_error(None, SELECTION_CHANGED.format(now=count, then=then))
            else:
                try:
                    self.message_user(request, apply(form), messages.SUCCESS)
                except (IntegrityError, ValidationError) as error:
                    form.add_error(None, _message(error))
                else:
                    return None
        context = {
            **self.admin_site.each_context(request),
            "title": f"{title}: {_image_count(count)}",
            "opts": self.opts,
            "form": form,
            "count": count,
            "some": images.for_grid()[:12],
            "more": max(count - 12, 0),
            "shown": images.showable().count(),
            "action": request.POST.get("action", ""),
            "across": request.POST.get("select_across", "0"),
            "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "checkbox": ACTION_CHECKBOX_NAME,
            "media": self.media + form.media,
        }
        return render(request, "admin/articles/image/bulk.html", context)


def _without_ranking(queryset: QuerySet[Image]) -> ImageQuerySet:
    """The same images, without the ranking of a search."""
    images: ImageQuerySet = Image.objects.filter(pk__in=queryset.order_by().values("pk"))
    return images.order_by("-uploaded_at", "-pk")


def _is_submitted(request: HttpRequest) -> bool:
    return "apply" in request.POST


def _message(error: Any) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return NO_CREDIT


def _image_count(count: int) -> str:
    return "1 image" if count == 1 else f"{count:,} images"


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
        for channel in CHANNEL_FIELDS:
            label = str(Image._meta.get_field(channel).verbose_name).capitalize()  # type: ignore[union-attr]
            self.fields[channel] = forms.TypedChoiceField(
                choices=[("", "No change"), ("yes", "Allowed"), ("no", "Not allowed")],
                coerce=lambda choice: choice == "yes",
                empty_value=None,
                required=False,
                label=label,
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        cleared = {field for each in values.get("cleared", []) for field in CLEARED[each]}
        submitted = {name for name, value in values.items() if value not in (None, "", [])}
        if both := sorted(cleared & submitted):
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
                raise ValidationError("Nothing to change. Fill in at least one field.")
            self._check_licence_dates()
        return values

    def values(self) -> dict[str, Any]:
        """Field of the image → its new value, only for changes."""
        submitted = self.cleaned_data
        values = {
            name: value
            for name, value in submitted.items()
            if name != "cleared" and value not in (None, "")
        }
        for each in submitted.get("cleared", []):
            values |= CLEARED[each]
        return values

    def _check_creator(self) -> None:
        """If there is a photographer, no one else can be the creator."""
        submitted = self.cleaned_data
        if submitted.get("photographer"):
            self.add_error("byline", PHOTOGRAPHER_IS_CREATOR)
        elif not submitted.get("credit") and "photographer" not in submitted.get("cleared", []):
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
            raise ValidationError(
                "Choose a collection or enter the name of a new one, not both."
                if new
                else "Choose a collection."
            )
        if new:
            validate_not_blank(new)
            known = Collection.objects.filter(name__iexact=new).first()
            values |= {"collection": known, "new": "" if known else new}
        return values
