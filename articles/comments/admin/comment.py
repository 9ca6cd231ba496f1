"""The list of comments and the page of a comment."""

from functools import partial
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.forms import Script
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from accounts.models import User
from articles.comments.admin.actions import DecidesComments
from articles.comments.admin.bans import BansWriters
from articles.comments.admin.queue import (
    BelowArticle,
    ByWriter,
    Queue,
    SortsByPlace,
    chosen_queue,
    narrowed_to,
    tabs,
)
from articles.comments.bans.models import EncryptedIPAddress
from articles.comments.flags.models import Flag
from articles.comments.models import Comment
from articles.comments.models.comment import CommentQuerySet
from articles.comments.moderation import cases, queues
from articles.comments.moderation.cases import by_the_same_writer, cases_of
from articles.comments.moderation.forms import REASON_MAX_LENGTH, ChosenComments, offered_reasons
from articles.comments.screening.models import Check
from articles.comments.submission.validation import number

FIELDS = (
    "said_by_rules",
    "reported_by_readers",
    "appealed",
    "decisions",
    "earlier_words",
    "where_from",
)


class CommentDetailsMixin(admin.ModelAdmin[Comment]):
    """Everything that is known, to read and not to write."""

    list_display = ["writer", "below", "when"]
    fields = FIELDS
    readonly_fields = FIELDS

    def get_readonly_fields(
        self, request: HttpRequest, obj: Comment | None = None
    ) -> tuple[str, ...]:
        return FIELDS

    @admin.display(description="article", ordering="article__headline")
    def below(self, comment: Comment) -> SafeString:
        return format_html(
            '<a href="{}#comments">{}</a>',
            comment.article.get_absolute_url(),
            comment.article.headline,
        )

    @admin.display(description="written", ordering="created_at")
    def when(self, comment: Comment) -> str:
        return date_format(localtime(comment.created_at), "DATETIME_FORMAT")

    @admin.display(ordering="name")
    def writer(self, comment: Comment) -> SafeString:
        kind = "guest"
        if comment.user:
            kind = "staff" if comment.user.is_staff else "account"
        return format_html("<b><bdi>{}</bdi></b> ({})", comment.public_name, kind)

    @admin.display(description="screening results")
    def said_by_rules(self, comment: Comment) -> SafeString | str:
        says = [
            (each["says"],) for each in comment.screening_results if each["phase"] != Check.EVERYONE
        ]
        return _list(says)

    @admin.display(description="reports")
    def reported_by_readers(self, comment: Comment) -> SafeString | str:
        return _list(
            [
                (f"{flag} ({_moment(flag.created_at)}; {flag.get_outcome_display()})",)
                for flag in Flag.objects.filter(comment=comment)[:100]
            ]
        )

    @admin.display(description="appeal")
    def appealed(self, comment: Comment) -> str:
        appeal = getattr(comment, "appeal", None)
        if appeal is None:
            return "–"
        words = f": {appeal.text}" if appeal.text else ""
        return f"Appealed on {_moment(appeal.created_at)}{words} ({appeal.get_outcome_display()})"

    @admin.display(description="decisions")
    def decisions(self, comment: Comment) -> SafeString:
        rows = comment.moderations.select_related("created_by").order_by("pk")
        return format_html(
            "<ol>{}</ol>", format_html_join("", "<li>{}</li>", ((row,) for row in rows))
        )

    @admin.display(description="earlier versions")
    def earlier_words(self, comment: Comment) -> SafeString | str:
        """Its commenter may change it for minutes; what it said until then is kept for moderators."""
        rows = [(_moment(each.replaced_at), each.text) for each in comment.versions.all()]
        until = '<p>Until {}:</p><div class="comment-words" dir="auto">{}</div>'
        return format_html_join("", until, rows) or "–"

    @admin.display(description="IP address")
    def where_from(self, comment: Comment) -> str:
        """That there is one, and until when; the address itself is shown to nobody."""
        kept = EncryptedIPAddress.objects.filter(comment=comment).first()
        return f"stored encrypted until {_moment(kept.expires_at)}" if kept else "not stored"


