"""The forms and actions of moderators: decide, undo, claim, feature. They respond to forms and to the script."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import decisions, queues
from articles.comments.moderation.models import Ban, RejectionReason
from iria.core.http.urls import parse_id
from iria.core.text.validators import validate_not_blank, validate_storable

REASON_MAX_LENGTH = ModerationDecision._meta.get_field("reason").max_length or 500
DURATIONS: Final = {
    "1": ("1 day", timedelta(days=1)),
    "7": ("1 week", timedelta(days=7)),
    "30": ("30 days", timedelta(days=30)),
    "365": ("1 year", timedelta(days=365)),
    "": ("permanently", None),
}
SEEN_STATE: Final = rf"^({'|'.join(Comment.State.values)})(:\d{{1,20}})?\Z"
"""A state, or `Comment.change_token`."""


def active_reasons() -> Any:
    return RejectionReason.objects.filter(active=True)


class DecisionForm(forms.Form):
    """The reason, whether the commenter is notified, and the state that the moderator saw."""

    listed = forms.ModelChoiceField(
        queryset=RejectionReason.objects.all(),
        required=False,
        error_messages={
            "invalid_choice": ("This reason is no longer in the list. Choose another.")
        },
    )
    reason = forms.CharField(
        required=False, max_length=REASON_MAX_LENGTH, validators=[validate_storable]
    )
    tell = forms.BooleanField(required=False)
    seen = forms.RegexField(SEEN_STATE, required=False)
    read_at = forms.DateTimeField(required=False)

    @staticmethod
    def seen_state(post_data: QueryDict, comment: Comment) -> str | None:
        """Returns the state in which a listed comment was shown; None if it was not on the page."""
        seen = post_data.get(f"seen-{comment.pk}", "")
        return seen if re.match(SEEN_STATE, seen) else None

    @property
    def full_reason(self) -> str:
        """The reason that was entered, otherwise the message of the one that was chosen."""
        listed = self.cleaned_data["listed"]
        return self.cleaned_data["reason"] or (listed.message if listed else "")

    @property
    def error_message(self) -> str:
        """All errors as one line."""
        return " ".join(
            f"{field.capitalize()}: {messages[0]}" for field, messages in self.errors.items()
        )


class ModerationActionForm(ActionForm):
    """The form above the list: the action for the selected comments, and the reason.

    `DecisionForm` validates the reason, because Django's changelist would report any error as
    “No action selected”.
    """

    listed = forms.ModelChoiceField(
        queryset=RejectionReason.objects.none(),
        required=False,
        empty_label="none",
        label="Rejection reason:",
    )
    reason = forms.Field(
        required=False,
        label="or other reason:",
        widget=forms.TextInput({"maxlength": REASON_MAX_LENGTH}),
    )
    tell = forms.BooleanField(required=False, label="Notify the commenter")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["listed"].queryset = active_reasons()  # type: ignore[attr-defined]


class BanForm(forms.Form):
    """Identifiers, duration and reason of a ban, and what happens to existing comments."""

    kinds = forms.MultipleChoiceField(
        label="Ban by",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    length = forms.ChoiceField(
        label="Duration",
        choices=[(key, label.capitalize()) for key, (label, _) in DURATIONS.items()],
        required=False,
        initial="7",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Reason",
        max_length=300,
        validators=[validate_storable, validate_not_blank],
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="For the log and other moderators. The commenter does not see it.",
        error_messages={"required": "Enter a reason."},
    )
    existing_comments = forms.ChoiceField(
        label="Existing comments",
        choices=Ban.ExistingComments,
        initial=Ban.ExistingComments.REJECT_PENDING,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, known: Collection[str]) -> None:
        """Only the account is preselected: the address of a guest may belong to somebody else."""
        super().__init__(data)
        choices = [(kind.value, _label(kind, known)) for kind in Ban.Kind if kind in known]
        field = self.fields["kinds"]
        field.choices = choices  # type: ignore[attr-defined]
        field.initial = [value for value, _ in choices if value == Ban.Kind.ACCOUNT]

    def expires_at(self) -> datetime | None:
        _, duration = DURATIONS[self.cleaned_data["length"]]
        return timezone.now() + duration if duration else None


def _label(kind: Ban.Kind, known: Collection[str]) -> str:
    if kind == Ban.Kind.EMAIL and Ban.Kind.ACCOUNT in known:
        return "E-mail address of the account"
    return {
        Ban.Kind.ACCOUNT: "Account",
        Ban.Kind.EMAIL: "E-mail address (guests with it are pending; accounts are not affected)",
        Ban.Kind.NAME: "Name (others with this name are pending)",
        Ban.Kind.IP_ADDRESS: "IP address (comments from it are pending)",
        Ban.Kind.NETWORK: "Network, /24 or /56 (comments from it are pending)",
    }[kind]


REPLY: Final = "reply"
"""Approves the comment, because readers must see it first, and continues with the form for a reply."""
DECISIONS: Final = {
    "approve": Comment.State.APPROVED,
    "reject": Comment.State.REJECTED,
    "spam": Comment.State.SPAM,
    REPLY: Comment.State.APPROVED,
}
PAST_TENSE: Final = {
    "approve": "approved",
    REPLY: "approved",
    "reject": "rejected",
    "spam": "marked as spam",
}
NEXT: Final = "next"
"""Sent by the page of a comment, to continue with the next comment of the queue."""
DASHBOARD: Final = "dashboard"
"""Sent by the dashboard, to return there."""


class ModerationMixin(admin.ModelAdmin[Comment]):
    """The actions of moderators, each with its own URL."""

    def get_urls(self) -> list[URLPattern]:
        def url(route: str, view: Any, name: str) -> Any:
            return path(route, self.admin_site.admin_view(view), name=f"articles_comment_{name}")

        return [
            url("<int:pk>/decide/", require_POST(self.decide), "decide"),
            url("<int:pk>/claim/", require_POST(self.claim), "claim"),
            url("<int:pk>/feature/", require_POST(self.feature), "feature"),
            url("undo/", require_POST(self.undo), "undo"),
            url("next/", require_safe(self.next_comment), "next"),
            url("live/", require_safe(self.live), "live"),
            *super().get_urls(),
        ]

    # One comment

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Decides about one comment, from the list or from its page."""
        user = self._moderator(request)
        comment = get_object_or_404(Comment.objects.select_related("user"), pk=pk)
        seen = request.POST.get("seen") or request.GET.get("seen") or ""
        sent = {**request.POST.dict(), "seen": seen}
        if "listed" in request.GET:  # A reason from the menu of a row.
            sent |= {"listed": request.GET["listed"], "reason": ""}
            sent["tell"] = request.POST.get(f"tell-{pk}", "")
        form = DecisionForm(sent)
        action = request.POST.get("decision", "")
        if action not in DECISIONS or not form.is_valid():
            message = form.error_message or "Choose a decision."
            return self._respond(request, message, status=422, back=self._page_of(request, pk))
        try:
            row = decisions.decide(
                comment,
                DECISIONS[action],
                by=user,
                seen=form.cleaned_data["seen"] or None,
                read_at=form.cleaned_data["read_at"],
                reason=form.full_reason if action == "reject" else "",
                notify=action == "reject" and form.cleaned_data["tell"],
            )
        except decisions.ClaimedByOther as error:
            return self._respond(request, str(error), status=423, other=error.moderator)
        except decisions.EditedMeanwhile as error:
            page = self._page_of(request, pk)
            return self._respond(request, str(error), status=412, back=page)
        except decisions.DecidedMeanwhile as error:
            return self._respond(request, str(error), status=409)
        message = _summary(1, PAST_TENSE[action]) if row else ""
        back = _reply_url(comment) if action == REPLY else ""
        return self._respond(request, message, rows=[row], back=back)

    def feature(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = self._moderator(request)
        if not request.user.has_perm("articles.feature_comment"):
            raise PermissionDenied
        comment = get_object_or_404(Comment, pk=pk)
        on = not comment.featured
        try:
            row = decisions.feature(comment, by=user, on=on)
        except decisions.DecidedMeanwhile:
            message = "Only published comments can be featured. Approve it first."
            return self._respond(request, message, status=409)
        message = _summary(1, "featured" if on else "unfeatured")
        return self._respond(request, message, rows=[row], back=self._page_of(request, pk))

    def undo(self, request: HttpRequest) -> HttpResponse:
        user = self._moderator(request)
        pks = _parse_ids(request.POST.get("rows", ""))
        rows = ModerationDecision.objects.filter(pk__in=pks[:1000]).order_by("pk")
        try:
            decisions.undo(rows, by=user)
        except decisions.UndoExpired as error:
            return self._respond(request, str(error), status=409)
        return self._respond(request, _summary(len(rows), "restored"))

    def claim(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Claims a comment; responds with the moderator who has claimed it already, if any."""
        user = self._moderator(request)
        return JsonResponse({"other": queues.claim(get_object_or_404(Comment, pk=pk), by=user)})

    # Next comment

    def next_comment(self, request: HttpRequest) -> HttpResponse:
        """Redirects to the next comment of a queue that nobody else has claimed."""
        queue = queues.parse_queue(request.GET.get("queue"))
        after = parse_id(request.GET.get("after")) or 0
        comments = queues.in_queue(queue, Comment.objects.all()).order_by(*queues.ordering(queue))
        user = self._moderator(request)
        previous = comments.filter(pk=after).first()
        comment = (
            queues.claim_next(user, _following(comments, previous, queue)) if previous else None
        )
        comment = comment or queues.claim_next(user, comments.exclude(pk=after))
        query = urlencode({"queue": queue})
        if comment is None:
            self.message_user(request, "No more comments in this queue.", messages.INFO)
            return redirect(f"{reverse('admin:articles_comment_changelist')}?{query}")
        page = reverse("admin:articles_comment_change", args=[comment.pk])
        return redirect(f"{page}?{urlencode({'_changelist_filters': query})}")

    def live(self, request: HttpRequest) -> JsonResponse:
        """For the script: the counts, the listed comments that left the queue, and the claimed ones."""
        user = self._moderator(request)
        pks = _parse_ids(request.GET.get("shown", ""))
        shown = Comment.objects.filter(pk__in=pks[:200])
        queue = queues.parse_queue(request.GET.get("queue"))
        in_queue = set(queues.in_queue(queue, shown).values_list("pk", flat=True))
        return JsonResponse(
            {
                "counts": queues.cached_counts(),
                "gone": [pk for pk in pks if pk not in in_queue],
                "claimed": queues.claimed_by_others(list(shown), user=user),
            }
        )

    # Several comments

    @admin.action(permissions=["change"], description="Approve")
    def approve_chosen(self, request: HttpRequest, selected: QuerySet[Comment]) -> None:
        self._decide_chosen(request, "approve", selected)

    @admin.action(permissions=["change"], description="Reject")
    def reject_chosen(self, request: HttpRequest, selected: QuerySet[Comment]) -> None:
        self._decide_chosen(request, "reject", selected)

    @admin.action(permissions=["change"], description="Mark as spam")
    def spam_chosen(self, request: HttpRequest, selected: QuerySet[Comment]) -> None:
        self._decide_chosen(request, "spam", selected)

    def _decide_chosen(
        self, request: HttpRequest, action: str, selected: QuerySet[Comment]
    ) -> None:
        user = self._moderator(request)
        form = DecisionForm(request.POST)
        if not form.is_valid():
            self.message_user(request, form.error_message, messages.ERROR)
            return
        details: dict[str, Any] = {"read_at": form.cleaned_data["read_at"]}
        if action == "reject":
            details |= {"reason": form.full_reason, "notify": form.cleaned_data["tell"]}
        comments = list(selected.select_related("user"))
        rows = []
        for comment in comments:
            try:
                seen = DecisionForm.seen_state(request.POST, comment)
                rows.append(
                    decisions.decide(comment, DECISIONS[action], by=user, seen=seen, **details)
                )
            except decisions.DecidedMeanwhile as error:
                self.message_user(request, f"{comment.public_name}: {error}", messages.WARNING)
        saved = [row for row in rows if row]
        if saved:
            self.message_user(
                request,
                _with_undo(_summary(len(saved), PAST_TENSE[action]), saved),
                messages.SUCCESS,
            )
        # The selected comments that have left the queue are missing from the queryset.
        missing = len(set(request.POST.getlist(ACTION_CHECKBOX_NAME))) - len(comments)
        if missing > 0 and request.POST.get("select_across", "0") != "1":
            self.message_user(
                request, _summary(missing, "already decided by another moderator"), messages.WARNING
            )

    # Responses

    def _moderator(self, request: HttpRequest) -> User:
        if not self.has_change_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, User)  # noqa: S101 - the admin requires it
        return request.user

    def _respond(
        self,
        request: HttpRequest,
        message: str,
        *,
        rows: Iterable[ModerationDecision | None] = (),
        status: int = 200,
        back: str = "",
        other: str = "",
    ) -> HttpResponse:
        """Responds to the script with JSON, to a form with a redirect and a message.

        Args:
            other: the moderator who has claimed the comment.
        """
        saved = [row for row in rows if row]
        if "application/json" in request.headers.get("Accept", ""):
            data = {"message": message, "rows": _joined(saved), "counts": queues.counts()}
            return JsonResponse({**data, "other": other}, status=status)
        level = messages.SUCCESS if status == 200 else messages.WARNING
        if status == 422:
            level = messages.ERROR
        if message:
            self.message_user(request, _with_undo(message, saved) if saved else message, level)
        if back:
            return redirect(back)
        queue = request.POST.get("queue", "")
        if request.POST.get("then") == DASHBOARD:
            return redirect("admin:index")
        if request.POST.get("then") == NEXT:
            return redirect(
                f"{reverse('admin:articles_comment_next')}?{urlencode({'queue': queue})}"
            )
        return redirect(_list_url(request))

    def _page_of(self, request: HttpRequest, pk: int) -> str:
        """Returns the URL of the page of a comment with the reason that was entered."""
        page = reverse("admin:articles_comment_change", args=[pk])
        query = {"reason": request.POST.get("reason", "")[:2000]}
        if queue := request.POST.get("queue"):
            query["_changelist_filters"] = urlencode({"queue": queue})
        return f"{page}?{urlencode(query)}"


def _parse_ids(text: str) -> list[int]:
    return [pk for each in text.split(",") if (pk := parse_id(each))]


def _reply_url(comment: Comment) -> str:
    query = {"article": comment.article_id, "parent": comment.pk}
    return f"{reverse('comment_new')}?{urlencode(query)}"


def _following(comments: QuerySet[Comment], previous: Comment, queue: str) -> QuerySet[Comment]:
    """Returns the comments after a comment in the order of the queue."""
    lookup = "lt" if queues.ordering(queue)[0].startswith("-") else "gt"
    return comments.filter(**{f"created_at__{lookup}e": previous.created_at}).exclude(
        pk=previous.pk
    )


def _list_url(request: HttpRequest) -> str:
    """Returns the URL of the list, with its filters if the form was sent from there."""
    page = reverse("admin:articles_comment_changelist")
    try:
        referer = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return page
    return f"{page}?{referer.query}" if referer.path == page and referer.query else page


def _joined(rows: list[ModerationDecision]) -> str:
    return ",".join(str(row.pk) for row in rows)


def _with_undo(message: str, rows: list[ModerationDecision]) -> SafeString:
    """Adds the undo button, which belongs to an empty form on every admin page of comments."""
    return format_html(
        '{} <button class="admin-undo" form="admin-undo" name="rows" value="{}">Undo</button>',
        message,
        _joined(rows),
    )


def _summary(count: int, participle: str) -> str:
    if count == 1:
        return f"One comment was {participle}."
    return f"{count} comments were {participle}."
