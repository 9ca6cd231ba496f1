"""The actions of moderators: decide, undo, claim, feature. They respond to forms and to the script."""

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation import cases, decisions, queues
from articles.comments.moderation import decisions as moderation_undo
from articles.comments.moderation.forms import DecisionForm
from articles.comments.submission.validation import parse_id

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
            url("next/", require_safe(self.next_one), "next"),
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
        action = request.POST.get("verb", "")
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
            return self._respond(request, str(error), status=423)
        except decisions.EditedMeanwhile as error:
            page = self._page_of(request, pk)
            return self._respond(request, str(error), status=412, back=page)
        except decisions.DecidedMeanwhile as error:
            return self._respond(request, str(error), status=409)
        message = _counted(1, PAST_TENSE[action]) if row else ""
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
        message = _counted(1, "featured" if on else "unfeatured")
        return self._respond(request, message, rows=[row], back=self._page_of(request, pk))

    def undo(self, request: HttpRequest) -> HttpResponse:
        user = self._moderator(request)
        pks = [
            found for each in request.POST.get("rows", "").split(",") if (found := parse_id(each))
        ]
        rows = ModerationDecision.objects.filter(pk__in=pks[:1000]).order_by("pk")
        try:
            count = moderation_undo.undo(rows, by=user)
        except moderation_undo.UndoExpired as error:
            return self._respond(request, str(error), status=409)
        return self._respond(request, _counted(count, "restored"))

    def claim(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Claims a comment; responds with the moderator who has claimed it already, if any."""
        user = self._moderator(request)
        return JsonResponse({"other": cases.claim(get_object_or_404(Comment, pk=pk), by=user)})

    # Next comment

    def next_one(self, request: HttpRequest) -> HttpResponse:
        """Redirects to the next comment of a queue that nobody else has claimed."""
        queue = queues.parse_queue(request.GET.get("queue"))
        after = parse_id(request.GET.get("after")) or 0
        comments = queues.in_queue(queue, Comment.objects.all()).order_by(*queues.ordering(queue))
        user = self._moderator(request)
        previous = comments.filter(pk=after).first()
        found = cases.claim_next(user, _following(comments, previous, queue)) if previous else None
        found = found or cases.claim_next(user, comments.exclude(pk=after))
        query = urlencode({"queue": queue})
        if found is None:
            self.message_user(request, "No more comments in this queue.", messages.INFO)
            return redirect(f"{reverse('admin:articles_comment_changelist')}?{query}")
        page = reverse("admin:articles_comment_change", args=[found.pk])
        return redirect(f"{page}?{urlencode({'_changelist_filters': query})}")

    def live(self, request: HttpRequest) -> JsonResponse:
        """For the script: the counts, the listed comments that left the queue, and the claimed ones."""
        user = self._moderator(request)
        pks = [
            found for each in request.GET.get("shown", "").split(",") if (found := parse_id(each))
        ]
        shown = Comment.objects.filter(pk__in=pks[:200])
        queue = queues.parse_queue(request.GET.get("queue"))
        in_queue = set(queues.in_queue(queue, shown).values_list("pk", flat=True))
        return JsonResponse(
            {
                "counts": queues.cached_counts(),
                "gone": [pk for pk in pks if pk not in in_queue],
                "claimed": cases.claimed_by_others(list(shown), than=user),
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
                _with_undo(_counted(len(saved), PAST_TENSE[action]), saved),
                messages.SUCCESS,
            )
        # The selected comments that have left the queue are missing from the queryset.
        missing = len(set(request.POST.getlist(ACTION_CHECKBOX_NAME))) - len(comments)
        if missing > 0 and request.POST.get("select_across", "0") != "1":
            self.message_user(
                request, _counted(missing, "already decided by another moderator"), messages.WARNING
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
    ) -> HttpResponse:
        """Responds to the script with JSON, to a form with a redirect and a message."""
        saved = [row for row in rows if row]
        if "application/json" in request.headers.get("Accept", ""):
            data = {"said": message, "rows": _joined(saved), "counts": queues.counts()}
            return JsonResponse(data, status=status)
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
    referer = urlsplit(request.headers.get("Referer", ""))
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


def _counted(count: int, participle: str) -> str:
    if count == 1:
        return f"One comment was {participle}."
    return f"{count} comments were {participle}."
