"""The library of files: list, upload, form."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import BooleanField, Count, ExpressionWrapper, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.files import usage
from articles.files.admin import chooser
from articles.files.ingest import receive
from articles.files.models import File
from articles.files.views import admin_file
from articles.images.library.uploads import MOST_AT_ONCE
from iria.core.http.csrf import csrf_failure

CREDIT_NEEDED = "This file is published, so it needs a credit. Enter one, or remove the file from the text first."


class FileForm(forms.ModelForm[File]):
    class Meta:
        model = File
        fields = (
            *("title", "credit", "copyright_notice", "licence_url"),
            *("usage_terms", "licence_until"),
        )

    def clean_credit(self) -> str:
        credit: str = self.cleaned_data["credit"]
        if not credit and self.instance.credit and usage.is_public(self.instance):
            raise ValidationError(CREDIT_NEEDED)
        return credit


class UsedFilter(admin.SimpleListFilter):
    title = "usage"
    parameter_name = "used"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Used"), ("no", "Not used")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[File]) -> QuerySet[File]:
        match self.value():
            case "yes":
                return queryset.filter(File.objects.in_use())
            case "no":
                return queryset.exclude(File.objects.in_use())
        return queryset


class FileAdmin(admin.ModelAdmin[File]):
    form = FileForm
    actions = ("delete_selected",)
    list_display = ("title", "file_type", "size", "length", "credit", "used_in", "uploaded_at")
    list_filter = ("kind", UsedFilter)
    list_per_page = 60
    show_full_result_count = False
    search_fields = ("title", "credit", "original_name")
    search_help_text = "Search files"
    ordering = ("-uploaded_at", "-pk")
    view_on_site = False
    readonly_fields = ("content", "details", "uses", "markup")
    fieldsets = (
        (None, {"fields": ["content", "title", "credit"]}),
        ("Rights", {"fields": ["copyright_notice", "licence_url", "usage_terms", "licence_until"]}),
        ("File", {"fields": ["uses", "details", "markup"]}),
    )

    class Media:
        css = {"all": ["iria_admin/files.css"]}

    def get_urls(self) -> list[URLPattern]:
        def at(view: Callable[..., Any]) -> Any:
            return self.admin_site.admin_view(view)

        return [
            path("choose/", at(chooser.choose), name="articles_file_choose"),
            path("facts/", at(chooser.facts), name="articles_file_facts"),
            path("download/<str:name>", at(admin_file), name="articles_file_download"),
            *super().get_urls(),
        ]

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[File]:
        condition = ExpressionWrapper(File.objects.in_use(), output_field=BooleanField())
        return (
            super()
            .get_queryset(request)
            .annotate(article_count=Count("attachments"), is_used=condition)
        )

    @admin.display(description="Type", ordering="media_type")
    def file_type(self, file: File) -> str:
        return file.type_name

    @admin.display(description="Size", ordering="bytes")
    def size(self, file: File) -> str:
        return file.size_text

    @admin.display(description="Pages or duration")
    def length(self, file: File) -> str:
        return file.length

    @admin.display(description="Used in")
    def used_in(self, file: Any) -> str:
        if file.article_count:
            return f"{file.article_count} article{'' if file.article_count == 1 else 's'}"
        return "A page" if file.is_used else "Not used"

    # Uploading

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Uploads files; title and credit are read from them.

        The script of the page sends each file alone, with `fragment`, and inserts the response.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        received = []
        if request.method == "POST":
            received = receive(request.FILES.getlist("files"), by=request.user)  # type: ignore[arg-type]
            for result in received:
                if result.is_new and result.file is not None:
                    self.log_addition(request, result.file, "Uploaded.")
            if "fragment" in request.GET:
                context = {"received": received, "nothing_sent": not received}
                return render(request, "admin/articles/file/_upload_results.html", context)
            if len(received) == 1 and received[0].file is not None:
                level = messages.SUCCESS if received[0].is_new else messages.WARNING
                self.message_user(request, received[0].message, level)
                return redirect("admin:articles_file_change", received[0].file.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": "Upload files",
            "opts": self.opts,
            "received": received,
            "nothing_sent": request.method == "POST" and not received,
            "most_at_once": MOST_AT_ONCE,
            "media": self.media,
        }
        return render(request, "admin/articles/file/add.html", context)

    # Editing

    @admin.display(description="File")
    def content(self, file: File) -> SafeString:
        url = reverse("admin:articles_file_download", args=[file.name])
        if file.is_audio:
            return format_html(
                '<audio controls preload="none" src="{}" aria-label="{}"></audio> '
                '<a href="{}" download>Download</a> ({})',
                *(url, file.title, url, file.facts),
            )
        return format_html('<a href="{}" download>Download</a> ({})', url, file.facts)

    @admin.display(description="Details")
    def details(self, file: File) -> str:
        day = date_format(timezone.localtime(file.uploaded_at), "DATE_FORMAT")
        who = f" by {file.uploaded_by}" if file.uploaded_by else ""
        return f"{file.original_name}, number {file.pk}, uploaded on {day}{who}"

    @admin.display(description="Usage")
    def uses(self, file: File) -> SafeString | str:
        found = [(use.url, use.label) for use in usage.uses_of(file)]
        if not found:
            return "Not used."
        rows = format_html_join("", '<li><a href="{}">{}</a></li>', found)
        return format_html('<ul class="file-uses">{}</ul>', rows)

    @admin.display(description="Markup")
    def markup(self, file: File) -> SafeString:
        """For the text field without scripts."""
        text = f'<figure data-file="{file.pk}"><figcaption></figcaption></figure>'
        return format_html("<code>{}</code>", text)

    def has_change_permission(self, request: HttpRequest, obj: File | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or not usage.why_readonly(request.user, obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Users who may only view are told why, and get back what they entered."""
        file = self.get_object(request, object_id) if object_id else None
        if file is not None and super().has_change_permission(request, file):
            reason = usage.why_readonly(request.user, file)
            extra_context = {**(extra_context or {}), "why_readonly": reason}
            if reason and request.method == "POST":
                return csrf_failure(request, because=reason)
        return super().changeform_view(request, object_id, form_url, extra_context)

    # Deleting

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        file = self.get_object(request, object_id)
        if file is not None and (error := usage.why_undeletable(file)):
            self.message_user(request, error, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:articles_file_change", args=[file.pk]))
        try:
            return super().delete_view(request, object_id, extra_context)
        except usage.StillUsed as error:
            return self._not_deleted(request, error)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        files = list(objs)
        protected = [error for file in files if (error := usage.why_undeletable(file))]
        return [str(file) for file in files], {"files": len(files)}, set(), protected

    def delete_model(self, request: HttpRequest, obj: File) -> None:
        usage.delete_file(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[File]) -> None:
        for file in queryset:
            usage.delete_file(file)

    @admin.action(permissions=["delete"], description="Delete selected files")
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[File]) -> Any:
        """All of them or none, also if one is used while they are being deleted."""
        try:
            with transaction.atomic():
                return delete_selected(self, request, queryset)
        except usage.StillUsed as error:
            return self._not_deleted(request, error)

    def _not_deleted(self, request: HttpRequest, error: usage.StillUsed) -> HttpResponseRedirect:
        self.message_user(request, f"{error} Nothing was deleted.", messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())
