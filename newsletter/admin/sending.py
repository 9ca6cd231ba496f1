"""Sending an issue in the admin: schedule, unschedule, pause, resume, cancel, resolve."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from accounts.models import User
from articles.editorial.admin.fields import MomentField
from iria.publication.models import current_publication
from newsletter.admin.deliveries import parse_pk
from newsletter.admin.issue_tools import current_user
from newsletter.bounces.processing import bounce_summary
from newsletter.delivery import controls, recipients, sending
from newsletter.delivery.progress import Progress, named_links, unsubscribed_after
from newsletter.delivery.sending import NotReady
from newsletter.models import Delivery, Issue, UncertainResolution

SCHEDULE: Final = "_schedule"
ALL: Final = "all"


class ScheduleForm(forms.Form):
    """The time at which an issue is sent."""

    send_at = MomentField(
        label="Date and time", error_messages={"required": "Enter a date and time."}
    )


class SendingPages:
    """POST views that control sending; each redirects to the issue with a message."""

    message_user: Callable[..., None]
    _get_issue_or_404: Callable[[HttpRequest, int], Issue]
    """Returns the issue if the user may view it; implemented by the admin class."""

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("newsletter.send_issue")

    def delivery(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        """Renders only the progress, for the page that polls it."""
        issue = self._get_issue_or_404(request, issue_id)
        return render(
            request, "admin/newsletter/issue/_delivery.html", self.delivery_context(request, issue)
        )

    def delivery_context(self, request: HttpRequest, issue: Issue) -> dict[str, Any]:
        progress = Progress.of(issue)
        has_results = issue.has_started and issue.state != Issue.State.SENDING
        return {
            "original": issue,
            "progress": progress,
            "bounces": bounce_summary(issue),
            **(_results(issue, progress) if has_results else {}),
            "can_control": self.has_send_permission(request),
            "zone": current_publication().time_zone,
        }

    def start(self, request: HttpRequest, issue: Issue) -> HttpResponse | None:
        """Schedules the issue as the form says; returns None if the form is invalid."""
        user = _require_sender(self, request)
        form = ScheduleForm(request.POST)
        at = None
        if SCHEDULE in request.POST:
            if not form.is_valid():
                for message in form.errors["send_at"]:
                    self.message_user(request, message, messages.ERROR)
                return None
            at = form.cleaned_data["send_at"]
        try:
            if at is None:
                sending.send_in_a_minute(issue, by=user)
            else:
                sending.send_at(issue, at, by=user)
        except NotReady as error:
            for blocker in error.blockers:
                self.message_user(request, format_html("{}", blocker), messages.ERROR)
            return None
        self.message_user(request, _scheduled_message(issue, at is None), messages.SUCCESS)
        return redirect("admin:newsletter_issue_change", issue.pk)

    @method_decorator(require_POST)
    def unschedule(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        issue, user = self._get_issue_or_404(request, issue_id), _require_sender(self, request)
        if sending.unschedule(issue, by=user):
            return self._redirect_with_message(
                request, issue, f"“{issue}” is a draft again. Nobody received it."
            )
        return self._redirect_with_message(
            request, issue, "It is no longer scheduled.", messages.WARNING
        )

    @method_decorator(require_POST)
    def pause(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        issue, user = self._get_issue_or_404(request, issue_id), _require_sender(self, request)
        if controls.pause(issue, by=user):
            return self._redirect_with_message(request, issue, f"“{issue}” was paused.")
        return self._redirect_with_message(
            request, issue, _not_sending_message(issue, "pause"), messages.WARNING
        )

    @method_decorator(require_POST)
    def resume(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        issue, user = self._get_issue_or_404(request, issue_id), _require_sender(self, request)
        try:
            controls.resume(issue, by=user)
        except controls.NotNow as error:
            return self._redirect_with_message(request, issue, str(error), messages.ERROR)
        return self._redirect_with_message(request, issue, f"“{issue}” was resumed.")

    @method_decorator(require_POST)
    def cancel(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        issue, user = self._get_issue_or_404(request, issue_id), _require_sender(self, request)
        if controls.cancel(issue, by=user):
            return self._redirect_with_message(request, issue, f"“{issue}” was cancelled.")
        return self._redirect_with_message(
            request, issue, _not_sending_message(issue, "cancel"), messages.WARNING
        )

    @method_decorator(require_POST)
    def resolve(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        """Resends or skips one uncertain delivery, or all of the issue."""
        issue, user = self._get_issue_or_404(request, issue_id), _require_sender(self, request)
        choice = request.POST.get("choice", "")
        deliveries = _selected_deliveries(issue, request.POST.get("delivery", ""))
        if choice not in UncertainResolution.Choice.values:
            message = "Choose whether to resend it."
            return self._redirect_with_message(request, issue, message, messages.ERROR)
        count = controls.resolve(deliveries, choice, by=user)
        if not count:
            return self._redirect_with_message(
                request, issue, "This was already resolved.", messages.WARNING
            )
        return self._redirect_with_message(
            request,
            issue,
            _resolved_message(count, again=choice == UncertainResolution.Choice.RESEND),
        )

    def _redirect_with_message(
        self, request: HttpRequest, issue: Issue, message: str, level: int = messages.SUCCESS
    ) -> HttpResponse:
        self.message_user(request, message, level)
        return redirect("admin:newsletter_issue_change", issue.pk)


def _results(issue: Issue, progress: Progress) -> dict[str, Any]:
    """Clicks and unsubscribes of the issue; skipped while a page polls the progress."""
    links, unsubscribed = named_links(issue), unsubscribed_after(issue)
    return {
        "links": links,
        "clicks": sum(link.clicks for link in links),
        "unsubscribed_after": unsubscribed,
        "percent_unsubscribed": 100 * unsubscribed / max(1, progress.delivered),
    }


def subscribers_label(count: int) -> str:
    return "1 subscriber" if count == 1 else f"{count} subscribers"


def recipients_label(issue: Issue) -> str:
    return subscribers_label(recipients.audience(issue).count())


def _require_sender(pages: SendingPages, request: HttpRequest) -> User:
    if not pages.has_send_permission(request):
        raise PermissionDenied
    return current_user(request)


def _scheduled_message(issue: Issue, in_a_minute: bool) -> str:
    to = recipients_label(issue)
    if in_a_minute:
        return f"“{issue}” will be sent to {to} in one minute. You can cancel until then."
    publication = current_publication()
    assert issue.send_at is not None  # noqa: S101 - it was scheduled just now
    when = f"{publication.local(issue.send_at):%d %b %Y, %H:%M}"
    return f"“{issue}” is scheduled for {when} ({publication.time_zone}), currently to {to}."


def _resolved_message(count: int, *, again: bool) -> str:
    if count == 1:
        return "1 e-mail will be resent." if again else "1 e-mail will not be resent."
    return f"{count} e-mails will {'be resent' if again else 'not be resent'}."


def _not_sending_message(issue: Issue, action: str) -> str:
    return f"“{issue}” is not being sent, so there is nothing to {action}."


def _selected_deliveries(issue: Issue, value: str) -> QuerySet[Delivery]:
    unresolved = issue.deliveries.unresolved()
    if value == ALL:
        return unresolved
    return unresolved.filter(pk=parse_pk(value))
