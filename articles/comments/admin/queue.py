"""The queues of the moderators' list."""

from collections.abc import Iterator
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest

from articles.comments.flagging.models import Flag
from articles.comments.models import Comment

EVERYTHING: Final = "all"
REPORTED: Final = "reported"


def chosen_queue(request: HttpRequest) -> str:
    """The queue somebody looks at: what is held, unless they chose another or search."""
    default = EVERYTHING if request.GET.get("q") else Comment.State.HELD.value
    return request.GET.get("queue") or default


class Queue(admin.SimpleListFilter):
    """By state, with counts. What is held comes first; a search looks everywhere."""

    title = "queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        counts = dict(Comment.objects.order_by().values_list("state").annotate(number=Count("pk")))
        states = [
            (value, f"{label} ({counts.get(value, 0)})") for value, label in Comment.State.choices
        ]
        reported = Flag.objects.waiting().aggregate(n=Count("comment", distinct=True))["n"]
        waiting = (REPORTED, f"Reported by readers ({reported})")
        return [
            states[0],
            waiting,
            *states[1:],
            (EVERYTHING, f"Everything ({sum(counts.values())})"),
        ]

    def value(self) -> str:
        return chosen_queue(self.request)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> QuerySet[Comment]:
        chosen = self.value()
        if chosen == REPORTED:
            waiting = Flag.objects.waiting().filter(comment=OuterRef("pk"))
            return queryset.filter(Exists(waiting))
        return queryset if chosen == EVERYTHING else queryset.filter(state=chosen)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for value, label in self.lookup_choices:
            yield {
                "selected": self.value() == str(value),
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }
