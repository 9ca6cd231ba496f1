"""Actions of the library on many pictures: each shows a form first, and how many it is about."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import ModelAdmin
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.images import permissions
from articles.images.admin.bulk_forms import CollectionForm, RightsForm
from articles.images.library import editing
from articles.images.models import Collection, Image, ImageQuerySet
from articles.images.rights import bulk_changes

if TYPE_CHECKING:
    _Admin = ModelAdmin[Image]
else:
    _Admin = object

MEANWHILE = (
    "It is about {now} pictures by now, not {then}: some came or went since the form was opened. "
    "Look again and send it once more."
)
READERS_SEE = "Nothing was changed: readers see a picture among these that would have no credit."


class BulkActionsMixin(_Admin):
    """What the library offers to do with every picture that is ticked."""

    actions: tuple[str, ...] = ("change_rights", "collect", "take_out")

    def has_change_many_permission(self, request: HttpRequest) -> bool:
        """Among many pictures are some that readers see."""
        may_publish = permissions.may_publish(request.user)
        return may_publish and request.user.has_perm("articles.change_many_image")

    def has_collect_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.change_collection")

    @admin.action(
        description="Change credit, agency or licence of the ticked pictures",
        permissions=["change_many"],
    )
    def change_rights(self, request: HttpRequest, queryset: QuerySet[Image]) -> HttpResponse | None:
        pictures = _plain(queryset)

        def apply(form: RightsForm) -> str:
            count = bulk_changes.change(pictures, form.values(), by=request.user)  # type: ignore[arg-type]
            return f"{_pictures(count)} changed."

        form = RightsForm(request.POST if _sent(request) else None, pictures=pictures)
        return self._ask(request, pictures, form, "Change the rights of", apply)

    @admin.action(description="Put the ticked pictures into a collection", permissions=["collect"])
    def collect(self, request: HttpRequest, queryset: QuerySet[Image]) -> HttpResponse | None:
        pictures = _plain(queryset)
        may_add = request.user.has_perm("articles.add_collection")

        def apply(form: CollectionForm) -> str:
            chosen = form.cleaned_data["collection"] or form.cleaned_data["new"]
            kept = editing.put_in(pictures, chosen, by=request.user)  # type: ignore[arg-type]
            return f"{_pictures(pictures.count())} in “{kept}”."

        data = request.POST if _sent(request) else None
        form = CollectionForm(data, may_add=may_add, into=True)
        return self._ask(request, pictures, form, "Put into a collection", apply)

    @admin.action(
        description="Take the ticked pictures out of a collection", permissions=["collect"]
    )
    def take_out(self, request: HttpRequest, queryset: QuerySet[Image]) -> HttpResponse | None:
        pictures = _plain(queryset)

        def apply(form: CollectionForm) -> str:
            chosen: Collection = form.cleaned_data["collection"]
            editing.take_out(pictures, chosen)
            return f"They are out of “{chosen}”; the pictures themselves stay."

        data = request.POST if _sent(request) else None
        first = {"collection": request.GET.get("collection")}
        form = CollectionForm(data, may_add=False, into=False, initial=first)
        return self._ask(request, pictures, form, "Take out of a collection", apply)

    def _ask[F: forms.Form](
        self,
        request: HttpRequest,
        pictures: ImageQuerySet,
        form: F,
        deed: str,
        apply: Callable[[F], str],
    ) -> HttpResponse | None:
        """The form with its count; once it is filled in, the deed, and back to the list."""
        count = pictures.count()
        if _sent(request) and form.is_valid():
            if request.POST.get("expected") != str(count):
                then = request.POST.get("expected", "")[:9]
                form.add_error(None, MEANWHILE.format(now=count, then=then))
            else:
                try:
                    self.message_user(request, apply(form), messages.SUCCESS)
                except (IntegrityError, ValidationError) as mistake:
                    form.add_error(None, _refusal(mistake))
                else:
                    return None
        context = {
            **self.admin_site.each_context(request),
            "title": f"{deed}: {_pictures(count)}",
            "opts": self.opts,
            "form": form,
            "count": count,
            "some": pictures.for_grid()[:12],
            "more": max(count - 12, 0),
            "shown": pictures.showable().count(),
            "action": request.POST.get("action", ""),
            "across": request.POST.get("select_across", "0"),
            "ticked": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "checkbox": ACTION_CHECKBOX_NAME,
            "media": self.media + form.media,
        }
        return render(request, "admin/articles/image/bulk.html", context)


def _plain(queryset: QuerySet[Image]) -> ImageQuerySet:
    """The same pictures, without the ranking that a search brings along."""
    pictures: ImageQuerySet = Image.objects.filter(pk__in=queryset.order_by().values("pk"))
    return pictures.order_by("-uploaded_at", "-pk")


def _sent(request: HttpRequest) -> bool:
    return "apply" in request.POST


def _refusal(mistake: Any) -> str:
    if isinstance(mistake, ValidationError):
        return " ".join(mistake.messages)
    return READERS_SEE


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count:,} pictures"
