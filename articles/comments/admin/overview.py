"""Comments by article and by writer: where much waits at once."""

from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from articles.comments.flagging.models import Flag
from articles.comments.following.models import Follow
from articles.comments.models import Comment
from articles.editorial.models import Article

MOST: Final = 100
REFUSED: Final = Q(state__in=[Comment.State.REJECTED, Comment.State.SPAM])
NUMBERS: Final = {
    "held": Count("pk", filter=Q(state=Comment.State.HELD)),
    "approved": Count("pk", filter=Q(state=Comment.State.APPROVED)),
    "refused": Count("pk", filter=REFUSED),
    "reported": Count("pk", filter=Exists(Flag.objects.waiting().filter(comment=OuterRef("pk")))),
    "latest": Max("created_at"),
    "known": Max("pk"),
}
"""`known`: the newest comment, by which the list is narrowed to a writer without an address."""


class SortsByPlace(admin.ModelAdmin[Comment]):
    """Two pages: the articles with most to decide, and the writers."""

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
        return self._overview(request, "Comments by writer", "writer", rows)

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
    living = Follow.objects.living().filter(article__in=articles).order_by()
    return dict(living.values_list("article").annotate(number=Count("follower", distinct=True)))


def _with_numbers(grouped: Any) -> Any:
    counted = grouped.order_by().annotate(**NUMBERS)
    return counted.order_by(F("held").desc(), F("reported").desc(), F("latest").desc())[:MOST]


def _most_to_decide(row: dict[str, Any]) -> tuple[int, int, float]:
    return -row["held"], -row["reported"], -row["latest"].timestamp()
