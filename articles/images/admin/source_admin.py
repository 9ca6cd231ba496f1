"""Agencies, photographers and collections in the admin."""

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
    """Names are unique, ignoring case and extra spaces."""

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"])
        model = self._meta.model
        same = model._default_manager.filter(name__iexact=name).exclude(pk=self.instance.pk).first()
        if same is not None:
            message = f"“{same}” already exists. Use that one."
            raise forms.ValidationError(message)
        return name


class AgencyForm(NamedForm):
    """The credit text has to fit after the longest creator name."""

    def clean_credit_text(self) -> str:
        credit_text: str = self.cleaned_data["credit_text"]
        if self.instance.pk:
            creator = credit_line.longest_creator(self.instance)
            if reason := credit_line.too_long(creator, Agency(credit_text=credit_text)):
                raise forms.ValidationError(reason)
        return credit_text


class _Named(admin.ModelAdmin[Any]):
    """A row by name, with a link to its images."""

    form = NamedForm
    search_fields = ("name",)
    ordering = ("name",)
    parameter: str

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = rows.annotate(count=Count("pictures"))
        return counted

    @admin.display(description="Images", ordering="count")
    def image_count(self, row: Any) -> SafeString | str:
        if not row.count:
            return "None"
        address = reverse("admin:articles_image_changelist")
        return format_html('<a href="{}?{}={}">{}</a>', address, self.parameter, row.pk, row.count)


class _Source(_Named):
    """Saving updates the credit of every image."""

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm[Any], change: bool
    ) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        count = sources.save(obj, by=request.user)  # type: ignore[arg-type]
        if count and form.changed_data:
            images = "1 image" if count == 1 else f"{count:,} images"
            self.message_user(request, f"Credit updated in {images}.", messages.INFO)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Rows with images cannot be deleted; says how many instead of listing them all."""
        protected = [
            f"{row} has {row.count:,} images. Assign them to another one first."
            for row in objs
            if row.count
        ]
        return (
            [str(row) for row in objs],
            {str(self.opts.verbose_name_plural): len(objs)},
            set(),
            protected,
        )


class AgencyAdmin(_Source):
    form = AgencyForm
    parameter = "agency"
    list_display = ("name", "credit_text", "image_count")
    fields = ("name", "credit_text", "credit_text_alone", "url", "usage_terms")


class PhotographerAdmin(_Source):
    parameter = "photographer"
    list_display = ("name", "image_count")
    fields = ("name", "url")


class CollectionAdmin(_Named):
    parameter = "collection"
    list_display = ("name", "image_count", "created_by", "created_at")
    fields = ("name",)

    def save_model(
        self, request: HttpRequest, obj: Collection, form: forms.ModelForm[Any], change: bool
    ) -> None:
        if not change:
            obj.created_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Images are not deleted with a collection, so they are not listed."""
        return [str(row) for row in objs], {"collections": len(objs)}, set(), []
