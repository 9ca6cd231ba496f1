"""The queues of the list, and the comments by article and by commenter."""

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from articles.comments.flags.models import Flag
from articles.comments.models import Comment
from articles.comments.moderation import queues
from articles.comments.moderation.cases import by_same_commenter
from articles.comments.notifications.models import Follow
from articles.comments.submission.validation import parse_id
from articles.editorial.models import Article


def chosen_queue(request: HttpRequest) -> str:
    """Returns the selected queue; by default pending comments, or all in a search or filter."""
    filtered = any(request.GET.get(name) for name in ("q", "article", "writer"))
    default = queues.EVERYTHING if filtered else Comment.State.PENDING.value
    return queues.parse_queue(request.GET.get("queue"), default)


TO_DO: Final = {key for key in queues.LABELS if key != queues.NEW}
RARE: Final = {queues.NEW, Comment.State.UNCONFIRMED.value, Comment.State.DELETED.value}
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
        Tab(each, labels[each], counts.get(each, 0), each == current, each in TO_DO)
        for each in order
        if each not in RARE or each == current or counts.get(each)
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
        headlines, followed = Article.objects.in_bulk(pks), _follower_counts(pks)
        for row in rows:
            row["followed"] = followed.get(row["article_id"], 0)
            row["words"] = headlines[row["article_id"]].headline
            row["address"] = f"article={row['article_id']}"
        return self._overview(request, "Comments by article", "article", rows)

    def by_writer(self, request: HttpRequest) -> HttpResponse:
        accounts = list(_aggregated(Comment.objects.exclude(user=None).values("user_id")))
        guests = list(
            _aggregated(
                Comment.objects.filter(user=None)
                .exclude(email="")
                .annotate(address=Lower("email"))
                .values("address")
            )
        )
        rows = sorted([*accounts, *guests], key=_sort_key)[:MAX_ROWS]
        newest = Comment.objects.select_related("user").in_bulk([row["known"] for row in rows])
        for row in rows:
            row["words"] = newest[row["known"]].public_name
            row["kind"] = "account" if "user_id" in row else "guest"
            row["address"] = f"writer={row['known']}"
        return self._overview(request, "Comments by commenter", "writer", rows)

    def _overview(
        self, request: HttpRequest, title: str, of_what: str, rows: list[dict[str, Any]]
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "of_what": of_what,
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
