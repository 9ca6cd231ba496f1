"""Issues: edit, preview, test, send; and who changed what, from Django's log and the events of sending."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Script
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from accounts.models import User
from articles.images.admin.forms import ChoosesImage
from iria.core import autosave
from iria.publication.models import current_publication
from newsletter import preflight
from newsletter.admin.issue_form import IssueForm
from newsletter.admin.issue_tools import (
    PREVIEWS,
    SAVED,
    EditorPages,
    colleagues,
    current_user,
    version_of,
)
from newsletter.admin.sending import ScheduleForm, SendingPages, recipients_label
from newsletter.delivery import blockers
from newsletter.email import drafts, rendering
from newsletter.email.drafts import IssueArticle
from newsletter.models import DeliveryEvent, Issue, Newsletter

CREATED: Final = "Created."
FOLD_WITHIN: Final = timedelta(minutes=10)
"""Changes that one editor saves within this time are one line, as in the history of an article."""
MAX_LINES: Final = 200
"""The maximum number of changes, and of events."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the history; without `by`, it happened automatically."""

    at: datetime
    by: User | None
    what: str


def history_of(issue: Issue) -> list[Line]:
    """Returns the history of an issue, newest first."""
    changes = _changes(issue).select_related("user").order_by("-action_time", "-pk")[:MAX_LINES]
    lines = [Line(entry.action_time, entry.user, entry.get_change_message()) for entry in changes]
    events = issue.events.select_related("created_by").order_by("-pk")[:MAX_LINES]
    lines += [Line(event.created_at, event.created_by, _describe(event)) for event in events]
    lines.append(Line(issue.created_at, issue.created_by, CREATED))
    return sorted(lines, key=lambda line: line.at, reverse=True)


def log_change(issue: Issue, message: list[dict[str, Any]], *, by: User) -> None:
    """Logs a change: adds its fields to the last line if that is recent and by the same editor.

    Args:
        message: in the format of Django's admin; empty if nothing was changed.
    """
    if not message:
        return
    latest = _changes(issue).order_by("-action_time", "-pk").first()
    earliest = timezone.now() - FOLD_WITHIN
    if latest and latest.user_id == by.pk and latest.action_time > earliest:
        previous = json.loads(latest.change_message)
        names = [name for part in (*previous, *message) for name in part["changed"]["fields"]]
        latest.change_message = json.dumps([{"changed": {"fields": list(dict.fromkeys(names))}}])
        latest.save(update_fields=["change_message"])
        return
    LogEntry.objects.log_actions(by.pk, [issue], CHANGE, message)


def _changes(issue: Issue) -> QuerySet[LogEntry]:
    return LogEntry.objects.filter(
        content_type=get_content_type_for_model(issue), object_id=issue.pk, action_flag=CHANGE
    ).exclude(change_message__in=["", "[]"])


def _describe(event: DeliveryEvent) -> str:
    label = event.get_action_display()
    return f"{label}: {event.details}" if event.details else f"{label}."


COMPOSE: Final = "admin/newsletter/issue/compose.html"


