"""The list of comments with its queues, and the page of a comment."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower
from django.forms import Script
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from accounts.models import User
from articles.comments.admin.actions import (
    REASON_MAX_LENGTH,
    ModerationActionForm,
    ModerationMixin,
    active_reasons,
)
from articles.comments.admin.bans import BanMixin
from articles.comments.models import Comment, CommentQuerySet
from articles.comments.moderation import queues
from articles.comments.moderation.models import EncryptedIPAddress, Flag
from articles.comments.moderation.queues import by_same_commenter, cases_of
from articles.comments.notifications.models import Follow
from articles.comments.screening.models import Check
from articles.editorial.models import Article
from articles.images.models import Image
from iria.core.http.urls import parse_id


def chosen_queue(request: HttpRequest) -> str:
    """Returns the selected queue; by default pending comments, or all in a search or filter."""
    filtered = any(request.GET.get(name) for name in ("q", "article", "writer"))
    default = queues.EVERYTHING if filtered else Comment.State.PENDING.value
    return queues.parse_queue(request.GET.get("queue"), default)


ACTION_QUEUES: Final = {key for key in queues.LABELS if key != queues.NEW}
HIDDEN_IF_EMPTY: Final = {queues.NEW, Comment.State.UNCONFIRMED.value, Comment.State.DELETED.value}
"""Their tabs are shown while they have comments."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab above the list."""

    queue: str
    label: str
    count: int
    current: bool
    is_counted: bool
    """Whether the number matters: something is to be done in this queue."""


def tabs(current: str) -> list[Tab]:
    """Returns the queues to work through, then the other states, then all, with their counts."""
    counts = queues.counts()
    short = {
        Comment.State.UNCONFIRMED.value: "Unconfirmed",
        Comment.State.DELETED.value: "Deleted",
    }
    labels = {
        **dict(Comment.State.choices),
        **short,
        **queues.LABELS,
        queues.EVERYTHING: "All",
    }
    order = [*queues.LABELS, *(each for each in labels if each not in queues.LABELS)]
    return [
        Tab(each, labels[each], counts.get(each, 0), each == current, each in ACTION_QUEUES)
        for each in order
        if each not in HIDDEN_IF_EMPTY or each == current or counts.get(each)
    ]


