"""Files of subscribers on the desk: brought, looked over, taken in, told line by line."""

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
from newsletter.imports import runner, uploads
from newsletter.imports.column_mapping import (
    EMAIL,
    LANGUAGE,
    NAME,
    STATE,
    UNSUBSCRIBED,
    ColumnMapping,
)
from newsletter.models import ImportedLine, SubscriberExport, SubscriberImport

SHOWN_LINES: Final = 200
COLUMN: Final = re.compile(r"column-[0-9]{1,4}")
SECONDS: Final = "2"
"""How often the page of an import that is under way is asked for anew, by the browser itself."""
TOO_LATE: Final = "This import is under way, was done, or its file is not kept any more."
KINDS: Final = (
    (EMAIL, "E-mail address"),
    (NAME, "Name"),
    (LANGUAGE, "Language"),
    (STATE, "Who is subscribed"),
    (UNSUBSCRIBED, "Who has left"),
)
"""What a column may hold."""
Fate = ImportedLine.Outcome


class BringForm(forms.ModelForm[SubscriberImport]):
    """The file, what its people are to receive, and how they agreed."""

    file = forms.FileField(
        help_text="A table as CSV or text, of at most 50 MB. One column holds the addresses; "
        "names and languages are taken too, everything else is left. Where one says who is subscribed, or who has left, only those come in who are.",
        error_messages={"required": "Choose the file.", "empty": "This file is empty."},
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
        if file.size > uploads.MOST_BYTES:
            sentence = "The file is larger than 50 MB; please split it."
            raise forms.ValidationError(sentence)
        return file


class ImportAdmin(admin.ModelAdmin[SubscriberImport]):
    list_display = ["name", "state", "made_at", "made_by", "rows_read"]
    list_select_related = ["made_by"]
    show_full_result_count = False

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["iria_admin/newsletter.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Saying which column is what belongs to taking in; what was done is not rewritten."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who took in whom, and on what ground, stays."""
        return False

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        deeds = (("look", self.look), ("take_in", self.take_in), ("report", self.report))
        own = [
            path(
                f"<int:import_id>/{deed}/",
                guard(view),
                name=f"newsletter_subscriberimport_{deed}",
            )
            for deed, view in deeds
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = self._taker(request)
        form = BringForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                made = uploads.upload(
                    form.cleaned_data["file"].read(),
                    name=form.cleaned_data["file"].name,
                    newsletters=form.cleaned_data["newsletters"],
                    consent=form.cleaned_data["consent"],
                    by=user,
                )
                return redirect("admin:newsletter_subscriberimport_change", made.pk)
            except uploads.NotPossible as refusal:
                form.add_error("file", str(refusal))
        context = {**self._context(request, "Import subscribers"), "form": form}
        return TemplateResponse(request, "admin/newsletter/import/bring.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        chosen = self._seen(
            request, int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        )
        rows = uploads.first_rows_of(chosen)
        columns = ColumnMapping.of(chosen.columns)
        width = max((len(row.cells) for row in rows), default=0)
        lines = chosen.lines.all()
        context = {
            **self._context(request, str(chosen)),
            "original": chosen,
            "rows": [row for row in rows if row.cells],
            "kinds": KINDS,
            "columns": [(place, columns.what_is(place)) for place in range(width)],
            "has_header": columns.has_header,
            "counts": _counted(chosen),
            "taken": chosen.count("new") + chosen.count("added"),
            "lines": lines[:SHOWN_LINES],
            "more_lines": max(lines.count() - SHOWN_LINES, 0),
            "may_take_in": self.has_add_permission(request),
        }
        answer = TemplateResponse(request, "admin/newsletter/import/page.html", context)
        if chosen.is_under_way:
            answer["Refresh"] = SECONDS
        return answer

    @method_decorator(require_POST)
    def look(self, request: HttpRequest, import_id: int) -> HttpResponse:
        self._taker(request)
        chosen = self._seen(request, import_id)
        said = {
            int(name.removeprefix("column-")): what
            for name, what in request.POST.items()
            if COLUMN.fullmatch(name)
        }
        places: dict[str, Any] = {
            str(what): place for place, what in sorted(said.items(), reverse=True) if what
        }
        wanted = [what for what in said.values() if what]
        if EMAIL not in places or len(wanted) != len(set(wanted)):
            sentence = "Say of exactly one column that it holds the addresses, and of each other kind at most one."
            self.message_user(request, sentence, messages.ERROR)
        else:
            columns = ColumnMapping.of({**places, "has_header": "has_header" in request.POST})
            if not uploads.look_over_soon(chosen, columns):
                self.message_user(request, TOO_LATE, messages.WARNING)
        return redirect("admin:newsletter_subscriberimport_change", import_id)

    @method_decorator(require_POST)
    def take_in(self, request: HttpRequest, import_id: int) -> HttpResponse:
        self._taker(request)
        if not uploads.take_in_soon(self._seen(request, import_id)):
            self.message_user(request, TOO_LATE, messages.WARNING)
        return redirect("admin:newsletter_subscriberimport_change", import_id)

    def report(self, request: HttpRequest, import_id: int) -> StreamingHttpResponse:
        """The lines that were not taken in as they stand, as a table to take away."""
        self._taker(request)
        chosen = self._seen(request, import_id)
        answer = StreamingHttpResponse(
            runner.as_table(chosen), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = f'attachment; filename="import-{chosen.pk}.csv"'
        return answer

    def _taker(self, request: HttpRequest) -> User:
        if not self.has_add_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
        return request.user

    def _seen(self, request: HttpRequest, import_id: int) -> SubscriberImport:
        found = SubscriberImport.objects.defer("content").select_related("made_by")
        chosen = found.filter(pk=min(import_id, 2**62)).first()
        if chosen is None:
            raise Http404
        if not self.has_view_permission(request, chosen):
            raise PermissionDenied
        return chosen

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "media": self.media,
        }


def _counted(chosen: SubscriberImport) -> list[tuple[str, int]]:
    said = {
        "new": "new subscribers",
        "added": "known, and receive it from now on",
        "known": "receive it already",
        Fate.DUPLICATE: "stand in the file twice",
        Fate.LEFT: "have left, here or as the file says; only they themselves may come back",
        Fate.SUPPRESSED: "are not to be written to",
        Fate.BROKEN: "are broken",
    }
    return [(words, chosen.count(fate)) for fate, words in said.items() if chosen.counts]


class ExportAdmin(admin.ModelAdmin[SubscriberExport]):
    """Who took the list away; nobody writes that by hand."""

    list_display = ["made_at", "made_by", "rows", "chosen"]
    list_select_related = ["made_by"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
