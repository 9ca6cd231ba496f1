"""Subscriber imports: upload a file, match columns, check, import, download skipped rows."""

import re
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from accounts.models import User
from iria.core.admin import ReadOnly
from newsletter.admin.deliveries import parse_pk
from newsletter.admin.issue_tools import current_user
from newsletter.imports import runner, uploads
from newsletter.imports.csv_reader import EMAIL, LANGUAGE, NAME, STATE, UNSUBSCRIBED, ColumnMapping
from newsletter.models import ImportRow, SubscriberExport, SubscriberImport

SHOWN_LINES: Final = 200
COLUMN: Final = re.compile(r"column-[0-9]{1,4}")
RELOAD_SECONDS: Final = "2"
"""How often the browser reloads the page of a running import (`Refresh` header)."""
TOO_LATE: Final = "This import is running or done, or its file was deleted."
COLUMN_TYPES: Final = (
    (EMAIL, "E-mail address"),
    (NAME, "Name"),
    (LANGUAGE, "Language"),
    (STATE, "Status"),
    (UNSUBSCRIBED, "Unsubscribed"),
)
Outcome = ImportRow.Outcome


class UploadForm(forms.ModelForm[SubscriberImport]):
    """The file, the newsletters to subscribe to, and the consent of the subscribers."""

    file = forms.FileField(
        help_text="A CSV or text file, at most 50 MB. One column contains the e-mail addresses. Names and languages are imported too; other columns are ignored. If a column says who is subscribed or who has unsubscribed, only subscribed people are imported.",
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty. Choose another one.",
        },
    )

    class Meta:
        model = SubscriberImport
        fields = ("file", "newsletters", "consent")
        widgets: ClassVar[dict[str, Any]] = {
            "newsletters": forms.CheckboxSelectMultiple,
            "consent": forms.Textarea({"rows": 3, "cols": 60}),
        }

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > uploads.MAX_BYTES:
            raise forms.ValidationError("The file is larger than 50 MB. Split it.")
        return file


class ImportAdmin(admin.ModelAdmin[SubscriberImport]):
    list_display = ["name", "state", "created_at", "created_by", "rows_read"]
    list_select_related = ["created_by"]
    show_full_result_count = False

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["iria_admin/newsletter.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Users who may import may match columns; a finished import cannot be changed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Imports are kept as proof of who imported whom, and on what grounds."""
        return False

    def get_urls(self) -> list[URLPattern]:
        admin_view = self.admin_site.admin_view
        actions = (("check", self.check_file), ("run", self.run_import), ("report", self.report))
        urls = [
            path(
                f"<int:import_id>/{action}/",
                admin_view(view),
                name=f"newsletter_subscriberimport_{action}",
            )
            for action, view in actions
        ]
        return [*urls, *super().get_urls()]

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = self._require_importer(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                subscriber_import = uploads.upload(
                    form.cleaned_data["file"].read(),
                    name=form.cleaned_data["file"].name,
                    newsletters=form.cleaned_data["newsletters"],
                    consent=form.cleaned_data["consent"],
                    by=user,
                )
                return redirect("admin:newsletter_subscriberimport_change", subscriber_import.pk)
            except uploads.NotPossible as error:
                form.add_error("file", str(error))
        context = {**self._context(request, "Import subscribers"), "form": form}
        return TemplateResponse(request, "admin/newsletter/import/upload.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        subscriber_import = self._get_import_or_404(request, parse_pk(object_id))
        rows = uploads.first_rows_of(subscriber_import)
        columns = ColumnMapping.of(subscriber_import.columns)
        width = max((len(row.cells) for row in rows), default=0)
        lines = subscriber_import.rows.all()
        context = {
            **self._context(request, str(subscriber_import)),
            "original": subscriber_import,
            "rows": [row for row in rows if row.cells],
            "service": uploads.service_of_rows(rows),
            "column_types": COLUMN_TYPES,
            "columns": [(index, columns.type_of(index)) for index in range(width)],
            "has_header": columns.has_header,
            "counts": _result_counts(subscriber_import),
            "taken": subscriber_import.count("new") + subscriber_import.count("added"),
            "lines": lines[:SHOWN_LINES],
            "more_lines": max(lines.count() - SHOWN_LINES, 0),
            "can_import": self.has_add_permission(request),
        }
        response = TemplateResponse(request, "admin/newsletter/import/page.html", context)
        if subscriber_import.is_running:
            response["Refresh"] = RELOAD_SECONDS
        return response

    @method_decorator(require_POST)
    def check_file(self, request: HttpRequest, import_id: int) -> HttpResponse:
        self._require_importer(request)
        subscriber_import = self._get_import_or_404(request, import_id)
        types = {
            int(field.removeprefix("column-")): column_type
            for field, column_type in request.POST.items()
            if COLUMN.fullmatch(field)
        }
        columns_by_type: dict[str, Any] = {
            str(column_type): index
            for index, column_type in sorted(types.items(), reverse=True)
            if column_type
        }
        selected = [column_type for column_type in types.values() if column_type]
        if EMAIL not in columns_by_type or len(selected) != len(set(selected)):
            message = "Choose exactly one column for e-mail addresses, and at most one for each other type."
            self.message_user(request, message, messages.ERROR)
        else:
            columns = ColumnMapping.of(
                {**columns_by_type, "has_header": "has_header" in request.POST}
            )
            if not uploads.enqueue_dry_run(subscriber_import, columns):
                self.message_user(request, TOO_LATE, messages.WARNING)
        return redirect("admin:newsletter_subscriberimport_change", import_id)

    @method_decorator(require_POST)
    def run_import(self, request: HttpRequest, import_id: int) -> HttpResponse:
        self._require_importer(request)
        if not uploads.enqueue_run(self._get_import_or_404(request, import_id)):
            self.message_user(request, TOO_LATE, messages.WARNING)
        return redirect("admin:newsletter_subscriberimport_change", import_id)

    def report(self, request: HttpRequest, import_id: int) -> StreamingHttpResponse:
        """Downloads the skipped and changed rows as CSV."""
        self._require_importer(request)
        subscriber_import = self._get_import_or_404(request, import_id)
        response = StreamingHttpResponse(
            runner.as_table(subscriber_import), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = (
            f'attachment; filename="import-{subscriber_import.pk}.csv"'
        )
        return response

    def _require_importer(self, request: HttpRequest) -> User:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return current_user(request)

    def _get_import_or_404(self, request: HttpRequest, import_id: int) -> SubscriberImport:
        imports = SubscriberImport.objects.defer("content").select_related("created_by")
        subscriber_import = imports.filter(pk=min(import_id, 2**62)).first()
        if subscriber_import is None:
            raise Http404
        if not self.has_view_permission(request, subscriber_import):
            raise PermissionDenied
        return subscriber_import

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "media": self.media,
        }


def _result_counts(subscriber_import: SubscriberImport) -> list[tuple[str, int]]:
    labels = {
        "new": "new subscribers",
        "added": "existing, subscribed now",
        "known": "already subscribed",
        Outcome.DUPLICATE: "duplicates",
        Outcome.UNSUBSCRIBED: "unsubscribed",
        Outcome.SUPPRESSED: "suppressed",
        Outcome.INVALID: "invalid",
    }
    return [
        (label, subscriber_import.count(outcome))
        for outcome, label in labels.items()
        if subscriber_import.counts
    ]


class ExportAdmin(ReadOnly, admin.ModelAdmin[SubscriberExport]):
    """A log of who exported subscribers."""

    list_display = ["created_at", "created_by", "rows", "filters"]
    list_select_related = ["created_by"]
    show_full_result_count = False
