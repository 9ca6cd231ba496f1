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
from articles.comments.moderation.cases import by_the_same_writer
from articles.comments.notifications.models import Follow
from articles.comments.submission.validation import number
from articles.editorial.models import Article


def chosen_queue(request: HttpRequest) -> str:
    """The queue somebody looks at: what is held, unless they chose another, or search."""
    elsewhere = any(request.GET.get(name) for name in ("q", "article", "writer"))
    default = queues.EVERYTHING if elsewhere else Comment.State.PENDING.value
    return queues.named(request.GET.get("queue"), default)


@dataclass(frozen=True, slots=True)
class Tab:
    """A queue as it stands above the list."""

    queue: str
    label: str
    count: int
    current: bool


def tabs(chosen: str) -> list[Tab]:
    """What somebody works through first, then the other states, then everything; each with its count."""
    counts = queues.counts()
    short = {
        Comment.State.UNCONFIRMED.value: "Unconfirmed",
        Comment.State.DELETED.value: "Deleted",
    }
    words = {
        **dict(Comment.State.choices),
        **short,
        **queues.WORDS,
        queues.EVERYTHING: "All",
    }
    order = [*queues.WORDS, *(each for each in words if each not in queues.WORDS)]
    return [Tab(each, words[each], counts.get(each, 0), each == chosen) for each in order]


class _Asked(admin.SimpleListFilter):
    """Read from the address; our own page draws it, not Django's column of filters."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(self.value() or "", "")]  # Django leaves out a filter that offers nothing.


class Queue(_Asked):
    title = "queue"
    parameter_name = "queue"

    def value(self) -> str:
        return chosen_queue(self.request)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> QuerySet[Comment]:
        return queues.in_queue(self.value(), queryset)


class BelowArticle(_Asked):
    title = "article"
    parameter_name = "article"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> QuerySet[Comment]:
        if not self.value():
            return queryset
        return queryset.filter(article=number(self.value()) or 0)


class ByWriter(_Asked):
    """The commenter of the comment with this number: an address would not belong in an address."""

    title = "writer"
    parameter_name = "writer"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> QuerySet[Comment]:
        if not self.value():
            return queryset
        known = Comment.objects.filter(pk=number(self.value()) or 0).first()
        if known is None:
            return queryset.none()
        return queryset.filter(pk__in=by_the_same_writer(known).values("pk"))


def narrowed_to(request: HttpRequest) -> str:
    """The article or commenter the list is narrowed to, for its title; empty for neither."""
    if pk := number(request.GET.get("article")):
        headline = Article.objects.filter(pk=pk).values_list("headline", flat=True).first()
        return f"on “{headline}”" if headline else ""
    if pk := number(request.GET.get("writer")):
        known = Comment.objects.select_related("user").filter(pk=pk).first()
        return f"by {known.public_name}" if known else ""
    return ""


MOST: Final = 100
REFUSED: Final = Q(state__in=[Comment.State.REJECTED, Comment.State.SPAM])
NUMBERS: Final = {
    "held": Count("pk", filter=Q(state=Comment.State.PENDING)),
    "approved": Count("pk", filter=Q(state=Comment.State.APPROVED)),
    "refused": Count("pk", filter=REFUSED),
    "reported": Count("pk", filter=Exists(Flag.objects.pending().filter(comment=OuterRef("pk")))),
    "latest": Max("created_at"),
    "known": Max("pk"),
}
"""`known`: the newest comment, by which the list is narrowed to a commenter without an address."""


class SortsByPlace(admin.ModelAdmin[Comment]):
    """Two pages: the articles with most to decide, and the commenters."""

    def get_urls(self) -> list[URLPattern]:
        def at(route: str, view: Any, name: str) -> Any:
            wrapped = self.admin_site.admin_view(require_safe(view))
            return path(route, wrapped, name=f"articles_comment_{name}")

        return [
            at("by-article/", self.by_article, "by_article"),
            at("by-writer/", self.by_writer, "by_writer"),
            *super().get_urls(),
        ]

    def by_article(self, request: HttpRequest) -> HttpResponse:
        rows = list(_with_numbers(Comment.objects.values("article_id")))
        pks = [row["article_id"] for row in rows]
        headlines, followed = Article.objects.in_bulk(pks), _followed(pks)
        for row in rows:
            row["followed"] = followed.get(row["article_id"], 0)
            row["words"] = headlines[row["article_id"]].headline
            row["address"] = f"article={row['article_id']}"
        return self._overview(request, "Comments by article", "article", rows)

    def by_writer(self, request: HttpRequest) -> HttpResponse:
        accounts = list(_with_numbers(Comment.objects.exclude(user=None).values("user_id")))
        guests = list(
            _with_numbers(
                Comment.objects.filter(user=None)
                .exclude(email="")
                .annotate(address=Lower("email"))
                .values("address")
            )
        )
        rows = sorted([*accounts, *guests], key=_most_to_decide)[:MOST]
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
            "most": MOST,
        }
        return TemplateResponse(request, "admin/articles/comment/overview.html", context)


def _followed(articles: list[int]) -> dict[int, int]:
    """Article → how many are told of what is written there by mail; who they are is nobody's business."""
    living = Follow.objects.active().filter(article__in=articles).order_by()
    return dict(living.values_list("article").annotate(number=Count("follower", distinct=True)))


def _with_numbers(grouped: Any) -> Any:
    counted = grouped.order_by().annotate(**NUMBERS)
    return counted.order_by(F("held").desc(), F("reported").desc(), F("latest").desc())[:MOST]


def _most_to_decide(row: dict[str, Any]) -> tuple[int, int, float]:
    return -row["held"], -row["reported"], -row["latest"].timestamp()
