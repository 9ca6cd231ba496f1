"""Merging on the desk: a page between, that shows what moves before anything does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from articles.editorial import merging
from articles.editorial.merging import CannotMerge

TEMPLATE: Final = "admin/articles/merge.html"


class MergeDefinition(Protocol):
    """A verb that makes one of several."""

    def __call__(self, goes: Sequence[Any], /, *, into: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class Move:
    """An address that will lead to another."""

    old: str
    new: str


class MergeAdminMixin:
    """Adds “Merge…” to the list of a model, and to its form what would move with its address.

    A subclass names the verb and says where a row stands.
    """

    actions: Any = ("merge_selected",)
    merge_verb: MergeDefinition
    not_by_key: Sequence[str] = ()
    """Foreign keys that the verb moves by rules of its own."""

    def address_of(self, row: Any) -> str:
        return str(row.get_absolute_url())

    def called(self, name: str) -> Model | None:
        """The row of this name, for one that is not on the same page of the list."""
        model: Any = cast("admin.ModelAdmin[Any]", self).model
        found: Model | None = model._default_manager.filter(name__iexact=name).first()
        return found

    def addresses_below(self, goes: Sequence[Any], stays: Any) -> list[Move]:
        """Further addresses that change; a tree has some."""
        return []

    def look(self, goes: Sequence[Any], stays: Any) -> None:
        """Looks whether it can be done; raises CannotMerge where not."""

    @admin.action(description="Merge…", permissions=["change", "delete"])
    def merge_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Asks which one stays and shows what moves; the second time it merges."""
        desk = cast("admin.ModelAdmin[Any]", self)
        # Django shows an action to whoever has one of its permissions; this one takes both.
        if not (desk.has_change_permission(request) and desk.has_delete_permission(request)):
            raise PermissionDenied
        rows = list(queryset.order_by("pk"))
        named = " ".join(request.POST.get("other", "").split())
        sentence = ""
        if named and "\x00" not in named:
            other = self.called(named)
            if other is None:
                sentence = f"There is none called “{named}”."
            elif other not in rows:
                rows.append(other)
        chosen = request.POST.get("stays", "")
        stays = next((row for row in rows if str(row.pk) == chosen), None) or self._most_used(rows)
        goes = [row for row in rows if row.pk != stays.pk]
        seen = request.POST.get("seen") == _mark(rows, stays)
        if "merge" in request.POST and seen and goes and not sentence:
            try:
                self.merge_verb(goes, into=stays)
            except CannotMerge as mistake:
                sentence = str(mistake)
            else:
                return self._merged(request, goes, stays)
        return self._ask(request, rows, stays, sentence)

    def _most_used(self, rows: Sequence[Any]) -> Any:
        """The one most things point at is most likely the one to stay."""
        counts = {row.pk: sum(moves.count for moves in merging.preview([row], row)) for row in rows}
        return max(rows, key=lambda row: (counts[row.pk], -row.pk))

    def _ask(
        self, request: HttpRequest, rows: list[Any], stays: Any, sentence: str
    ) -> TemplateResponse:
        desk = cast("admin.ModelAdmin[Any]", self)
        goes = [row for row in rows if row.pk != stays.pk]
        moves: list[merging.Moves] = []
        addresses: list[Move] = []
        if goes:
            try:
                self.look(goes, stays)
            except CannotMerge as mistake:
                sentence = sentence or str(mistake)
            moves = merging.preview(goes, stays, besides=self.not_by_key)
            addresses = [Move(self.address_of(row), self.address_of(stays)) for row in goes]
            addresses += self.addresses_below(goes, stays)
        context = {
            **desk.admin_site.each_context(request),
            "title": f"Merge {desk.opts.verbose_name_plural}",
            "opts": desk.opts,
            "rows": [(row, self.address_of(row)) for row in rows],
            "stays": stays,
            "goes": goes,
            "moves": moves,
            "addresses": addresses,
            "sentence": sentence,
            "seen": _mark(rows, stays),
            "chosen_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, TEMPLATE, context)

    def _merged(self, request: HttpRequest, goes: list[Any], stays: Any) -> HttpResponse:
        desk = cast("admin.ModelAdmin[Any]", self)
        names = ", ".join(f"“{row}”" for row in goes)
        it, its = ("its address leads", "is") if len(goes) == 1 else ("their addresses lead", "are")
        sentence = f"{names} {its} “{stays}” now; {it} there."
        desk.log_change(request, stays, f"Merged with {names}.")
        desk.message_user(request, sentence, messages.SUCCESS)
        return HttpResponseRedirect(request.get_full_path())

    @admin.display(description="What moves with it")
    def what_moves(self, row: Any) -> str:
        """Stands on the form, beside the name and the address."""
        if row is None or row.pk is None:
            return "Nothing yet."
        parts = [str(moves) for moves in merging.preview([row], row, besides=self.not_by_key)]
        parts += [f"{move.old}" for move in self.addresses_below([row], row)]
        listed = ", ".join(parts) or "nothing yet"
        return (
            f"{listed}. When its address changes, what stands at {self.address_of(row)} now keeps "
            "leading here. Another of these with the same meaning is merged from the list."
        )


def _mark(rows: Sequence[Any], stays: Any) -> str:
    """Says for which choice the page showed what moves."""
    return f"{stays.pk}:{','.join(str(row.pk) for row in rows)}"
