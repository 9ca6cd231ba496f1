"""The picture library."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse

from articles.images import permissions
from articles.images.admin import (
    changelist,
    chooser,
    duplicate_view,
    filters,
    replace_view,
    withdraw_view,
)
from articles.images.admin.bulk_actions import BulkActionsMixin
from articles.images.admin.forms import DESCRIBING, FOCUS, LICENCE, SHOWING, WHOSE, ImageForm
from articles.images.admin.readonly_fields import Described
from articles.images.library import editing
from articles.images.library.uploads import MOST_AT_ONCE, receive
from articles.images.models import Image
from articles.images.renditions.views import at_the_desk
from articles.images.rights.credit_trigger import decided_on_what_stands
from iria.core.http.csrf import csrf_failure

LISTED: Final = (
    *(filters.MissingFilter, filters.Licence, filters.Used, filters.Kind),
    *(filters.ByPhotographer, filters.ByAgency, filters.InCollection),
    *(filters.ByKeyword, filters.WhenTaken, filters.UploadDateFilter),
)

COLLECTIONS: Final = ("kept_in", "lay_in")


class ImageAdmin(Described, BulkActionsMixin, admin.ModelAdmin[Image]):
    form = ImageForm
    actions = (*BulkActionsMixin.actions, "delete_selected")
    list_display = ("small", "__str__", "credit", "alt_text", "size", "uploaded_at")
    list_display_links = ("__str__",)
    list_filter = LISTED
    list_per_page = 60
    paginator = changelist.Shelf
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("headline",)
    search_help_text = "Search pictures"
    ordering = ("-uploaded_at", "-pk")
    view_on_site = False
    readonly_fields = (
        *("preview", "focus", "facts", "used", "alike", "said", "agency_terms", "happened"),
    )
    fieldsets = (
        (None, {"fields": ["seen", "preview", *DESCRIBING]}),
        ("More about what it shows", {"fields": [*SHOWING, *COLLECTIONS], "classes": ["collapse"]}),
        ("Where the eye rests", {"fields": ["focus", FOCUS]}),
        ("Whose it is", {"fields": [*WHOSE, "agency_terms"]}),
        ("How long and where it may be shown", {"fields": [*LICENCE]}),
        ("The file", {"fields": ["used", "alike", "facts", "said", "happened"]}),
    )

    class Media:
        css = {"all": ["iria_admin/images.css", "iria_admin/focal-point.css"]}
        js = [
            forms.Script("iria_admin/images.js", type="module"),
            forms.Script("iria_admin/focal-point.js", type="module"),
        ]

    def get_urls(self) -> list[URLPattern]:
        def at(view: Callable[..., HttpResponse]) -> Any:
            return self.admin_site.admin_view(
                lambda request, **given: view(request, site=self.admin_site, **given)
            )

        return [
            path("choose/", at(chooser.choose), name="articles_image_choose"),
            path(
                "file/<str:name>",
                self.admin_site.admin_view(at_the_desk),
                name="articles_image_file",
            ),
            path("<int:number>/alike/", at(duplicate_view.decide), name="articles_image_alike"),
            path("<int:number>/replace/", at(replace_view.page), name="articles_image_replace"),
            path("<int:number>/withdraw/", at(withdraw_view.page), name="articles_image_withdraw"),
            *super().get_urls(),
        ]

    # Finding

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return changelist.Library

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Image], search_term: str
    ) -> tuple[QuerySet[Image], bool]:
        return changelist.searched(request, queryset, search_term), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        look = changelist.look_of(request)
        other = request.GET.copy()
        other["look"] = changelist.GRID if look == changelist.LIST else changelist.LIST
        context = {
            **(extra_context or {}),
            "title": "Pictures",
            "look": look,
            "other_look": f"?{other.urlencode()}",
        }
        return super().changelist_view(request, context)

    # Taking in

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Files first; what they say is offered on the next page, where a person completes it.

        The script of the page sends each file alone, with `fragment`, and puts the answer in.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        received = []
        if request.method == "POST":
            received = receive(request.FILES.getlist("pictures"), by=request.user)  # type: ignore[arg-type]
            for result in received:
                if result.is_new and result.image is not None:
                    self.log_addition(request, result.image, "Uploaded.")
            if "fragment" in request.GET:
                context = {"received": received, "nothing_sent": not received}
                return render(request, "admin/articles/image/_received.html", context)
            if len(received) == 1 and not received[0].like and received[0].image is not None:
                level = messages.SUCCESS if received[0].is_new else messages.WARNING
                self.message_user(request, received[0].sentence, level)
                return redirect("admin:articles_image_change", received[0].image.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": "Add pictures",
            "opts": self.opts,
            "received": received,
            "nothing_sent": request.method == "POST" and not received,
            "most_at_once": MOST_AT_ONCE,
            "media": self.media,
        }
        return render(request, "admin/articles/image/add.html", context)

    # Changing

    def has_change_permission(self, request: HttpRequest, obj: Image | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or permissions.may_change(request.user, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Image | None = None) -> Any:
        """Collections only for those who may change them, and nothing but a form's for others."""
        parts = super().get_fieldsets(request, obj)
        left_out: tuple[str, ...] = ()
        if obj is not None and not self.has_change_permission(request, obj):
            left_out = (*COLLECTIONS, "seen", "focus")
        elif not request.user.has_perm("articles.change_collection"):
            left_out = COLLECTIONS
        return [
            (name, {**part, "fields": [each for each in part["fields"] if each not in left_out]})
            for name, part in parts
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """No picture that readers see loses its credit, also where two decide at one moment.

        Who may only look is told why; what they typed before it was published is given back.
        """
        image = self.get_object(request, object_id) if object_id else None
        if image is not None and super().has_change_permission(request, image):
            why = permissions.why_not(request.user, image)
            extra_context = {**(extra_context or {}), "why_fixed": why}
            if why and request.method == "POST":
                return csrf_failure(request, because=why)
        view = super().changeform_view
        return decided_on_what_stands(
            request, lambda: view(request, object_id, form_url, extra_context)
        )

    def save_model(
        self, request: HttpRequest, obj: Image, form: forms.ModelForm[Image], change: bool
    ) -> None:
        fields = {field.name for field in obj._meta.concrete_fields}
        values = {name: form.cleaned_data[name] for name in form.changed_data if name in fields}
        editing.update_image(obj, by=request.user, **values)  # type: ignore[arg-type]
        if request.user.has_perm("articles.change_collection"):
            chosen = {collection.pk for collection in form.cleaned_data["kept_in"]}
            editing.decide(obj, shown=form.cleaned_data["lay_in"], chosen=chosen)

    # Letting go

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        image = self.get_object(request, object_id)
        if image is not None and (refusal := editing.why_not(image)):
            self.message_user(request, refusal, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:articles_image_change", args=[image.pk]))
        try:
            return super().delete_view(request, object_id, extra_context)
        except editing.StillUsed as refusal:
            return self._kept(request, refusal)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """The renditions go with their picture without being listed; its uses keep it."""
        images = list(objs)
        kept = [refusal for image in images if (refusal := editing.why_not(image))]
        listed = [str(image) for image in images]
        return listed, {"pictures": len(images)}, set(), kept

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        editing.remove(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> None:
        for image in queryset:
            editing.remove(image)

    @admin.action(permissions=["delete"], description="Delete the ticked pictures")
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Image]) -> Any:
        """All of them or none: also where one comes to be used while they are deleted."""
        try:
            with transaction.atomic():
                return delete_selected(self, request, queryset)
        except editing.StillUsed as refusal:
            return self._kept(request, refusal)

    def _kept(self, request: HttpRequest, refusal: editing.StillUsed) -> HttpResponseRedirect:
        self.message_user(request, f"{refusal} Nothing was deleted.", messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())
