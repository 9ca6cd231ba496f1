"""Tools for writing an issue: article search, live preview, test e-mails, duplicate."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.csp import CSP
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from accounts.models import User
from newsletter.admin.issue_form import key_of, offers
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
SAVED: Final = "Saved. Search results are below. Select the articles to add."


class EditorPages:
    """Views that the issue form uses."""

    message_user: Callable[..., None]
    get_form: Callable[..., Any]
    has_add_permission: Callable[..., bool]
    has_change_permission: Callable[..., bool]
    has_view_permission: Callable[..., bool]
    _get_issue_or_404: Callable[[HttpRequest, int], Issue]

    def articles(self, request: HttpRequest) -> HttpResponse:
        """Searches for articles to add to an issue."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        words = request.GET.get("q", "")[:200]
        taken = [number for key in request.GET.getlist("but")[:200] if (number := key_of(key))]
        context = {"offers": offers(words, but=taken), "words": words, "name": "chosen_articles"}
        return render(request, "admin/newsletter/issue/_offers.html", context)

    @method_decorator(xframe_options_sameorigin)
    @method_decorator(csp_override(PREVIEW_POLICY))
    @method_decorator(require_POST)
    def live(self, request: HttpRequest) -> HttpResponse:
        """Renders the e-mail from the unsaved form; saves nothing."""
        key = key_of(request.GET.get("issue", ""))
        issue = self._get_issue_or_404(request, key) if key else None
        allowed = self.has_change_permission if issue else self.has_add_permission
        if not (allowed(request, issue) if issue else allowed(request)):
            raise PermissionDenied
        form = self.get_form(request, issue, change=issue is not None)(request.POST, instance=issue)
        with transaction.atomic():
            if not form.is_valid():
                page = "admin/newsletter/issue/live.html"
                return render(request, page, {"form": form}, status=422)
            draft = form.save(commit=False)
            drafts.save(draft, form.cleaned_data["chosen_articles"], by=person(request))
            answer = _preview_response(draft, request.POST.get("_look", "wide"))
            transaction.set_rollback(True)
        return answer

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
        chosen = _selected_colleagues(request.POST.getlist("to")) or [person(request)]
        try:
            sending.send_tests(issue, chosen, by=person(request))
            to = ", ".join(user.email for user in chosen)
            self.message_user(request, f"Test sent to {to}.", messages.SUCCESS)
        except sending.NotTaken as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        return redirect("admin:newsletter_issue_preview", issue_id)

    @method_decorator(require_POST)
    def duplicate(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        """Creates a draft with the same texts and articles."""
        issue = self._get_issue_or_404(request, issue_id)
        if not self.has_add_permission(request):
            raise PermissionDenied
        copy = drafts.duplicate(issue, by=person(request))
        sentence = f"This is a copy of “{issue}”. Edit it and send it when it is ready."
        self.message_user(request, sentence, messages.SUCCESS)
        return redirect("admin:newsletter_issue_change", copy.pk)


def person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
    return request.user


def colleagues() -> QuerySet[User]:
    """Users who may receive a test: everybody with access to the admin."""
    return User.objects.filter(is_staff=True, is_active=True).order_by("email")


def _selected_colleagues(keys: list[str]) -> list[User]:
    wanted = set(keys)
    return [user for user in colleagues() if str(user.pk) in wanted]


def _preview_response(draft: Issue, look: str) -> HttpResponse:
    if look == "text":
        text = rendering.compose(draft).addressed(rendering.TEST_TOKEN).text
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    scheme = Scheme.DARK if look == "dark" else Scheme.LIGHT
    return HttpResponse(rendering.preview(draft, scheme))
