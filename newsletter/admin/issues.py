"""Issues on the desk: written, looked at, tried, sent, followed."""

from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import Script
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.csp import CSP
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from accounts.models import User
from articles.editorial.models import Article
from iria.publication.models import current_publication
from newsletter import checklist, composing, drafting, sending
from newsletter.admin.issue_form import IssueForm
from newsletter.admin.run import RunPages, ScheduleForm, audience_of
from newsletter.models import Issue
from newsletter.preflight import findings as preflight
from newsletter.preflight import looking

PREVIEW_POLICY: Final = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
}
"""The mail as a document of its own: its stylesheet and pictures, nothing that runs."""


TOO_LATE: Final = "This issue went out meanwhile; what was sent can no longer change."
WAITS: Final = "This issue waits to go out; take it back to change it."


class IssueAdmin(RunPages, admin.ModelAdmin[Issue]):
    form = IssueForm
    change_form_template = "admin/newsletter/issue/change_form.html"
    change_list_template = "admin/newsletter/issue/change_list.html"
    list_display = ["subject_or_hint", "newsletter", "state", "made_by", "changed_at", "started_at"]
    list_filter = ["state", "newsletter"]
    list_select_related = ["newsletter", "made_by"]
    search_fields = ["subject", "introduction"]
    view_on_site = False
    fieldsets = (
        (None, {"fields": ("newsletter", "subject", "preheader")}),
        ("What it says", {"fields": ("introduction", "chosen_articles", "closing")}),
        ("Address in the archive", {"fields": ("slug",), "classes": ["collapse"]}),
    )
    view_fieldsets = ((None, {"fields": ("newsletter", "subject", "preheader", "slug")}),)

    class Media:
        css = {"all": ["desk/article.css", "desk/newsletter.css"]}
        js = [Script("desk/run.js", type="module")]

    @admin.display(description="Subject", ordering="subject")
    def subject_or_hint(self, issue: Issue) -> str:
        return str(issue)

    def get_fieldsets(self, request: HttpRequest, obj: Issue | None = None) -> Any:
        may_write = self.has_change_permission(request, obj) if obj else True
        return self.fieldsets if may_write else self.view_fieldsets

    # Who may do what

    def has_change_permission(self, request: HttpRequest, obj: Issue | None = None) -> bool:
        """What went out can be looked at, and nothing else."""
        return super().has_change_permission(request, obj) and (obj is None or obj.is_draft)

    def has_delete_permission(self, request: HttpRequest, obj: Issue | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_draft)

    # Writing

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        issue = self.get_object(request, object_id) if object_id else None
        if request.method == "POST" and issue is not None and not issue.is_draft:
            sentence = TOO_LATE if issue.is_frozen else WAITS
            self.message_user(request, sentence, messages.ERROR)
            return redirect("admin:newsletter_issue_change", issue.pk)
        context = {**(extra_context or {}), "may_send": self.has_send_permission(request)}
        if issue is not None and not issue.is_draft:
            context |= self.run_context(request, issue)
        return super().changeform_view(request, object_id, form_url, context)

    def save_model(self, request: HttpRequest, obj: Issue, form: Any, change: bool) -> None:
        articles: list[Article] = form.cleaned_data["chosen_articles"]
        if not change and (known := drafting.same_draft(obj, by=_user(request))):
            obj.pk, obj.slug, obj.made_by = known.pk, known.slug, known.made_by
            obj.made_at = known.made_at
        drafting.save(obj, articles, by=_user(request))

    # Looking, trying, sending

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        deeds = (
            ("preview", self.preview),
            ("mail", self.mail),
            ("test", self.test),
            ("send", self.send),
            ("run", self.run),
            ("undo", self.undo),
            ("pause", self.pause),
            ("go_on", self.go_on),
            ("stop", self.stop),
            ("decide", self.decide),
            ("waive", self.waive),
        )
        return [
            path(f"<int:issue_id>/{name}/", guard(view), name=f"newsletter_issue_{name}")
            for name, view in deeds
        ] + super().get_urls()

    def preview(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        """The mail as a wide screen, a phone and a reader of plain text see it."""
        issue = self._seen(request, issue_id)
        letter = composing.compose(issue)
        if issue.is_draft:
            looking.look_soon(issue, letter)
        context = self._context(
            request,
            issue,
            title="Preview",
            letter=letter,
            obstacles=checklist.obstacles(issue) if issue.is_draft else [],
            warnings=[*checklist.warnings(letter), *checklist.terms(issue)],
            text=issue.sent_text or letter.text,
        )
        return TemplateResponse(request, "admin/newsletter/issue/preview.html", context)

    @method_decorator(xframe_options_sameorigin)
    @method_decorator(csp_override(PREVIEW_POLICY))
    def mail(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        """The mail's HTML, from the same template, with its rules in a file instead of inline."""
        return HttpResponse(composing.preview(self._seen(request, issue_id)))

    @method_decorator(require_POST)
    def test(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        issue = self._seen(request, issue_id)
        if not self.has_change_permission(request, issue):
            raise PermissionDenied
        user = _user(request)
        try:
            sending.send_test(issue, user.email, by=user)
            self.message_user(request, f"A test is on its way to {user.email}.", messages.SUCCESS)
        except sending.NotTaken as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        return redirect("admin:newsletter_issue_preview", issue_id)

    def send(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        """The last question before it goes out, and the answer."""
        issue = self._seen(request, issue_id)
        if not self.has_send_permission(request):
            raise PermissionDenied
        if request.method == "POST" and (answer := self.start(request, issue)):
            return answer
        if not issue.is_draft:
            return redirect("admin:newsletter_issue_change", issue.pk)
        letter = composing.compose(issue)
        looking.look_soon(issue, letter)
        context = self._context(
            request,
            issue,
            title="Send",
            obstacles=checklist.obstacles(issue),
            warnings=[*checklist.warnings(letter), *checklist.terms(issue)],
            audience=audience_of(issue),
            form=ScheduleForm(request.POST or None),
            zone=current_publication().zone,
        )
        return TemplateResponse(request, "admin/newsletter/issue/send.html", context)

    @method_decorator(require_POST)
    def waive(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        """Lets the issue go out in spite of something that was found, with a reason and a name."""
        issue = self._seen(request, issue_id)
        if not self.has_send_permission(request) or not issue.is_draft:
            raise PermissionDenied
        about, reason = request.POST.get("about", ""), request.POST.get("reason", "")
        try:
            waiver = preflight.waive(issue, about, reason=reason, by=_user(request))
            self.message_user(request, f"Waived: {waiver.words}", messages.SUCCESS)
        except preflight.NotWaived as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        return redirect("admin:newsletter_issue_send", issue_id)

    def _seen(self, request: HttpRequest, issue_id: int) -> Issue:
        issue = Issue.objects.select_related("newsletter").filter(pk=issue_id).first()
        if issue is None:
            raise Http404
        if not self.has_view_permission(request, issue):
            raise PermissionDenied
        return issue

    def _context(
        self, request: HttpRequest, issue: Issue, *, title: str, **more: Any
    ) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": issue,
            "title": title,
            "subtitle": str(issue),
            "media": self.media,
            "may_send": self.has_send_permission(request) and issue.is_draft,
            **more,
        }


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
    return request.user
