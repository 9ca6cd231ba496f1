"""Bulk actions of the library: each shows a form first, with the number of selected images."""

from collections.abc import Callable
from typing import Any

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

SELECTION_CHANGED = (
    "The selection has {now} images now, not {then}, because the library changed after you opened "
    "the form. Check the selection and apply again."
)
NO_CREDIT = "Nothing was changed: a published image would have no credit. Enter a credit."


class BulkActionsMixin(ModelAdmin[Image]):
    """Actions for all selected images."""

    actions: tuple[str, ...] = ("change_rights", "add_to_collection", "remove_from_collection")

    def has_bulk_change_permission(self, request: HttpRequest) -> bool:
        """Some of many images are published."""
        may_publish = permissions.may_publish(request.user)
        return may_publish and request.user.has_perm("articles.bulk_change_image")

    def has_collect_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.change_collection")

    @admin.action(
        description="Edit credit, agency or licence",
        permissions=["bulk_change"],
    )
    def change_rights(self, request: HttpRequest, queryset: QuerySet[Image]) -> HttpResponse | None:
        images = _without_ranking(queryset)

        def apply(form: RightsForm) -> str:
            count = bulk_changes.change(images, form.values(), by=request.user)  # type: ignore[arg-type]
            return f"{_images(count)} changed."

        form = RightsForm(request.POST if _sent(request) else None, images=images)
        return self._apply_form(request, images, form, "Edit rights", apply)

    @admin.action(description="Add to collection", permissions=["collect"])
    def add_to_collection(
        self, request: HttpRequest, queryset: QuerySet[Image]
    ) -> HttpResponse | None:
        images = _without_ranking(queryset)
        may_add = request.user.has_perm("articles.add_collection")

        def apply(form: CollectionForm) -> str:
            chosen = form.cleaned_data["collection"] or form.cleaned_data["new"]
            collection = editing.add_to_collection(images, chosen, by=request.user)  # type: ignore[arg-type]
            return f"{_images(images.count())} added to “{collection}”."

        data = request.POST if _sent(request) else None
        form = CollectionForm(data, may_add=may_add, into=True)
        return self._apply_form(request, images, form, "Add to collection", apply)

    @admin.action(description="Remove from collection", permissions=["collect"])
    def remove_from_collection(
        self, request: HttpRequest, queryset: QuerySet[Image]
    ) -> HttpResponse | None:
        images = _without_ranking(queryset)

        def apply(form: CollectionForm) -> str:
            chosen: Collection = form.cleaned_data["collection"]
            editing.remove_from_collection(images, chosen)
            return f"Removed from “{chosen}”. The images stay in the library."

        data = request.POST if _sent(request) else None
        first = {"collection": request.GET.get("collection")}
        form = CollectionForm(data, may_add=False, into=False, initial=first)
        return self._apply_form(request, images, form, "Remove from collection", apply)

    def _apply_form[F: forms.Form](
        self,
        request: HttpRequest,
        images: ImageQuerySet,
        form: F,
        title: str,
        apply: Callable[[F], str],
    ) -> HttpResponse | None:
        """The form with the number of images; when it is valid, applies it and returns to the list."""
        count = images.count()
        if _sent(request) and form.is_valid():
            if request.POST.get("expected") != str(count):
                then = request.POST.get("expected", "")[:9]
                form.add_error(None, SELECTION_CHANGED.format(now=count, then=then))
            else:
                try:
                    self.message_user(request, apply(form), messages.SUCCESS)
                except (IntegrityError, ValidationError) as error:
                    form.add_error(None, _message(error))
                else:
                    return None
        context = {
            **self.admin_site.each_context(request),
            "title": f"{title}: {_images(count)}",
            "opts": self.opts,
            "form": form,
            "count": count,
            "some": images.for_grid()[:12],
            "more": max(count - 12, 0),
            "shown": images.showable().count(),
            "action": request.POST.get("action", ""),
            "across": request.POST.get("select_across", "0"),
            "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "checkbox": ACTION_CHECKBOX_NAME,
            "media": self.media + form.media,
        }
        return render(request, "admin/articles/image/bulk.html", context)


def _without_ranking(queryset: QuerySet[Image]) -> ImageQuerySet:
    """The same images, without the ranking of a search."""
    images: ImageQuerySet = Image.objects.filter(pk__in=queryset.order_by().values("pk"))
    return images.order_by("-uploaded_at", "-pk")


def _sent(request: HttpRequest) -> bool:
    return "apply" in request.POST


def _message(error: Any) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return NO_CREDIT


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count:,} images"
