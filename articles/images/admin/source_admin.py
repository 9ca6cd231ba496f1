"""Agencies, photographers and collections on the desk."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.images.models import Agency, Collection
from articles.images.rights import credit_line, sources
from iria.core.text.validators import one_line


class NamedForm(forms.ModelForm[Any]):
    """One name is one row, whatever its capitals and spaces."""

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"])
        model = self._meta.model
        there = (
            model._default_manager.filter(name__iexact=name).exclude(pk=self.instance.pk).first()
        )
        if there is not None:
            sentence = f"There is “{there}” already; use that one."
            raise forms.ValidationError(sentence)
        return name


class AgencyForm(NamedForm):
    """A wording has to fit behind every creator it will stand behind."""

    def clean_wording(self) -> str:
        wording: str = self.cleaned_data["wording"]
        if self.instance.pk:
            creator = credit_line.longest_creator(self.instance)
            if why := credit_line.too_long(creator, Agency(wording=wording)):
                raise forms.ValidationError(why)
        return wording


class _Named(admin.ModelAdmin[Any]):
    """A row by name, with its pictures behind a link."""

    form = NamedForm
    search_fields = ("name",)
    ordering = ("name",)
    parameter: str

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(count=Count("pictures"))
        return counted

    @admin.display(description="Pictures", ordering="count")
    def pictures_of_it(self, row: Any) -> SafeString | str:
        if not row.count:
            return "None"
        address = reverse("admin:articles_image_changelist")
        return format_html('<a href="{}?{}={}">{}</a>', address, self.parameter, row.pk, row.count)


class _Origin(_Named):
    """A changed name or wording reaches every picture."""

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm[Any], change: bool
    ) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        count = sources.save(obj, by=request.user)  # type: ignore[arg-type]
        if count and form.changed_data:
            whose = "picture has" if count == 1 else "pictures have"
            self.message_user(request, f"{count:,} {whose} their credit from here.", messages.INFO)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What has pictures stays, and says how many instead of listing them all."""
        kept = [
            f"{row} has {row.count:,} pictures; give them another first."
            for row in objs
            if row.count
        ]
        return (
            [str(row) for row in objs],
            {str(self.opts.verbose_name_plural): len(objs)},
            set(),
            kept,
        )


class AgencyAdmin(_Origin):
    form = AgencyForm
    parameter = "agency"
    list_display = ("name", "wording", "pictures_of_it")
    fields = ("name", "wording", "wording_alone", "address", "usage_terms")


class PhotographerAdmin(_Origin):
    parameter = "photographer"
    list_display = ("name", "pictures_of_it")
    fields = ("name", "address")


class CollectionAdmin(_Named):
    parameter = "collection"
    list_display = ("name", "pictures_of_it", "created_by", "created_at")
    fields = ("name",)

    def save_model(
        self, request: HttpRequest, obj: Collection, form: forms.ModelForm[Any], change: bool
    ) -> None:
        if not change:
            obj.created_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Pictures are not deleted with a collection, so none is listed as if it were."""
        return [str(row) for row in objs], {"collections": len(objs)}, set(), []
