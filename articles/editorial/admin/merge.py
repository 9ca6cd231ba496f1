"""Merging in the admin, with a page that shows what moves before anything does."""

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
    """A function that merges several rows into one."""

    def __call__(self, sources: Sequence[Any], /, *, into: Any, by: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class Move:
    """A URL that will redirect to another."""

    old: str
    new: str


class MergeAdminMixin:
    """Adds the action “Merge …” to the list and the form of a model, and what uses a row to its form.

    A subclass names the function that merges.
    """

    actions: Any = ("merge_selected",)
    merge_verb: MergeDefinition
    not_by_key: Sequence[str] = ()
    """Foreign keys that `merge_verb` moves by rules of its own."""

    def url_of(self, row: Any) -> str:
        return str(row.get_absolute_url())

    def find(self, name: str) -> Model | None:
        """The row of this name, which may be on another page of the list."""
        model: Any = cast("admin.ModelAdmin[Any]", self).model
        found: Model | None = model._default_manager.filter(name__iexact=name).first()
        return found

    def moves_below(self, sources: Sequence[Any], target: Any) -> list[Move]:
        """Further URLs that change, in a tree."""
        return []

    def check_merge(self, sources: Sequence[Any], target: Any) -> None:
        """Raises CannotMerge if these rows cannot be merged."""

    def may_merge(self, request: HttpRequest) -> bool:
        """Django offers an action to users with one of its permissions; this one needs both."""
        model_admin = cast("admin.ModelAdmin[Any]", self)
        return model_admin.has_change_permission(request) and model_admin.has_delete_permission(
            request
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> Any:
        """With a button that starts the same merge as the list."""
        offered = {"merge_name": ACTION_CHECKBOX_NAME, "may_merge": self.may_merge(request)}
        return super().render_change_form(request, {**context, **offered}, *args, **options)  # type: ignore[misc]

    @admin.action(description="Merge …", permissions=["change", "delete"])
    def merge_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Asks which one to keep and shows what moves; merges when the answer is sent."""
        if not self.may_merge(request):
            raise PermissionDenied
        rows = list(queryset.order_by("pk"))
        named = " ".join(request.POST.get("other", "").split())
        error = ""
        if named and "\x00" not in named:
            other = self.find(named)
            if other is None:
                error = f"No match for “{named}”. Check the name."
            elif other not in rows:
                rows.append(other)
        chosen = request.POST.get("stays", "")
        target = next((row for row in rows if str(row.pk) == chosen), None) or self._most_used(rows)
        sources = [row for row in rows if row.pk != target.pk]
        seen = request.POST.get("seen") == _preview_key(rows, target)
        if "merge" in request.POST and seen and sources and not error:
            try:
                self.merge_verb(sources, into=target, by=request.user)
            except CannotMerge as refusal:
                error = str(refusal)
            else:
                return self._merged(request, sources, target)
        return self._ask(request, rows, target, error)

    def _most_used(self, rows: Sequence[Any]) -> Any:
        """The row with the most references is probably the one to keep."""
        counts = {row.pk: sum(moves.count for moves in merging.preview([row], row)) for row in rows}
        return max(rows, key=lambda row: (counts[row.pk], -row.pk))

    def _ask(
        self, request: HttpRequest, rows: list[Any], target: Any, error: str
    ) -> TemplateResponse:
        model_admin = cast("admin.ModelAdmin[Any]", self)
        sources = [row for row in rows if row.pk != target.pk]
        moves: list[merging.Moves] = []
        urls: list[Move] = []
        if sources:
            try:
                self.check_merge(sources, target)
            except CannotMerge as refusal:
                error = error or str(refusal)
            moves = merging.preview(sources, target, besides=self.not_by_key)
            urls = [Move(self.url_of(row), self.url_of(target)) for row in sources]
            urls += self.moves_below(sources, target)
        context = {
            **model_admin.admin_site.each_context(request),
            "title": f"Merge {model_admin.opts.verbose_name_plural}",
            "opts": model_admin.opts,
            "rows": [(row, self.url_of(row)) for row in rows],
            "stays": target,
            "goes": sources,
            "moves": moves,
            "urls": urls,
            "error": error,
            "seen": _preview_key(rows, target),
            "chosen_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, TEMPLATE, context)

    def _merged(self, request: HttpRequest, sources: list[Any], target: Any) -> HttpResponse:
        model_admin = cast("admin.ModelAdmin[Any]", self)
        names = ", ".join(f"“{row}”" for row in sources)
        urls = "The old URL redirects" if len(sources) == 1 else "The old URLs redirect"
        message = f"{names} merged into “{target}”. {urls} there."
        model_admin.log_change(request, target, f"Merged with {names}.")
        model_admin.message_user(request, message, messages.SUCCESS)
        return HttpResponseRedirect(request.get_full_path())

    @admin.display(description="Used by")
    def used_by(self, row: Any) -> str:
        """For the form, beside the name and the slug."""
        if row is None or row.pk is None:
            return "Not saved yet."
        parts = [str(moves) for moves in merging.preview([row], row, besides=self.not_by_key)]
        parts += [f"{move.old}" for move in self.moves_below([row], row)]
        listed = ", ".join(parts) or "Nothing"
        return (
            f"{listed}. If you change the slug, {self.url_of(row)} redirects to the new URL. "
            "To combine duplicates, choose “Merge …” below."
        )


def _preview_key(rows: Sequence[Any], target: Any) -> str:
    """Identifies the choice for which the page showed what moves."""
    return f"{target.pk}:{','.join(str(row.pk) for row in rows)}"
