"""The moderators' list and a comment's own page."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from accounts.models import User
from articles.comments import finding, moderation
from articles.comments.admin.queue import Queue, chosen_queue
from articles.comments.flagging.models import Flag
from articles.comments.forms import ChosenComments, DecisionForm
from articles.comments.models import Comment
from articles.comments.querysets import CommentQuerySet
from articles.comments.screening.models import Phase

VERBS: dict[str, Callable[..., bool]] = {
    "approve": moderation.approve,
    "reject": moderation.reject,
    "spam": moderation.spam,
}
DONE = {"approve": "approved", "reject": "rejected", "spam": "marked as spam"}


class CommentAdmin(admin.ModelAdmin[Comment]):
    """A moderator decides and never changes a word."""

    list_display = ["words", "below", "when"]
    list_display_links = ["when"]
    list_filter = [Queue]
    list_select_related = ["article", "parent__user", "user"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["text", "name", "article__headline"]
    action_form = ChosenComments
    actions = ["approve_chosen", "reject_chosen", "spam_chosen"]
    fields = (
        "words_in_full",
        "answers",
        "writer",
        "below",
        "when",
        "state_in_words",
        "said_by_rules",
        "reported_by_readers",
        "decisions",
    )
    readonly_fields = fields

    class Media:
        css = {"all": ["desk/comments.css"]}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Comment], search_term: str
    ) -> tuple[QuerySet[Comment], bool]:
        """By words, as readers search; the fields above only make Django show the box."""
        return finding.found(cast("CommentQuerySet", queryset), search_term), False

    # What is shown

    @admin.display(description="comment")
    def words(self, comment: Comment) -> SafeString:
        """Who, in answer to what, and the words: all that is needed to decide."""
        return format_html(
            '<p class="comment-writer">{} {}</p>{}<div class="comment-words" dir="auto">{}</div>',
            self.writer(comment),
            "" if comment.state == Comment.State.HELD else self.state_in_words(comment),
            self.answers(comment) if comment.parent else "",
            _shortened(comment.text, 600),
        )

    @admin.display(description="comment")
    def words_in_full(self, comment: Comment) -> SafeString:
        return format_html('<div class="comment-words" dir="auto">{}</div>', comment.text)

    @admin.display(description="in reply to")
    def answers(self, comment: Comment) -> SafeString | str:
        above = comment.parent
        if above is None:
            return "nobody, it stands on its own"
        return format_html(
            '<blockquote class="comment-answered" dir="auto"><a href="{}">{}</a>: {}</blockquote>',
            reverse("admin:articles_comment_change", args=[above.pk]),
            above.public_name,
            _shortened(above.text, 160),
        )

    @admin.display(description="article", ordering="article__headline")
    def below(self, comment: Comment) -> SafeString:
        return format_html(
            '<a href="{}#comments">{}</a>',
            comment.article.get_absolute_url(),
            comment.article.headline,
        )

    @admin.display(description="written", ordering="created_at")
    def when(self, comment: Comment) -> str:
        return date_format(localtime(comment.created_at), "j M Y, H:i")

    @admin.display(ordering="name")
    def writer(self, comment: Comment) -> SafeString:
        kind = "guest"
        if comment.user:
            kind = "staff" if comment.user.is_staff else "account"
        return format_html("<b><bdi>{}</bdi></b> ({})", comment.public_name, kind)

    @admin.display(description="state", ordering="state")
    def state_in_words(self, comment: Comment) -> SafeString:
        return format_html(
            '<span class="comment-state comment-state-{}">{}</span>',
            comment.state,
            comment.get_state_display(),
        )

    @admin.display(description="what the rules said")
    def said_by_rules(self, comment: Comment) -> SafeString | str:
        says = [(each["says"],) for each in comment.findings if each["phase"] != Phase.EVERYONE]
        return (
            format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", says)) if says else "–"
        )

    @admin.display(description="what readers reported")
    def reported_by_readers(self, comment: Comment) -> SafeString | str:
        rows = [
            (flag, date_format(localtime(flag.made_at), "j M Y, H:i"), flag.get_outcome_display())
            for flag in Flag.objects.filter(comment=comment)[:100]
        ]
        return (
            format_html("<ul>{}</ul>", format_html_join("", "<li>{} ({}; {})</li>", rows))
            if rows
            else "–"
        )

    @admin.display(description="what was decided")
    def decisions(self, comment: Comment) -> SafeString:
        rows = comment.moderations.select_related("made_by").order_by("made_at", "pk")
        return format_html(
            "<ol>{}</ol>", format_html_join("", "<li>{}</li>", ((row,) for row in rows))
        )

    def view_on_site(self, comment: Comment) -> str | None:
        seen = comment.is_visible and comment.article.is_published
        return comment.get_absolute_url() if seen else None

    # What may be done

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_ordering(self, request: HttpRequest) -> list[str | Combinable]:
        """The longest waiting first; in the other queues the newest."""
        waiting = chosen_queue(request) == Comment.State.HELD
        return ["created_at", "pk"] if waiting else ["-created_at", "-pk"]

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(require_POST(self.decide))
        return [
            path("<int:pk>/decide/", decide, name="articles_comment_decide"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {
            "title": "A comment",
            "may_decide": self.has_change_permission(request),
            "reported": Flag.objects.waiting().filter(comment__pk=_number(object_id)).exists(),
            "show_save": False,
            "show_save_and_continue": False,
        }
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    def save_model(self, request: HttpRequest, obj: Comment, form: Any, change: bool) -> None:
        """Nothing here changes a comment but a decision."""

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One decision, from the comment's own page; then on to the next that waits."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        comment = get_object_or_404(Comment, pk=pk)
        form = DecisionForm(request.POST)
        verb = request.POST.get("verb", "")
        if verb not in VERBS or not form.is_valid():
            sentence = form.sentence or "Choose what to decide."
            self.message_user(request, sentence, messages.ERROR)
            page = reverse("admin:articles_comment_change", args=[pk])
            kept = urlencode({"reason": request.POST.get("reason", "")[:2000]})
            return redirect(f"{page}?{kept}")
        self._carry_out(request, verb, [comment], form, seen=form.cleaned_data["seen"] or None)
        return redirect("admin:articles_comment_changelist")

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
        form = DecisionForm(request.POST)
        if not form.is_valid():
            self.message_user(request, form.sentence, messages.ERROR)
            return
        comments = list(chosen)
        self._carry_out(request, verb, comments, form)
        # The list holds only what is still in the queue the moderator was looking at.
        missing = len(set(request.POST.getlist(ACTION_CHECKBOX_NAME))) - len(comments)
        if missing > 0 and request.POST.get("select_across", "0") != "1":
            self.message_user(
                request, _counted(missing, "decided by somebody else meanwhile"), messages.WARNING
            )

    def _carry_out(
        self,
        request: HttpRequest,
        verb: str,
        comments: list[Comment],
        form: DecisionForm,
        *,
        seen: str | None = None,
    ) -> None:
        assert isinstance(request.user, User)  # noqa: S101 - the admin let nobody else in
        why: dict[str, Any] = {}
        if verb == "reject":
            why = {"reason": form.cleaned_data["reason"], "tell": form.cleaned_data["tell"]}
        done = 0
        for comment in comments:
            try:
                done += VERBS[verb](comment, by=request.user, seen=seen, **why)
            except moderation.DecidedMeanwhile as news:
                self.message_user(request, str(news), messages.WARNING)
        if done:
            self.message_user(request, _counted(done, DONE[verb]), messages.SUCCESS)


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _counted(number: int, done: str) -> str:
    return f"One comment was {done}." if number == 1 else f"{number} comments were {done}."


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
