"""The run of an issue on the desk: sent, taken back, followed, paused, stopped, decided upon."""

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
from newsletter.admin.deliveries import number_in
from newsletter.bounces.processing import returned_of
from newsletter.delivery import controls, recipients, scheduling, uncertain
from newsletter.delivery.progress import Progress, left_after
from newsletter.delivery.sending import NotReady
from newsletter.models import Decision, Delivery, Issue

SCHEDULE: Final = "_schedule"
EVERY_ONE: Final = "all"


class ScheduleForm(forms.Form):
    """When an issue is to go out by itself."""

    goes_at = MomentField(
        label="Date and time", error_messages={"required": "Say when: a date and a time."}
    )


class RunPages:
    """Deeds of the run, each a POST that says what came of it and leads back to the issue."""

    message_user: Callable[..., None]
    _seen: Callable[[HttpRequest, int], Issue]
    """The issue of an address, for whoever may look at it; the page that these deeds belong to knows it."""

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("newsletter.send_issue")

    def run(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        """The state of the run alone, for the page that follows it."""
        issue = self._seen(request, issue_id)
        return render(request, "admin/newsletter/issue/_run.html", self.run_context(request, issue))

    def run_context(self, request: HttpRequest, issue: Issue) -> dict[str, Any]:
        return {
            "original": issue,
            "progress": Progress.of(issue),
            "returned": returned_of(issue),
            **(
                _afterwards(issue) if issue.is_frozen and issue.state != Issue.State.SENDING else {}
            ),
            "may_steer": self.has_send_permission(request),
            "zone": current_publication().time_zone,
        }

    def start(self, request: HttpRequest, issue: Issue) -> HttpResponse | None:
        """The answer to the last question; None where the form has to be shown again."""
        user = _sender(self, request)
        form = ScheduleForm(request.POST)
        at = None
        if SCHEDULE in request.POST:
            if not form.is_valid():
                for sentence in form.errors["goes_at"]:
                    self.message_user(request, sentence, messages.ERROR)
                return None
            at = form.cleaned_data["goes_at"]
        try:
            if at is None:
                scheduling.send_soon(issue, by=user)
            else:
                scheduling.send_at(issue, at, by=user)
        except NotReady as refusal:
            for obstacle in refusal.obstacles:
                self.message_user(request, format_html("{}", obstacle), messages.ERROR)
            return None
        self.message_user(request, _will_go(issue, at is None), messages.SUCCESS)
        return redirect("admin:newsletter_issue_change", issue.pk)

    @method_decorator(require_POST)
    def undo(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        issue, user = self._seen(request, issue_id), _sender(self, request)
        if scheduling.unschedule(issue, by=user):
            return self._said(request, issue, f"“{issue}” is a draft again; nobody received it.")
        return self._said(request, issue, "It does not wait any more.", messages.WARNING)

    @method_decorator(require_POST)
    def pause(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        issue, user = self._seen(request, issue_id), _sender(self, request)
        if controls.pause(issue, by=user):
            return self._said(request, issue, f"“{issue}” is paused.")
        return self._said(request, issue, _nothing(issue, "pause"), messages.WARNING)

    @method_decorator(require_POST)
    def go_on(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        issue, user = self._seen(request, issue_id), _sender(self, request)
        try:
            controls.resume(issue, by=user)
        except controls.NotNow as refusal:
            return self._said(request, issue, str(refusal), messages.ERROR)
        return self._said(request, issue, f"“{issue}” goes on.")

    @method_decorator(require_POST)
    def stop(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        issue, user = self._seen(request, issue_id), _sender(self, request)
        if controls.cancel(issue, by=user):
            return self._said(request, issue, f"“{issue}” is stopped.")
        return self._said(request, issue, _nothing(issue, "stop"), messages.WARNING)

    @method_decorator(require_POST)
    def decide(self, request: HttpRequest, issue_id: int) -> HttpResponse:
        """Send again or leave: one uncertain mail, or every one of the issue."""
        issue, user = self._seen(request, issue_id), _sender(self, request)
        choice = request.POST.get("choice", "")
        chosen = _chosen(issue, request.POST.get("delivery", ""))
        if choice not in Decision.Choice.values:
            sentence = "Choose whether to send it again or to leave it."
            return self._said(request, issue, sentence, messages.ERROR)
        count = uncertain.decide(chosen, choice, by=user)
        if not count:
            return self._said(request, issue, "That was decided already.", messages.WARNING)
        return self._said(request, issue, _decided(count, again=choice == Decision.Choice.AGAIN))

    def _said(
        self, request: HttpRequest, issue: Issue, sentence: str, level: int = messages.SUCCESS
    ) -> HttpResponse:
        self.message_user(request, sentence, level)
        return redirect("admin:newsletter_issue_change", issue.pk)


def _afterwards(issue: Issue) -> dict[str, Any]:
    """What followed; not asked while it is being sent and somebody's page follows it."""
    return {"left_after": left_after(issue), "links": list(issue.links.all())}


def subscribers(count: int) -> str:
    return "1 subscriber" if count == 1 else f"{count} subscribers"


def audience_of(issue: Issue) -> str:
    return subscribers(recipients.audience(issue).count())


def _sender(pages: RunPages, request: HttpRequest) -> User:
    if not pages.has_send_permission(request):
        raise PermissionDenied
    assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
    return request.user


def _will_go(issue: Issue, soon: bool) -> str:
    to = audience_of(issue)
    if soon:
        return f"“{issue}” goes to {to} in a minute. Until then you can take it back."
    publication = current_publication()
    assert issue.goes_at is not None  # noqa: S101 - it was scheduled just now
    when = f"{publication.local(issue.goes_at):%d %b %Y, %H:%M}"
    return f"“{issue}” goes out on {when} ({publication.time_zone}); now that would be {to}."


def _decided(count: int, *, again: bool) -> str:
    if count == 1:
        return "1 mail is to be sent again." if again else "1 mail is left as it is."
    return f"{count} mails are {'to be sent again' if again else 'left as they are'}."


def _nothing(issue: Issue, deed: str) -> str:
    return f"“{issue}” is not being sent, so there was nothing to {deed}."


def _chosen(issue: Issue, which: str) -> QuerySet[Delivery]:
    undecided = issue.deliveries.undecided()
    if which == EVERY_ONE:
        return undecided
    return undecided.filter(pk=number_in(which))
