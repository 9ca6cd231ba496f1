"""Tools for writing an issue: article search, live preview, test e-mails, duplicate."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.csp import CSP
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from accounts.models import User
from iria.core import autosave
from newsletter.admin.deliveries import parse_pk
from newsletter.admin.issue_form import offers
from newsletter.delivery import sending
from newsletter.email import drafts, rendering
from newsletter.email.rendering import Scheme
from newsletter.models import Issue

PREVIEW_POLICY: Final = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
}
"""The e-mail in a frame: stylesheet and images, no scripts."""

PREVIEWS: Final = {
    "wide": "Desktop",
    "phone": "Phone",
    "dark": "Dark mode",
    "text": "Plain text",
}
SCHEMES: Final = {"light": Scheme.LIGHT, "dark": Scheme.DARK}
CONFLICT: Final = "A newer version was saved, in another tab or by somebody else."
SAVED: Final = "Saved. Search results are below. Select the articles to add."


class EditorPages:
    """Views that the issue form uses."""

    message_user: Callable[..., None]
    get_form: Callable[..., Any]
    has_add_permission: Callable[..., bool]
    has_change_permission: Callable[..., bool]
    has_view_permission: Callable[..., bool]
    save_model: Callable[..., None]
    construct_change_message: Callable[..., Any]
    log_addition: Callable[..., Any]
    log_change: Callable[..., Any]
    _get_issue_or_404: Callable[[HttpRequest, int], Issue]

    def articles(self, request: HttpRequest) -> HttpResponse:
        """Searches for articles to add to an issue."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        query = request.GET.get("q", "")[:200]
        excluded = [pk for key in request.GET.getlist("but")[:200] if (pk := parse_pk(key))]
        context = {
            "offers": offers(query, excluded=excluded),
            "query": query,
            "name": "chosen_articles",
        }
        return render(request, "admin/newsletter/issue/_offers.html", context)

    @method_decorator(xframe_options_sameorigin)
    @method_decorator(csp_override(PREVIEW_POLICY))
    @method_decorator(require_POST)
    def live(self, request: HttpRequest) -> HttpResponse:
        """Renders the e-mail from the unsaved form; saves nothing."""
        issue_id = parse_pk(request.GET.get("issue", ""))
        issue = self._get_issue_or_404(request, issue_id) if issue_id else None
        allowed = self.has_change_permission if issue else self.has_add_permission
        if not (allowed(request, issue) if issue else allowed(request)):
            raise PermissionDenied
        form = self.get_form(request, issue, change=issue is not None)(request.POST, instance=issue)
        with transaction.atomic():
            if not form.is_valid():
                template = "admin/newsletter/issue/live.html"
                return render(request, template, {"form": form}, status=422)
            draft = form.save(commit=False)
            drafts.save(draft, form.cleaned_data["chosen_articles"], by=current_user(request))
            response = _preview_response(draft, request.POST.get("_look", "wide"))
            transaction.set_rollback(True)
        return response

    def autosave(self, request: HttpRequest, issue_id: int | None = None) -> JsonResponse:
        """Saves the whole form in the background (`iria.core.autosave`)."""
        if request.method != "POST":
            return autosave.token(request)
        if not (
            self.has_change_permission(request) if issue_id else self.has_add_permission(request)
        ):
            raise PermissionDenied
        with transaction.atomic():
            issue = Issue.objects.select_for_update(of=("self",)).filter(pk=issue_id or 0).first()
            if issue_id and issue is None:
                return autosave.deleted("This issue was deleted.")
            if issue is not None:
                if not issue.is_draft:
                    # As for a form submitted too late: the response says why, and the text is kept.
                    request.submitted_too_late = True  # type: ignore[attr-defined]
                if request.POST.get("version") != version_of(issue):
                    return autosave.conflict(Issue, issue.pk, version_of(issue), CONFLICT)
            form = self.get_form(request, issue, change=issue is not None)(
                request.POST, instance=issue
            )
            if not form.is_valid():
                errors = " ".join(text for texts in form.errors.values() for text in texts)
                return JsonResponse({"message": errors.rstrip(".")}, status=400)
            draft = form.save(commit=False)
            self.save_model(request, draft, form, change=issue is not None)
            message = self.construct_change_message(request, form, [], issue is None)
            log = self.log_addition if issue is None else self.log_change
            log(request, draft, message)
        return autosave.saved(draft, version_of(draft), {})

    @method_decorator(xframe_options_sameorigin)
    @method_decorator(csp_override(PREVIEW_POLICY))
    def mail(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        """The e-mail as HTML, with a linked stylesheet instead of inlined CSS."""
        scheme = SCHEMES.get(request.GET.get("scheme", ""), Scheme.AS_THE_SCREEN)
        return HttpResponse(rendering.preview(self._get_issue_or_404(request, issue_id), scheme))

    @method_decorator(require_POST)
    def test(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        """Sends a test to the current user and to the selected colleagues."""
        issue = self._get_issue_or_404(request, issue_id)
        if not self.has_change_permission(request, issue):
            raise PermissionDenied
        users = _selected_colleagues(request.POST.getlist("to")) or [current_user(request)]
        self.send_test_to(request, issue, users)
        return redirect("admin:newsletter_issue_preview", issue_id)

    def send_test_to(self, request: HttpRequest, issue: Issue, users: list[User]) -> None:
        try:
            sending.send_tests(issue, users, by=current_user(request))
            to = ", ".join(user.email for user in users)
            self.message_user(request, f"Test sent to {to}.", messages.SUCCESS)
        except sending.TestNotSent as error:
            self.message_user(request, str(error), messages.ERROR)

    @method_decorator(require_POST)
    def duplicate(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        """Creates a draft with the same texts and articles."""
        issue = self._get_issue_or_404(request, issue_id)
        if not self.has_add_permission(request):
            raise PermissionDenied
        copy = drafts.duplicate(issue, by=current_user(request))
        message = f"This is a copy of “{issue}”. Edit it and send it when it is ready."
        self.message_user(request, message, messages.SUCCESS)
        return redirect("admin:newsletter_issue_change", copy.pk)


def version_of(issue: Issue) -> str:
    """Changes with each save of the draft."""
    return issue.modified_at.isoformat()


def current_user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
    return request.user


def colleagues() -> QuerySet[User]:
    """Users who may receive a test: everybody with access to the admin."""
    return User.objects.filter(is_staff=True, is_active=True).order_by("email")


def _selected_colleagues(keys: list[str]) -> list[User]:
    selected = set(keys)
    return [user for user in colleagues() if str(user.pk) in selected]


def _preview_response(draft: Issue, variant: str) -> HttpResponse:
    if variant == "text":
        text = rendering.compose(draft).addressed(rendering.TEST_TOKEN).text
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    scheme = Scheme.DARK if variant == "dark" else Scheme.LIGHT
    return HttpResponse(rendering.preview(draft, scheme))