def _list(rows: list[tuple[str]]) -> SafeString | str:
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", rows)) if rows else "–"


def _moment(moment: object) -> str:
    return date_format(localtime(moment), "DATETIME_FORMAT")  # type: ignore[arg-type]


MOST_BESIDE = 10


class CommentAdmin(CommentDetailsMixin, BansWriters, SortsByPlace, DecidesComments):
    """A moderator decides and never changes a word."""

    change_list_template = "admin/articles/comment/change_list.html"
    list_filter = [Queue, BelowArticle, ByWriter]
    list_select_related = ["article", "parent__user", "user"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["text", "name", "article__headline"]
    action_form = ChosenComments
    actions = ["approve_chosen", "reject_chosen", "spam_chosen"]

    class Media:
        css = {"all": ["iria_admin/comments.css"]}
        js = [Script("iria_admin/moderation.js", type="module")]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Comment], search_term: str
    ) -> tuple[QuerySet[Comment], bool]:
        """By words, as readers search; the fields above only make Django show the box."""
        return queues.found(cast("CommentQuerySet", queryset), search_term), False

    def view_on_site(self, comment: Comment) -> str | None:
        seen = comment.is_visible and comment.article.is_published
        return comment.get_absolute_url() if seen else None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Comment | None = None) -> bool:
        """Decisions explain every state, so what was decided stays; an account's owner ends it there."""
        return False

    def get_ordering(self, request: HttpRequest) -> list[str | Combinable]:
        return [*queues.in_order(chosen_queue(request))]

    def save_model(self, request: HttpRequest, obj: Comment, form: Any, change: bool) -> None:
        """Nothing here changes a comment but a decision."""

    # The list

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changelist = super().get_changelist_instance(request)
        # Asked for by the page only: an action answers with no page.
        user = cast("User", request.user)
        changelist.cases = partial(  # type: ignore[attr-defined]
            cases_of, list(changelist.result_list), by=user
        )
        return changelist

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        queue = chosen_queue(request)
        narrowed = narrowed_to(request)
        context = {
            "title": f"Comments {narrowed}".strip(),
            "queue": queue,
            "narrowed": narrowed,
            "tabs": tabs(queue),
            **self._with_reasons(request),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    # A comment's own page

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context: dict[str, Any] = {
            "title": "Comment",
            "subtitle": None,
            "queue": _queue_behind(request),
            "show_save": False,
            "show_save_and_continue": False,
            **self._with_reasons(request),
        }
        comment = (
            Comment.objects.select_related("article", "user", "parent__user")
            .filter(pk=number(object_id) or 0)
            .first()
        )
        if comment is not None and self.has_view_permission(request, comment):
            context |= self._case(request, comment)
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    def _case(self, request: HttpRequest, comment: Comment) -> dict[str, Any]:
        """The comment in its place: what it answers and what answers it, and what else its commenter wrote."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin let nobody else in
        if self.has_change_permission(request, comment) and request.method == "GET":
            cases.claim(comment, by=request.user)
        (case,) = cases_of([comment], by=request.user)
        others = by_the_same_writer(comment).exclude(pk=comment.pk).select_related("article")
        return {
            "case": case,
            "replies": comment.replies.select_related("user").order_by("pk")[:MOST_BESIDE],
            "others": others.order_by("-created_at")[:MOST_BESIDE],
        }

    def _with_reasons(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "reasons": offered_reasons(),
            "read_at": timezone.now().isoformat(),
            "longest_reason": REASON_MAX_LENGTH,
            "may_decide": self.has_change_permission(request),
        }


def _queue_behind(request: HttpRequest) -> str:
    """The queue from which somebody came to a comment's page."""
    filters = QueryDict(request.GET.get("_changelist_filters", ""))
    return queues.named(filters.get("queue"))
