"""Imports in the admin: upload, dry run, import, progress, report, undo."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from accounts.models import User
from articles.editorial.models import Article
from iria.core.hooks import DashboardItem
from iria.core.http.urls import parse_id
from iria.publication.models import validate_time_zone
from iria.transfer import runs, uploads
from iria.transfer.formats import A_ZIP, FORMATS, recognise, rejection
from iria.transfer.models import ImportedItem, ImportReportPage, ImportRun, RowOrigin
from iria.transfer.records import Kind, Unreadable
from iria.transfer.report import Outcome, as_json
from iria.transfer.undo import REMOVED, STAYS

OUTCOMES: Final = ("found", *(each.value for each in Outcome), REMOVED, STAYS)
TOO_LATE: Final = "This is not possible now: the import is running, or its file was deleted."
ONE_FILE: Final = "Upload a file, or name one on the server, not both."
MAX_SETTINGS_BYTES: Final = 5 * 1024**2
"""Bytes of a file of redirects or routes."""
CHOOSE: Final = "The file does not say where it is from. Choose the old system."
OUTSIDE: Final = "Enter a path inside the folder, such as “export.xml”."
State = ImportRun.State


def _validate_inside(name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise forms.ValidationError(OUTSIDE)


def _validate_upload(file: UploadedFile[Any]) -> None:
    if (file.size or 0) > uploads.MAX_BYTES:
        raise forms.ValidationError(
            "The file is larger than 1 GB. Copy it to the server instead; see below."
        )


def _validate_settings(file: UploadedFile[Any]) -> None:
    if (file.size or 0) > MAX_SETTINGS_BYTES:
        raise forms.ValidationError(f"The file is larger than {MAX_SETTINGS_BYTES // 1024**2} MB.")


class UploadForm(forms.Form):
    system = forms.ChoiceField(label="Old system", required=False)
    file = forms.FileField(label="Export", required=False, validators=[_validate_upload])
    images = forms.FileField(
        label="Images",
        required=False,
        validators=[_validate_upload],
        help_text="Optional: a ZIP file with the folder of uploads of the old site, for WordPress “wp-content/uploads”.",
    )
    fetch_images = forms.BooleanField(
        label="Fetch other images from the old site",
        required=False,
        help_text="Images that are not in the ZIP file. The old site has to be reachable; this can take hours.",
    )
    server_file = forms.CharField(
        label="Export on the server", required=False, max_length=500, validators=[_validate_inside]
    )
    media_folder = forms.CharField(
        label="Images on the server", required=False, max_length=500, validators=[_validate_inside]
    )

    time_zone = forms.CharField(
        label="Time zone of the old site",
        required=False,
        max_length=64,
        validators=[validate_time_zone],
        help_text="Such as Europe/Lisbon, for dates without one. If empty, that of this site.",
    )
    site_url = forms.URLField(
        label="URL of the old site",
        required=False,
        max_length=200,
        assume_scheme="https",
        help_text="If the export does not name it, as in Ghost and Substack: links to its own texts are found by it.",
    )
    post_types = forms.CharField(
        label="Other post types",
        required=False,
        max_length=200,
        help_text="WordPress: their names, separated by commas. They become articles. The report lists those there are.",
    )
    redirects = forms.FileField(
        label="Redirects",
        required=False,
        validators=[_validate_settings],
        help_text="Ghost: redirects.yaml or redirects.json.",
    )
    routes = forms.FileField(
        label="Routes",
        required=False,
        validators=[_validate_settings],
        help_text="Ghost: routes.yaml.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            ("", "Recognised by the file"),
            *((system, each.name) for system, each in FORMATS.items()),
        ]
        self.fields["system"].choices = choices  # type: ignore[attr-defined]
        suffixes = sorted({suffix for each in FORMATS.values() for suffix in each.suffixes})
        self.fields["file"].widget.attrs["accept"] = ",".join(suffixes)
        self.fields["images"].widget.attrs["accept"] = ".zip"
        self.fields["server_file"].help_text = f"A file in {uploads.server_folder()}."
        self.fields["media_folder"].help_text = "A folder or ZIP file in the same folder."

    @property
    def has_details(self) -> bool:
        """Whether something was said of the old site."""
        names = ("time_zone", "site_url", "post_types", "redirects", "routes")
        return any(name in self.errors or self[name].value() for name in names)

    def clean_post_types(self) -> tuple[str, ...]:
        return tuple(
            name for each in self.cleaned_data["post_types"].split(",") if (name := each.strip())
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if "file" not in self.errors and "server_file" not in self.errors:
            if not values.get("file") and not values.get("server_file"):
                self.add_error("file", "Choose the file that the old system exported.")
            elif values.get("file") and values.get("server_file"):
                self.add_error("server_file", ONE_FILE)
            else:
                self._recognise(values)
        if values.get("images") and values.get("media_folder"):
            self.add_error("media_folder", ONE_FILE)
        return values

    def _recognise(self, values: dict[str, Any]) -> None:
        """Chooses the system, and refuses another kind of file at once."""
        name = "file" if values["file"] else "server_file"
        found = None
        if name == "file":
            found = recognise(values["file"])
            values["file"].seek(0)
        else:
            # It may be on the machine of the worker only, which says so if it is not.
            with suppress(Unreadable, OSError), uploads.on_server(values[name]).open("rb") as file:
                found = recognise(file)
        system = values.get("system")
        if system:
            message = rejection(found, system)
        elif found and not found.system and found.what != A_ZIP:
            message = f"This is {found.what}, which cannot be imported. {found.to_do}".rstrip()
        elif not (found and found.system):
            name, message = "system", CHOOSE
        else:
            values["system"], message = found.system, ""
        if message:
            self.add_error(name, message)


@admin.register(ImportRun)
class ImportRunAdmin(admin.ModelAdmin[ImportRun]):
    list_display = ["name", "system_name", "state", "created_at", "created_by"]
    list_select_related = ["created_by"]
    show_full_result_count = False

    @admin.display(description="From")
    def system_name(self, run: ImportRun) -> str:
        return FORMATS[run.system].name if run.system in FORMATS else run.system.capitalize()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        runs.mark_interrupted()
        return super().changelist_view(request, extra_context)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is nothing to edit; those who may add imports may run and undo them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They say what came from where; undoing needs them."""
        return False

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        views = {
            "start": self.start_view,
            "progress": self.progress_view,
            "report": self.report_view,
            "undo": self.undo_view,
        }
        urls = [
            path(f"<int:run_id>/{name}/", wrap(view), name=f"transfer_importrun_{name}")
            for name, view in views.items()
        ]
        # Web servers accept large bodies for this URL alone, after they have asked the second one.
        uploads = path("upload/", wrap(self.add_view), name="transfer_importrun_upload")
        asked = path("upload/allowed/", self.allowed_view, name="transfer_importrun_upload_allowed")
        return [uploads, asked, *urls, *super().get_urls()]

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = self._require_importer(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            run = uploads.add(uploads.Upload(**form.cleaned_data), by=user)
            self.log_addition(request, run, "Uploaded an archive.")
            return redirect("admin:transfer_importrun_change", run.pk)
        context = self._context(request, "Import an archive") | {
            "form": form,
            "formats": FORMATS.values(),
        }
        return TemplateResponse(request, "admin/transfer/importrun/add.html", context)

    def allowed_view(self, request: HttpRequest) -> HttpResponse:
        """Tells nginx or Caddy whether somebody may upload an archive, before it accepts the body."""
        if not self.admin_site.has_permission(request):
            return HttpResponse(status=401)
        return HttpResponse(status=204 if self.has_add_permission(request) else 403)

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The progress while it runs; then the report, of which the URL can name kind, outcome and page."""
        runs.mark_interrupted()
        run = self._run_or_404(request, parse_id(object_id) or 0)
        may_run = self.has_add_permission(request)
        context = self._context(request, str(run)) | {
            "original": run,
            "system": self.system_name(run),
            **_progress(run),
            "may_import": may_run and run.state == State.CHECKED and uploads.has_file(run),
            "may_check": may_run and run.state == State.FAILED and uploads.has_file(run),
            "may_undo": may_run and run.state in uploads.ALLOWED[State.UNDOING],
        }
        if not run.is_running:
            context |= _report(run, request)
        return TemplateResponse(request, "admin/transfer/importrun/page.html", context)

    def progress_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        runs.mark_interrupted()
        run = self._run_or_404(request, run_id)
        return JsonResponse({"running": run.is_running, **_progress(run)})

    @method_decorator(require_POST)
    def start_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """Starts the import after its dry run, or the dry run again after a failure."""
        self._require_importer(request)
        run = self._run_or_404(request, run_id)
        state = State.IMPORTING if run.state == State.CHECKED else State.CHECKING
        if uploads.change_state(run, state):
            self.log_change(request, run, f"Started: {run.get_state_display()}.")
        else:
            messages.warning(request, TOO_LATE)
        return redirect("admin:transfer_importrun_change", run_id)

    def undo_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """GET says what undoing means; POST does it."""
        self._require_importer(request)
        run = self._run_or_404(request, run_id)
        if request.method == "POST":
            if uploads.change_state(run, State.UNDOING):
                self.log_change(request, run, "Started undoing.")
            else:
                messages.warning(request, TOO_LATE)
            return redirect("admin:transfer_importrun_change", run_id)
        made = run.items.count()
        context = self._context(request, "Undo this import?") | {"original": run, "made": made}
        return TemplateResponse(request, "admin/transfer/importrun/undo.html", context)

    def report_view(self, request: HttpRequest, run_id: int) -> StreamingHttpResponse:
        """Downloads the report in the same form as `--report` of the commands."""
        run = self._run_or_404(request, run_id)
        head = {"format": run.system, "dry_run": run.state == State.CHECKED, "counts": run.counts}
        parts = as_json(head, _items(run, "items"), _items(run, "remarks"))
        response = StreamingHttpResponse(parts, content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="import-{run.pk}.json"'
        return response

    def _require_importer(self, request: HttpRequest) -> User:
        if not self.has_add_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
        return request.user

    def _run_or_404(self, request: HttpRequest, run_id: int) -> ImportRun:
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = ImportRun.objects.select_related("created_by").filter(pk=min(run_id, 2**62)).first()
        if run is None:
            raise Http404
        return run

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title}


def _progress(run: ImportRun) -> dict[str, Any]:
    if not run.total:
        reading = "Reading the file" if run.state != State.UNDOING else "Starting"
        text = uploads.waiting_for(run) if run.is_running else ""
        text = text or reading
    elif run.state == State.UNDOING:
        text = f"{run.done:,} of {run.total:,} items"
    else:
        text = f"{run.done:,} of {run.total:,} articles and pages"
    return {"text": text, "done": run.done, "total": run.total}


def _report(run: ImportRun, request: HttpRequest) -> dict[str, Any]:
    columns = [each for each in OUTCOMES if any(found.get(each) for found in run.counts.values())]
    # In the order of `Kind`; PostgreSQL sorts the keys of JSON.
    table = [
        (kind.value, [(each, run.counts[kind.value].get(each, 0)) for each in columns])
        for kind in Kind
        if kind.value in run.counts
    ]
    section, pages, filters = _filtered(run, request)
    shown = Paginator(pages.order_by("kind", "outcome", "number"), 1).get_page(request.GET.get("p"))
    items = [item for page in shown for item in runs.items_of(page)]
    query = request.GET.copy()
    query.pop("p", None)
    return {
        "columns": columns,
        "table": table,
        "remarks": sorted(run.remark_counts.items()),
        "section": section,
        "items": _with_links(run, items),
        "filters": filters,
        "kinds": sorted({*run.counts}),
        "outcomes": [each for each in columns if each != "found"],
        "page_number": shown.number,
        "page_count": shown.paginator.count,
        "item_count": pages.aggregate(sum=Sum("length"))["sum"] or 0,
        "query": query.urlencode(),
        "has_report": run.report_pages.exists(),
    }


def _filtered(
    run: ImportRun, request: HttpRequest
) -> tuple[str, QuerySet[ImportReportPage], dict[str, str]]:
    """Which items are shown: those of the URL, or by default those that failed or stay."""
    remark = request.GET.get("remark", "")[:60].replace("\x00", "")
    if remark:
        return (
            "remarks",
            run.report_pages.filter(section="remarks", outcome=remark),
            {"remark": remark},
        )
    filters = {
        name: request.GET.get(name, "")[:20].replace("\x00", "") for name in ("kind", "outcome")
    }
    if "outcome" not in request.GET:
        worst = (Outcome.FAILED.value, STAYS)
        outcomes = (each for each in worst if any(c.get(each) for c in run.counts.values()))
        filters["outcome"] = next(outcomes, "")
    chosen = {name: value for name, value in filters.items() if value}
    return "items", run.report_pages.filter(section="items", **chosen), filters


def _with_links(run: ImportRun, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each item with the page of the admin for its row, if there is one."""
    known = ImportedItem.objects.filter(
        source=run.source,
        kind__in={each["kind"] for each in items},
        source_id__in={each["source_id"][:200] for each in items},
    )
    rows = {
        (kind, source_id): (content_type, pk)
        for kind, source_id, content_type, pk in known.values_list(
            "kind", "source_id", "content_type", "object_id"
        )
    }
    linked = []
    for each in items:
        row = rows.get((each["kind"], each["source_id"][:200]))
        linked.append({**each, "admin_url": _admin_url(*row) if row else ""})
    return linked


def _admin_url(content_type: int, pk: int) -> str:
    kind = ContentType.objects.get_for_id(content_type)
    try:
        return reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[pk])
    except NoReverseMatch:
        return ""


def _items(run: ImportRun, section: str) -> Iterator[dict[str, Any]]:
    pages = run.report_pages.filter(section=section).order_by("kind", "outcome", "number")
    for page in pages.iterator(20):
        yield from runs.items_of(page)


def first_import_item(user: Any) -> list[DashboardItem]:
    """On a site without articles, or with those of the demo only: that an archive can be imported."""
    if not user.has_perm("transfer.add_importrun"):
        return []
    article = ContentType.objects.get_for_model(Article)
    of_demo = RowOrigin.objects.filter(collection="demo", content_type=article)
    if Article.objects.exclude(pk__in=of_demo.values("object_id")).exists():
        return []
    url = reverse("admin:transfer_importrun_add")
    return [
        DashboardItem(
            label="Import your archive",
            count=1,
            url=url,
            detail=f"From {', '.join(each.name for each in FORMATS.values())}. You can try it first, and undo it.",
            action="Import",
        )
    ]