class IssueAdmin(ChoosesImage, EditorPages, SendingPages, admin.ModelAdmin[Issue]):
    form = IssueForm
    add_form_template = COMPOSE
    change_form_template = "admin/newsletter/issue/change_form.html"
    change_list_template = "admin/newsletter/issue/change_list.html"
    list_display = [
        "subject_or_hint",
        "newsletter",
        "state",
        "created_by",
        "modified_at",
        "started_at",
    ]
    list_filter = ["state", "newsletter"]
    list_select_related = ["newsletter", "created_by"]
    search_fields = ["subject", "introduction"]
    view_on_site = False
    fieldsets = (
        (
            None,
            {"fields": ("newsletter", "subject", "preheader", "introduction", "chosen_articles")},
        ),
        ("Lead image", {"fields": ("image", "image_caption"), "classes": ["collapse"]}),
        ("Greeting", {"fields": ("greeting", "fallback_greeting"), "classes": ["collapse"]}),
        ("Closing", {"fields": ("closing",), "classes": ["collapse"]}),
        ("URL in the archive", {"fields": ("slug",), "classes": ["collapse"]}),
    )
    view_fieldsets = (
        (
            "Details",
            {"fields": ("newsletter", "subject", "preheader", "slug"), "classes": ["collapse"]},
        ),
    )

    class Media:
        css = {
            "all": [
                "iria_admin/article.css",
                "iria_admin/newsletter.css",
                "iria_admin/issue.css",
            ]
        }
        js = [
            Script("iria_admin/issue.js", type="module"),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Issue]:
        """Defers HTML and text, of which a list would load megabytes."""
        return super().get_queryset(request).without_content()  # type: ignore[attr-defined, no-any-return]

    @admin.display(description="Subject", ordering="subject")
    def subject_or_hint(self, issue: Issue) -> str:
        return str(issue)

    def get_fieldsets(self, request: HttpRequest, obj: Issue | None = None) -> Any:
        may_write = self.has_change_permission(request, obj) if obj else True
        return self.fieldsets if may_write else self.view_fieldsets

    def has_change_permission(self, request: HttpRequest, obj: Issue | None = None) -> bool:
        """A sent issue is read-only; a form submitted too late is shown again with an error."""
        is_editable = obj is None or obj.is_draft or hasattr(request, "submitted_too_late")
        return super().has_change_permission(request, obj) and is_editable

    def has_delete_permission(self, request: HttpRequest, obj: Issue | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_draft)

    def get_readonly_fields(self, request: HttpRequest, obj: Issue | None = None) -> Any:
        """The newsletter of a digest issue cannot be changed."""
        readonly = ["newsletter"] if obj is not None and obj.digest_id else []
        return [*super().get_readonly_fields(request, obj), *readonly]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        issue = self.get_object(request, object_id) if object_id else None
        if request.method == "POST" and issue is not None and not issue.is_draft:
            # The form rejects the change with the reason and keeps what was typed.
            request.submitted_too_late = True  # type: ignore[attr-defined]
        context = {
            **(extra_context or {}),
            "may_send": self.has_send_permission(request),
            "may_add": self.has_add_permission(request),
            "previews": PREVIEWS,
            **autosave.page_context(request, Issue, issue.pk if issue else None, prefix="issue:"),
            "version": request.POST.get("version", version_of(issue) if issue else ""),
        }
        if issue is not None and not issue.is_draft:
            context |= self.delivery_context(request, issue)
        elif issue is not None and request.method == "GET":
            context |= {"checks": blockers.blockers(issue), "audience": recipients_label(issue)}
        return super().changeform_view(request, object_id, form_url, context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        response = super().render_change_form(request, context, *args, **kwargs)
        issue = kwargs.get("obj")
        can_edit = (
            issue is not None and issue.is_draft and self.has_change_permission(request, issue)
        )
        if can_edit and isinstance(response, TemplateResponse):
            response.template_name = COMPOSE
        return response

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Selects the first newsletter; most publications have only one."""
        first = Newsletter.objects.values_list("pk", flat=True).first()
        return {"newsletter": first, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Issue, form: Any, change: bool) -> None:
        articles: list[IssueArticle] = form.cleaned_data["chosen_articles"]
        if not change and (
            existing := drafts.find_same_draft(obj, articles, by=current_user(request))
        ):
            obj.pk, obj.slug, obj.created_by = existing.pk, existing.slug, existing.created_by
            obj.created_at = existing.created_at
        drafts.save(obj, articles, by=current_user(request))

    def get_form(
        self, request: HttpRequest, obj: Issue | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        # The search query from before the draft was saved.
        form.searched = request.GET.get("find", "")
        return form

    def response_add(
        self, request: HttpRequest, obj: Issue, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._next_step(request, obj) or super().response_add(
            request, obj, post_url_continue
        )

    def response_change(self, request: HttpRequest, obj: Issue) -> HttpResponse:
        return self._next_step(request, obj) or super().response_change(request, obj)

    def _next_step(self, request: HttpRequest, issue: Issue) -> HttpResponse | None:
        """What follows after the draft was saved: a test, the checks before sending, or a search.

        Without JavaScript, a search saves the draft so that nothing typed is lost.
        """
        if "_send" in request.POST:
            return redirect("admin:newsletter_issue_send", issue.pk)
        if "_test" in request.POST:
            self.send_test_to(request, issue, [current_user(request)])
            return redirect("admin:newsletter_issue_change", issue.pk)
        if "_search" not in request.POST:
            return None
        self.message_user(request, SAVED, messages.SUCCESS)
        page = reverse("admin:newsletter_issue_change", args=[issue.pk])
        query = urlencode({"find": request.POST.get("chosen_articles-search", "")[:200]})
        return redirect(f"{page}?{query}#id_chosen_articles_search")

    def log_change(self, request: HttpRequest, obj: Issue, message: Any) -> None:  # type: ignore[override]
        """Returns no log entry, unlike Django's method, which uses it nowhere."""
        log_change(obj, message, by=current_user(request))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        issue = self.get_object(request, unquote(object_id))
        lines = history_of(issue) if issue else []
        return super().history_view(request, object_id, {**(extra_context or {}), "lines": lines})

    def get_urls(self) -> list[URLPattern]:
        admin_view = self.admin_site.admin_view
        actions = (
            ("autosave", self.autosave),
            ("preview", self.preview),
            ("mail", self.mail),
            ("test", self.test),
            ("duplicate", self.duplicate),
            ("send", self.send),
            ("delivery", self.delivery),
            ("unschedule", self.unschedule),
            ("pause", self.pause),
            ("resume", self.resume),
            ("cancel", self.cancel),
            ("resolve", self.resolve),
            ("override", self.override),
        )
        return [
            path("articles/", admin_view(self.articles), name="newsletter_issue_articles"),
            path("live/", admin_view(self.live), name="newsletter_issue_live"),
            path("autosave/", admin_view(self.autosave), name="newsletter_issue_autosave_new"),
            *[
                path(f"<int:issue_id>/{name}/", admin_view(view), name=f"newsletter_issue_{name}")
                for name, view in actions
            ],
            *super().get_urls(),
        ]

    def preview(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        """The e-mail on a wide screen, on a phone, and as plain text."""
        issue = self._get_issue_or_404(request, issue_id)
        rendered = rendering.compose(issue)
        if issue.is_draft:
            preflight.enqueue_checks(issue, rendered)
        context = self._context(
            request,
            issue,
            title="Preview",
            rendered=rendered,
            blockers=blockers.blockers(issue) if issue.is_draft else [],
            warnings=[*blockers.warnings(rendered, issue.newsletter), *blockers.terms(issue)],
            text=(rendering.stored_email(issue) if issue.has_started else rendered)
            .addressed(rendering.TEST_TOKEN)
            .text,
            colleagues=colleagues() if issue.is_draft else [],
        )
        return TemplateResponse(request, "admin/newsletter/issue/preview.html", context)

    def send(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        """Asks for confirmation and schedules the issue."""
        issue = self._get_issue_or_404(request, issue_id)
        if not self.has_send_permission(request):
            raise PermissionDenied
        if request.method == "POST" and (response := self.start(request, issue)):
            return response
        if not issue.is_draft:
            return redirect("admin:newsletter_issue_change", issue.pk)
        rendered = rendering.compose(issue)
        preflight.enqueue_checks(issue, rendered)
        context = self._context(
            request,
            issue,
            title="Send",
            blockers=blockers.blockers(issue),
            warnings=[*blockers.warnings(rendered, issue.newsletter), *blockers.terms(issue)],
            audience=recipients_label(issue),
            form=ScheduleForm(request.POST or None),
            zone=current_publication().time_zone,
        )
        return TemplateResponse(request, "admin/newsletter/issue/send.html", context)

    @method_decorator(require_POST)
    def override(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        """Overrides a finding of the preflight check, with a reason and the user's name."""
        issue = self._get_issue_or_404(request, issue_id)
        if not self.has_send_permission(request) or not issue.is_draft:
            raise PermissionDenied
        finding_key, reason = request.POST.get("about", ""), request.POST.get("reason", "")
        try:
            waiver = preflight.override(issue, finding_key, reason=reason, by=current_user(request))
            self.message_user(request, f"Overridden: {waiver.message}", messages.SUCCESS)
        except preflight.NotOverridden as error:
            self.message_user(request, str(error), messages.ERROR)
        return redirect("admin:newsletter_issue_send", issue_id)

    def _get_issue_or_404(self, request: HttpRequest, issue_id: int) -> Issue:
        issue = Issue.objects.select_related("newsletter").filter(pk=issue_id).first()
        if issue is None:
            raise Http404
        if not self.has_view_permission(request, issue):
            raise PermissionDenied
        return issue

    def _context(
        self, request: HttpRequest, issue: Issue, *, title: str, **extra: Any
    ) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": issue,
            "title": title,
            "subtitle": str(issue),
            "media": self.media,
            "may_send": self.has_send_permission(request) and issue.is_draft,
            "may_add": self.has_add_permission(request),
            **extra,
        }
