"""The queues of the moderators' list, and the comments of one article or one writer."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from articles.comments.deciding import queues
from articles.comments.deciding.cases import by_the_same_writer
from articles.comments.drafts import number
from articles.comments.models import Comment
from articles.editorial.models import Article


def chosen_queue(request: HttpRequest) -> str:
    """The queue somebody looks at: what is held, unless they chose another, or search."""
    elsewhere = any(request.GET.get(name) for name in ("q", "article", "writer"))
    default = queues.EVERYTHING if elsewhere else Comment.State.HELD.value
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
        Comment.State.DELETED.value: "Taken back",
    }
    words = {
        **dict(Comment.State.choices),
        **short,
        **queues.WORDS,
        queues.EVERYTHING: "Everything",
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
        return queues.of(self.value(), queryset)


class BelowArticle(_Asked):
    title = "article"
    parameter_name = "article"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> QuerySet[Comment]:
        if not self.value():
            return queryset
        return queryset.filter(article=number(self.value()) or 0)


class ByWriter(_Asked):
    """The writer of the comment with this number: an address would not belong in an address."""

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
    """The article or writer the list is narrowed to, for its title; empty for neither."""
    if pk := number(request.GET.get("article")):
        headline = Article.objects.filter(pk=pk).values_list("headline", flat=True).first()
        return f"below “{headline}”" if headline else ""
    if pk := number(request.GET.get("writer")):
        known = Comment.objects.select_related("user").filter(pk=pk).first()
        return f"by {known.public_name}" if known else ""
    return ""
