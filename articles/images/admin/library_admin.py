"""What the libraries of images and of files have in common in the admin: uploads, protection, deletion."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render

from articles.images import permissions
from articles.images.library import editing
from articles.images.library.uploads import MOST_AT_ONCE
from articles.images.models.library_row import LibraryRow
from iria.core.http.csrf import csrf_failure

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
            "most_at_once": MOST_AT_ONCE,
            "media": self.media,
        }
        return render(request, "admin/articles/library/add.html", context)

    # Editing

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or not permissions.why_readonly(request.user, obj)

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
            reason = permissions.why_readonly(request.user, row)
            extra_context = {**(extra_context or {}), "why_readonly": reason}
            if reason and request.method == "POST":
                return csrf_failure(request, because=reason)
        return super().changeform_view(request, object_id, form_url, extra_context)

    # Deleting

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
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
        protected = [error for row in rows if (error := editing.why_undeletable(row))]
        counts = {str(self.opts.verbose_name_plural): len(rows)}
        return [str(row) for row in rows], counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: Row) -> None:
        editing.delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Row]) -> None:
        for row in queryset:
            editing.delete(row)

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
