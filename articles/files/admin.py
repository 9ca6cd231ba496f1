"""The library of files: list, upload, form, and the list in the dialog of the editor.

`static/iria_admin/editor/file.js` puts that list into a dialog. Each file is a
`<button data-file="ID" data-title="…">`. Without scripts the form of a file shows the markup to copy.
"""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from articles.files.ingest import Received, receive
from articles.files.models import File
from articles.files.views import admin_file
from articles.images.admin.library_admin import LibraryAdmin
from articles.images.hooks import public_or_scheduled_uses_of, uses_of
from iria.core.pagination import page_of

CREDIT_NEEDED: Final = "This file is published, so it needs a credit. Enter one, or remove the file from the text first."


class FileForm(forms.ModelForm[File]):
    class Meta:
        model = File
        fields = (
            *("title", "credit", "copyright_notice", "licence_url"),
            *("usage_terms", "licence_until"),
        )

    def clean_credit(self) -> str:
        credit: str = self.cleaned_data["credit"]
        if not credit and self.instance.credit and public_or_scheduled_uses_of(self.instance):
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


class FileAdmin(LibraryAdmin[File]):
    upload_field = "files"
    receive = staticmethod(receive)
    form = FileForm
    actions = ("delete_selected",)
    list_display = ("title", "file_type", "size", "length", "credit", "used_in", "uploaded_at")
    list_filter = ("kind", UsedFilter)
    search_fields = ("title", "credit", "original_name")
    search_help_text = "Search files"
    readonly_fields = ("content", "details", "uses", "markup")
    fieldsets = (
        (None, {"fields": ["content", "title", "credit"]}),
        ("Rights", {"fields": ["copyright_notice", "licence_url", "usage_terms", "licence_until"]}),
        ("File", {"fields": ["uses", "details", "markup"]}),
    )

    class Media:
        css = {"all": ["iria_admin/images.css"]}
        js = [forms.Script("iria_admin/image-upload.js", type="module")]

    def get_urls(self) -> list[URLPattern]:
        def wrap(view: Callable[..., Any]) -> Any:
            return self.admin_site.admin_view(view)

        return [
            path("choose/", wrap(choose), name="articles_file_choose"),
            path("facts/", wrap(facts), name="articles_file_facts"),
            path("download/<str:name>", wrap(admin_file), name="articles_file_download"),
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
        uploader = f" by {file.uploaded_by}" if file.uploaded_by else ""
        return f"{file.original_name}, number {file.pk}, uploaded on {day}{uploader}"

    @admin.display(description="Usage")
    def uses(self, file: File) -> SafeString | str:
        found = [(use.url, use.label) for use in uses_of(file)]
        if not found:
            return "Not used."
        rows = format_html_join("", '<li><a href="{}">{}</a></li>', found)
        return format_html('<ul class="file-uses">{}</ul>', rows)

    @admin.display(description="Markup")
    def markup(self, file: File) -> SafeString:
        """For the text field without scripts."""
        text = f'<figure data-file="{file.pk}"><figcaption></figcaption></figure>'
        return format_html("<code>{}</code>", text)


PAGE_SIZE: Final = 20
MAX_QUERY_LENGTH: Final = 200
MAX_IDS: Final = 200


def choose(request: HttpRequest) -> HttpResponse:
    """The newest files, or those that match; a POST uploads files and shows the results first."""
    if not request.user.has_perm("articles.view_file"):
        raise PermissionDenied
    may_add = request.user.has_perm("articles.add_file")
    received: list[Received] = []
    if request.method == "POST":
        if not may_add:
            raise PermissionDenied
        received = receive(request.FILES.getlist("files"), by=request.user)  # type: ignore[arg-type]
    query = request.GET.get("q", "").replace("\x00", "")[:MAX_QUERY_LENGTH].strip()
    files = File.objects.all()
    for word in query.split():
        files = files.filter(
            Q(title__icontains=word) | Q(credit__icontains=word) | Q(original_name__icontains=word)
        )
    context = {
        "received": received,
        "nothing_sent": request.method == "POST" and not received,
        "page": page_of(files, request.GET.get("page"), size=PAGE_SIZE),
        "query": query,
        "may_add": may_add,
        "fragment": True,
    }
    return render(request, "admin/articles/file/_chooser.html", context)


@require_safe
def facts(request: HttpRequest) -> JsonResponse:
    """What the editor shows of these files, by id."""
    if not request.user.has_perm("articles.view_file"):
        raise PermissionDenied
    ids = request.GET.getlist("id")[:MAX_IDS]
    numbers = {int(each) for each in ids if each.isascii() and each.isdigit() and len(each) < 19}
    return JsonResponse(
        {
            str(file.pk): {
                "title": file.title,
                "facts": file.facts,
                "credit": file.credit,
                "warning": file.warning,
            }
            for file in File.objects.filter(pk__in=numbers)
        }
    )
