"""Moderators' actions in the admin: decide, undo, claim, feature; for forms and for the script."""

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
from articles.comments.moderation import undo as moderation_undo
from articles.comments.moderation.forms import DecisionForm
from articles.comments.submission.validation import number

DECISIONS: Final = {
    "approve": Comment.State.APPROVED,
    "reject": Comment.State.REJECTED,
    "spam": Comment.State.SPAM,
}
DONE: Final = {"approve": "approved", "reject": "rejected", "spam": "marked as spam"}
NEXT: Final = "next"
"""Sent by a comment's own page: on with the next that waits in the queue, instead of the list."""


class DecidesComments(admin.ModelAdmin[Comment]):
    """The moderators' actions, each with a URL of its own."""

    def get_urls(self) -> list[URLPattern]:
        def at(route: str, view: Any, name: str) -> Any:
            return path(route, self.admin_site.admin_view(view), name=f"articles_comment_{name}")

        return [
            at("<int:pk>/decide/", require_POST(self.decide), "decide"),
            at("<int:pk>/claim/", require_POST(self.claim), "claim"),
            at("<int:pk>/feature/", require_POST(self.feature), "feature"),
            at("undo/", require_POST(self.undo), "undo"),
            at("next/", require_safe(self.next_one), "next"),
            at("live/", require_safe(self.live), "live"),
            *super().get_urls(),
        ]

    # One

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One decision, from the list or from the comment's own page."""
        user = self._moderator(request)
        comment = get_object_or_404(Comment.objects.select_related("user"), pk=pk)
        seen = request.POST.get("seen") or request.GET.get("seen") or ""
        form = DecisionForm({**request.POST.dict(), "seen": seen})
        verb = request.POST.get("verb", "")
        if verb not in DECISIONS or not form.is_valid():
            sentence = form.sentence or "Choose a decision."
            return self._answer(request, sentence, status=422, back=self._page_of(request, pk))
        try:
            row = decisions.decide(
                comment,
                DECISIONS[verb],
                by=user,
                seen=form.cleaned_data["seen"] or None,
                read_at=form.cleaned_data["read_at"],
                reason=form.why if verb == "reject" else "",
                tell=verb == "reject" and form.cleaned_data["tell"],
            )
        except decisions.BeingDecided as news:
            return self._answer(request, str(news), status=423)
        except decisions.ChangedMeanwhile as news:
            page = self._page_of(request, pk)
            return self._answer(request, str(news), status=412, back=page)
        except decisions.DecidedMeanwhile as news:
            return self._answer(request, str(news), status=409)
        return self._answer(request, _counted(1, DONE[verb]) if row else "", rows=[row])

    def feature(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = self._moderator(request)
        if not request.user.has_perm("articles.feature_comment"):
            raise PermissionDenied
        comment = get_object_or_404(Comment, pk=pk)
        on = not comment.featured
        try:
            row = decisions.feature(comment, by=user, on=on)
        except decisions.DecidedMeanwhile:
            sentence = "Only published comments can be featured. Approve it first."
            return self._answer(request, sentence, status=409)
        done = _counted(1, "featured" if on else "unfeatured")
        return self._answer(request, done, rows=[row], back=self._page_of(request, pk))

    def undo(self, request: HttpRequest) -> HttpResponse:
        user = self._moderator(request)
        pks = [found for each in request.POST.get("rows", "").split(",") if (found := number(each))]
        rows = ModerationDecision.objects.filter(pk__in=pks[:1000]).order_by("pk")
        try:
            done = moderation_undo.undo(rows, by=user)
        except moderation_undo.UndoExpired as late:
            return self._answer(request, str(late), status=409)
        return self._answer(request, _counted(done, "restored"))

    def claim(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Claims a comment; returns the name of the moderator who has claimed it already."""
        user = self._moderator(request)
        return JsonResponse({"other": cases.claim(get_object_or_404(Comment, pk=pk), by=user)})

    # What comes next

    def next_one(self, request: HttpRequest) -> HttpResponse:
        """The page of the next comment of a queue that nobody else has before them."""
        queue = queues.named(request.GET.get("queue"))
        skipped = number(request.GET.get("after")) or 0
        waiting = queues.in_queue(queue, Comment.objects.all()).order_by(*queues.in_order(queue))
        user = self._moderator(request)
        passed = waiting.filter(pk=skipped).first()
        found = cases.claim_next(user, _behind(waiting, passed, queue)) if passed else None
        found = found or cases.claim_next(user, waiting.exclude(pk=skipped))
        words = urlencode({"queue": queue})
        if found is None:
            self.message_user(request, "No more comments in this queue.", messages.INFO)
            return redirect(f"{reverse('admin:articles_comment_changelist')}?{words}")
        page = reverse("admin:articles_comment_change", args=[found.pk])
        return redirect(f"{page}?{urlencode({'_changelist_filters': words})}")

    def live(self, request: HttpRequest) -> JsonResponse:
        """For the script: the counts, which of the shown are gone, and which others look at."""
        user = self._moderator(request)
        pks = [found for each in request.GET.get("shown", "").split(",") if (found := number(each))]
        shown = Comment.objects.filter(pk__in=pks[:200])
        queue = queues.named(request.GET.get("queue"))
        here = set(queues.in_queue(queue, shown).values_list("pk", flat=True))
        return JsonResponse(
            {
                "counts": queues.lately_counted(),
                "gone": [pk for pk in pks if pk not in here],
                "claimed": cases.claimed_by_others(list(shown), than=user),
            }
        )

    # Many

    @admin.action(permissions=["change"], description="Approve")
    def approve_chosen(self, request: HttpRequest, chosen: QuerySet[Comment]) -> None:
        self._decide_chosen(request, "approve", chosen)

    @admin.action(permissions=["change"], description="Reject")
    def reject_chosen(self, request: HttpRequest, chosen: QuerySet[Comment]) -> None:
        self._decide_chosen(request, "reject", chosen)

    @admin.action(permissions=["change"], description="Mark as spam")
    def spam_chosen(self, request: HttpRequest, chosen: QuerySet[Comment]) -> None:
        self._decide_chosen(request, "spam", chosen)

    def _decide_chosen(self, request: HttpRequest, verb: str, chosen: QuerySet[Comment]) -> None:
        user = self._moderator(request)
        form = DecisionForm(request.POST)
        if not form.is_valid():
            self.message_user(request, form.sentence, messages.ERROR)
            return
        why: dict[str, Any] = {"read_at": form.cleaned_data["read_at"]}
        if verb == "reject":
            why |= {"reason": form.why, "tell": form.cleaned_data["tell"]}
        comments = list(chosen.select_related("user"))
        rows = []
        for comment in comments:
            try:
                seen = DecisionForm.seen_in(request.POST, comment)
                rows.append(decisions.decide(comment, DECISIONS[verb], by=user, seen=seen, **why))
            except decisions.DecidedMeanwhile as news:
                self.message_user(request, f"{comment.public_name}: {news}", messages.WARNING)
        made = [row for row in rows if row]
        if made:
            self.message_user(
                request, _with_undo(_counted(len(made), DONE[verb]), made), messages.SUCCESS
            )
        # The list holds only what is still in the queue the moderator was looking at.
        missing = len(set(request.POST.getlist(ACTION_CHECKBOX_NAME))) - len(comments)
        if missing > 0 and request.POST.get("select_across", "0") != "1":
            self.message_user(
                request, _counted(missing, "already decided by another moderator"), messages.WARNING
            )

    # Answers

    def _moderator(self, request: HttpRequest) -> User:
        if not self.has_change_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, User)  # noqa: S101 - the admin let nobody else in
        return request.user

    def _answer(
        self,
        request: HttpRequest,
        said: str,
        *,
        rows: Iterable[ModerationDecision | None] = (),
        status: int = 200,
        back: str = "",
    ) -> HttpResponse:
        """To the script the sentence and the counts; to a form the page it came from, or the next."""
        made = [row for row in rows if row]
        if "application/json" in request.headers.get("Accept", ""):
            told = {"said": said, "rows": _joined(made), "counts": queues.counts()}
            return JsonResponse(told, status=status)
        level = messages.SUCCESS if status == 200 else messages.WARNING
        if status == 422:
            level = messages.ERROR
        if said:
            self.message_user(request, _with_undo(said, made) if made else said, level)
        if back:
            return redirect(back)
        queue = request.POST.get("queue", "")
        if request.POST.get("then") == NEXT:
            return redirect(
                f"{reverse('admin:articles_comment_next')}?{urlencode({'queue': queue})}"
            )
        return redirect(_came_from(request))

    def _page_of(self, request: HttpRequest, pk: int) -> str:
        """The comment's own page with what was typed, if that is where it was typed."""
        page = reverse("admin:articles_comment_change", args=[pk])
        kept = {"reason": request.POST.get("reason", "")[:2000]}
        if queue := request.POST.get("queue"):
            kept["_changelist_filters"] = urlencode({"queue": queue})
        return f"{page}?{urlencode(kept)}"


def _behind(waiting: QuerySet[Comment], passed: Comment, queue: str) -> QuerySet[Comment]:
    """What stands behind a comment in the order of its queue."""
    step = "lt" if queues.in_order(queue)[0].startswith("-") else "gt"
    return waiting.filter(**{f"created_at__{step}e": passed.created_at}).exclude(pk=passed.pk)


def _came_from(request: HttpRequest) -> str:
    """The list as it was narrowed, if the form was sent from there."""
    page = reverse("admin:articles_comment_changelist")
    sent_from = urlsplit(request.headers.get("Referer", ""))
    return f"{page}?{sent_from.query}" if sent_from.path == page and sent_from.query else page


def _joined(rows: list[ModerationDecision]) -> str:
    return ",".join(str(row.pk) for row in rows)


def _with_undo(said: str, rows: list[ModerationDecision]) -> SafeString:
    """The button belongs to an empty form on every admin page of comments."""
    return format_html(
        '{} <button class="admin-undo" form="admin-undo" name="rows" value="{}">Undo</button>',
        said,
        _joined(rows),
    )


def _counted(number: int, done: str) -> str:
    return f"One comment was {done}." if number == 1 else f"{number} comments were {done}."
