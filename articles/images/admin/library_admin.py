"""What the libraries of images and of files have in common in the admin: uploads, protection, deletion;
agencies, photographers and collections.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.images import credit_line, hooks, rights_changes
from articles.images.library import editing
from articles.images.library.uploads import MAX_FILES
from articles.images.models import Agency, Collection
from articles.images.models.description import LibraryRow
from iria.core.http.private_paths import csrf_failure
from iria.core.text.validators import one_line

RESULTS = "admin/articles/library/_upload_results.html"


class LibraryAdmin[Row: LibraryRow](admin.ModelAdmin[Row]):
    """A row that readers have is changed by users who may publish; one that is used is not deleted."""

    upload_field: ClassVar[str]
    """Name of the field of the form for uploads, which is that of the template too."""
    receive: ClassVar[Callable[..., list[Any]]]
    """Adds the uploaded files and returns a result for each."""
    change_list_template = "admin/articles/library/change_list.html"
    list_per_page = 60
    show_full_result_count = False
    ordering = ("-uploaded_at", "-pk")
    view_on_site = False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_upload = self.has_add_permission(request)
        return super().changelist_view(request, {**(extra_context or {}), "may_upload": may_upload})

    # Uploading

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Uploads files; their metadata fills the form on the next page.

        The script of the page sends each file alone, with `fragment`, and inserts the response.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        received = []
        if request.method == "POST":
            received = type(self).receive(request.FILES.getlist(self.upload_field), by=request.user)
            for result in received:
                if result.is_new and result.row is not None:
                    self.log_addition(request, result.row, "Uploaded.")
            context = {"received": received, "nothing_sent": not received}
            if "fragment" in request.GET:
                return render(request, RESULTS, context)
            row = received[0].row if len(received) == 1 else None
            if row is not None and not getattr(received[0], "duplicates", ()):
                level = messages.SUCCESS if received[0].is_new else messages.WARNING
                self.message_user(request, received[0].message, level)
                return redirect(row.change_url)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Upload {self.opts.verbose_name_plural}",
            "opts": self.opts,
            "received": received,
            "nothing_sent": request.method == "POST" and not received,
            "most_at_once": MAX_FILES,
            "media": self.media,
        }
        return render(request, "admin/articles/library/add.html", context)

    # Editing

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or not hooks.why_readonly(request.user, obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Users who may only view are told why, and get back what they entered before publication."""
        row = self.get_object(request, object_id) if object_id else None
        if row is not None and super().has_change_permission(request, row):
            reason = hooks.why_readonly(request.user, row)
            extra_context = {**(extra_context or {}), "why_readonly": reason}
            if reason and request.method == "POST":
                return csrf_failure(request, because=reason)
        return super().changeform_view(request, object_id, form_url, extra_context)

    # Deleting

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is not None and not self.has_delete_permission(request, row):
            raise PermissionDenied
        if row is not None and (error := editing.why_undeletable(row)):
            self.message_user(request, error, messages.ERROR)
            return redirect(row.change_url)
        try:
            return super().delete_view(request, object_id, extra_context)
        except editing.StillUsed as error:
            return self._not_deleted(request, error)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """What belongs to a row, such as renditions, is deleted without being listed; what is used is kept."""
        rows = list(objs)
        protected = editing.why_any_undeletable(rows)
        counts = {str(self.opts.verbose_name_plural): len(rows)}
        return [str(row) for row in rows], counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: Row) -> None:
        editing.delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Row]) -> None:
        editing.delete_all(list(queryset))

    @admin.action(permissions=["delete"], description="Delete selected %(verbose_name_plural)s")
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Row]) -> Any:
        """All of them or none, also if one is used while they are being deleted."""
        try:
            with transaction.atomic():
                return delete_selected(self, request, queryset)
        except editing.StillUsed as error:
            return self._not_deleted(request, error)

    def _not_deleted(self, request: HttpRequest, error: editing.StillUsed) -> HttpResponseRedirect:
        self.message_user(request, f"{error} Nothing was deleted.", messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())


class NamedForm(forms.ModelForm[Any]):
    """Names are unique, ignoring case and extra spaces."""

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"])
        model = self._meta.model
        same = model._default_manager.filter(name__iexact=name).exclude(pk=self.instance.pk).first()
        if same is not None:
            raise forms.ValidationError(f"“{same}” already exists. Use that one.")
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


class _NamedAdmin(admin.ModelAdmin[Any]):
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
        url = reverse("admin:articles_image_changelist")
        return format_html('<a href="{}?{}={}">{}</a>', url, self.parameter, row.pk, row.count)


class _CreditSourceAdmin(_NamedAdmin):
    """Saving updates the credit of every image."""

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm[Any], change: bool
    ) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        count = rights_changes.save(obj, by=request.user)  # type: ignore[arg-type]
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


class AgencyAdmin(_CreditSourceAdmin):
    form = AgencyForm
    parameter = "agency"
    list_display = ("name", "credit_text", "image_count")
    fields = ("name", "credit_text", "credit_text_alone", "url", "usage_terms")


class PhotographerAdmin(_CreditSourceAdmin):
    parameter = "photographer"
    list_display = ("name", "image_count")
    fields = ("name", "url")


class CollectionAdmin(_NamedAdmin):
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