class _UrlFilter(admin.SimpleListFilter):
    """A filter that only reads the URL; the template renders its own links."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(self.value() or "", "")]  # Django ignores a filter without choices.


class QueueFilter(_UrlFilter):
    title = "queue"
    parameter_name = "queue"

    def value(self) -> str:
        return chosen_queue(self.request)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> QuerySet[Comment]:
        return queues.in_queue(self.value(), queryset)


class ArticleFilter(_UrlFilter):
    title = "article"
    parameter_name = "article"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> QuerySet[Comment]:
        if not self.value():
            return queryset
        return queryset.filter(article=parse_id(self.value()) or 0)


class CommenterFilter(_UrlFilter):
    """Filters by the commenter of the comment with this id: the URL contains no e-mail address."""

    title = "writer"
    parameter_name = "writer"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> QuerySet[Comment]:
        if not self.value():
            return queryset
        comment = Comment.objects.filter(pk=parse_id(self.value()) or 0).first()
        if comment is None:
            return queryset.none()
        return queryset.filter(pk__in=by_same_commenter(comment).values("pk"))


def filter_title(request: HttpRequest) -> str:
    """Returns the filter by article or commenter for the title of the list; empty without one."""
    if pk := parse_id(request.GET.get("article")):
        headline = Article.objects.filter(pk=pk).values_list("headline", flat=True).first()
        return f"on “{headline}”" if headline else ""
    if pk := parse_id(request.GET.get("writer")):
        comment = Comment.objects.select_related("user").filter(pk=pk).first()
        return f"by {comment.public_name}" if comment else ""
    return ""


MAX_ROWS: Final = 100
REFUSED: Final = Q(state__in=[Comment.State.REJECTED, Comment.State.SPAM])
AGGREGATES: Final = {
    "held": Count("pk", filter=Q(state=Comment.State.PENDING)),
    "approved": Count("pk", filter=Q(state=Comment.State.APPROVED)),
    "refused": Count("pk", filter=REFUSED),
    "reported": Count("pk", filter=Exists(Flag.objects.pending().filter(comment=OuterRef("pk")))),
    "latest": Max("created_at"),
    "known": Max("pk"),
}
"""`known` is the newest comment, which identifies a commenter in the URL of the filter."""


class OverviewMixin(admin.ModelAdmin[Comment]):
    """The pages with the comments by article and by commenter, most pending ones first."""

    def get_urls(self) -> list[URLPattern]:
        def url(route: str, view: Any, name: str) -> Any:
            wrapped = self.admin_site.admin_view(require_safe(view))
            return path(route, wrapped, name=f"articles_comment_{name}")

        return [
            url("by-article/", self.by_article, "by_article"),
            url("by-writer/", self.by_writer, "by_writer"),
            *super().get_urls(),
        ]

    def by_article(self, request: HttpRequest) -> HttpResponse:
        rows = list(_aggregated(Comment.objects.values("article_id")))
        pks = [row["article_id"] for row in rows]
        headlines = dict(Article.objects.filter(pk__in=pks).values_list("pk", "headline"))
        followed = _follower_counts(pks)
        for row in rows:
            row["followed"] = followed.get(row["article_id"], 0)
            row["name"] = headlines[row["article_id"]]
            row["query"] = f"article={row['article_id']}"
        return self._overview(request, "Comments by article", "article", rows)

    def by_writer(self, request: HttpRequest) -> HttpResponse:
        accounts = list(_aggregated(Comment.objects.exclude(user=None).values("user_id")))
        guests = list(
            _aggregated(
                Comment.objects.filter(user=None)
                .exclude(email="")
                .annotate(lower_email=Lower("email"))
                .values("lower_email")
            )
        )
        rows = sorted([*accounts, *guests], key=_sort_key)[:MAX_ROWS]
        newest = Comment.objects.select_related("user").in_bulk([row["known"] for row in rows])
        for row in rows:
            row["name"] = newest[row["known"]].public_name
            row["kind"] = "account" if "user_id" in row else "guest"
            row["query"] = f"writer={row['known']}"
        return self._overview(request, "Comments by commenter", "writer", rows)

    def _overview(
        self, request: HttpRequest, title: str, group: str, rows: list[dict[str, Any]]
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "group": group,
            "rows": rows,
            "most": MAX_ROWS,
        }
        return TemplateResponse(request, "admin/articles/comment/overview.html", context)


def _follower_counts(articles: list[int]) -> dict[int, int]:
    """Returns the number of followers by article."""
    active = Follow.objects.active().filter(article__in=articles).order_by()
    return dict(active.values_list("article").annotate(number=Count("follower", distinct=True)))


def _aggregated(grouped: Any) -> Any:
    annotated = grouped.order_by().annotate(**AGGREGATES)
    return annotated.order_by(F("held").desc(), F("reported").desc(), F("latest").desc())[:MAX_ROWS]


def _sort_key(row: dict[str, Any]) -> tuple[int, int, float]:
    return -row["held"], -row["reported"], -row["latest"].timestamp()


FIELDS = (
    "screening_messages",
    "reports",
    "appealed",
    "decisions",
    "earlier_versions",
    "stored_ip_address",
)


class CommentDetailsMixin(admin.ModelAdmin[Comment]):
    """The read-only details of a comment."""

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
    def screening_messages(self, comment: Comment) -> SafeString | str:
        messages = [
            (each["says"],) for each in comment.screening_results if each["phase"] != Check.EVERYONE
        ]
        return _list(messages)

    @admin.display(description="reports")
    def reports(self, comment: Comment) -> SafeString | str:
        return _list(
            [
                (f"{flag} ({_format(flag.created_at)}; {flag.get_outcome_display()})",)
                for flag in Flag.objects.filter(comment=comment)[:100]
            ]
        )

    @admin.display(description="appeal")
    def appealed(self, comment: Comment) -> str:
        appeal = getattr(comment, "appeal", None)
        if appeal is None:
            return "–"
        text = f": {appeal.text}" if appeal.text else ""
        return f"Appealed on {_format(appeal.created_at)}{text} ({appeal.get_outcome_display()})"

    @admin.display(description="decisions")
    def decisions(self, comment: Comment) -> SafeString:
        rows = comment.moderations.select_related("created_by").order_by("pk")
        return format_html(
            "<ol>{}</ol>", format_html_join("", "<li>{}</li>", ((row,) for row in rows))
        )

    @admin.display(description="earlier versions")
    def earlier_versions(self, comment: Comment) -> SafeString | str:
        rows = [(_format(each.replaced_at), each.text) for each in comment.versions.all()]
        item = '<p>Until {}:</p><div class="comment-words" dir="auto">{}</div>'
        return format_html_join("", item, rows) or "–"

    @admin.display(description="IP address")
    def stored_ip_address(self, comment: Comment) -> str:
        """Shows only whether one is stored and until when, not the address itself."""
        stored = EncryptedIPAddress.objects.filter(comment=comment).first()
        return f"stored encrypted until {_format(stored.expires_at)}" if stored else "not stored"


def _list(rows: list[tuple[str]]) -> SafeString | str:
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", rows)) if rows else "–"


def _format(time: object) -> str:
    return date_format(localtime(time), "DATETIME_FORMAT")  # type: ignore[arg-type]


MAX_RELATED = 10


class CommentAdmin(CommentDetailsMixin, BanMixin, OverviewMixin, ModerationMixin):
    """Moderators decide about comments, but cannot edit them."""

    change_list_template = "admin/articles/comment/change_list.html"
    list_filter = [QueueFilter, ArticleFilter, CommenterFilter]
    list_select_related = ["article__thread_count", "parent__user", "user"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["text", "name", "article__headline"]
    action_form = ModerationActionForm
    actions = ["approve_chosen", "reject_chosen", "spam_chosen"]

    class Media:
        css = {"all": ["iria_admin/comments.css"]}
        js = [Script("iria_admin/moderation.js", type="module")]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Comment], search_term: str
    ) -> tuple[QuerySet[Comment], bool]:
        """Uses full-text search; `search_fields` only makes Django show the search box."""
        return queues.search(cast("CommentQuerySet", queryset), search_term), False

    def view_on_site(self, comment: Comment) -> str | None:
        visible = comment.is_visible and comment.article.is_published
        return comment.get_absolute_url() if visible else None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Comment | None = None) -> bool:
        """Comments are not deleted, so that the moderation log stays complete."""
        return False

    def get_ordering(self, request: HttpRequest) -> list[str | Combinable]:
        return [*queues.ordering(chosen_queue(request))]

    def save_model(self, request: HttpRequest, obj: Comment, form: Any, change: bool) -> None:
        """Saves nothing: only decisions change a comment."""

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        pictures = Prefetch("article__lead_image", Image.objects.for_grid())
        return super().get_queryset(request).prefetch_related(pictures).defer("article__body")

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changelist = super().get_changelist_instance(request)
        # Evaluated by the template only, because actions do not render the list.
        user = cast("User", request.user)
        changelist.cases = partial(  # type: ignore[attr-defined]
            cases_of, list(changelist.result_list), by=user
        )
        return changelist

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        queue = chosen_queue(request)
        title = filter_title(request)
        context = {
            "title": f"Comments {title}".strip(),
            "queue": queue,
            "filter_title": title,
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
            "queue": _previous_queue(request),
            "show_save": False,
            "show_save_and_continue": False,
            **self._with_reasons(request),
        }
        comment = (
            Comment.objects.select_related("article", "user", "parent__user")
            .filter(pk=parse_id(object_id) or 0)
            .first()
        )
        if comment is not None and self.has_view_permission(request, comment):
            context |= self._case(request, comment)
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    def _case(self, request: HttpRequest, comment: Comment) -> dict[str, Any]:
        """Returns the case of a comment, its replies, and other comments by the same commenter."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin requires it
        if self.has_change_permission(request, comment) and request.method == "GET":
            queues.claim(comment, by=request.user)
        (case,) = cases_of([comment], by=request.user)
        others = by_same_commenter(comment).exclude(pk=comment.pk).select_related("article")
        return {
            "case": case,
            "replies": comment.replies.select_related("user").order_by("pk")[:MAX_RELATED],
            "others": others.order_by("-created_at")[:MAX_RELATED],
        }

    def _with_reasons(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "reasons": active_reasons(),
            "read_at": timezone.now().isoformat(),
            "longest_reason": REASON_MAX_LENGTH,
            "may_decide": self.has_change_permission(request),
        }


def _previous_queue(request: HttpRequest) -> str:
    """Returns the queue from which the page of a comment was opened."""
    filters = QueryDict(request.GET.get("_changelist_filters", ""))
    return queues.parse_queue(filters.get("queue"))
