"""The picture library."""

from dataclasses import fields
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.images import choosing, removing
from articles.images.filters import Lacks, Used
from articles.images.forms import ImageForm
from articles.images.guarding import decided_on_what_stands
from articles.images.markup import picture_markup
from articles.images.metadata import PictureMetadata
from articles.images.models import Image
from articles.images.models.querysets import SEARCHED
from articles.images.showing import picture_values
from articles.images.uploading import MOST_AT_ONCE, receive
from articles.images.uses import uses_of
from articles.images.views import at_the_desk
from iria.publication.models import current_publication

NAMES = [field.name for field in fields(PictureMetadata)]
GRID, LIST = "grid", "list"


class Library(ChangeList):
    """A list that can be looked at as a grid; which one is part of the address."""

    def get_filters_params(self, params: Any = None) -> Any:
        known = super().get_filters_params(params)
        known.pop("look", None)
        return known


class ImageAdmin(admin.ModelAdmin[Image]):
    form = ImageForm
    list_display = ["small", "__str__", "credit", "alt_text", "size", "uploaded_at"]
    list_display_links = ["__str__"]
    list_filter = [Lacks, Used, "media_type", "uploaded_at"]
    list_per_page = 60
    search_fields = SEARCHED
    ordering = ["-uploaded_at", "-pk"]
    view_on_site = False
    readonly_fields = ["preview", "facts", "used", "said"]
    fieldsets = [
        (None, {"fields": ["seen", "preview", "headline", "alt_text", "caption"]}),
        (
            "Rights",
            {
                "fields": [
                    "credit",
                    "credit_url",
                    "byline",
                    "source",
                    "copyright_notice",
                    "usage_terms",
                    "needs_no_credit",
                    "no_credit_reason",
                ]
            },
        ),
        ("The file", {"fields": ["used", "facts", "said"]}),
    ]

    class Media:
        css = {"all": ["desk/pictures.css"]}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(lambda request: choosing.choose(request, self.admin_site))
        return [
            path("choose/", view, name="articles_image_choose"),
            path(
                "file/<str:name>",
                self.admin_site.admin_view(at_the_desk),
                name="articles_image_file",
            ),
            *super().get_urls(),
        ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Library

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        look = LIST if request.GET.get("look") == LIST else GRID
        other = request.GET.copy()
        other["look"] = GRID if look == LIST else LIST
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
        """Files first; what they say is offered on the next page, where a person completes it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        received = []
        if request.method == "POST":
            received = receive(request.FILES.getlist("pictures"), by=request.user)  # type: ignore[arg-type]
            for result in received:
                if result.is_new and result.image is not None:
                    self.log_addition(request, result.image, "Uploaded.")
            if len(received) == 1 and (image := received[0].image) is not None:
                level = messages.SUCCESS if received[0].is_new else messages.WARNING
                self.message_user(request, received[0].sentence, level)
                return redirect("admin:articles_image_change", image.pk)
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

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """No picture that readers see loses its credit, also where two decide at one moment."""
        view = super().changeform_view
        return decided_on_what_stands(request, lambda: view(request, *args, **kwargs))

    # Letting go

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        image = self.get_object(request, object_id)
        if image is not None and (refusal := removing.why_not(image)):
            self.message_user(request, refusal, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:articles_image_change", args=[image.pk]))
        return super().delete_view(request, object_id, extra_context)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """The renditions go with their picture without being listed; its uses keep it."""
        images = list(objs)
        kept = [refusal for image in images if (refusal := removing.why_not(image))]
        listed = [str(image) for image in images]
        return listed, {"pictures": len(images)}, set(), kept

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        removing.remove(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> None:
        for image in queryset:
            removing.remove(image)

    # What is shown

    @admin.display(description="Picture")
    def small(self, image: Image) -> SafeString:
        return _markup(image, "thumb", alt="")

    @admin.display(description="Picture")
    def preview(self, image: Image) -> SafeString:
        return _markup(image, "lead", alt=image.alt_text)

    @admin.display(description="Size", ordering="width")
    def size(self, image: Image) -> str:
        return f"{image.width} × {image.height}"

    @admin.display(description="Facts")
    def facts(self, image: Image) -> str:
        kind = image.media_type.removeprefix("image/").upper()
        zone = current_publication().zone_info
        day = image.uploaded_at.astimezone(zone).strftime("%-d %B %Y")
        who = f" by {image.uploaded_by}" if image.uploaded_by else ""
        size = f"{image.width} × {image.height} pixels"
        return f"{kind}, {size}, number {image.pk}, taken in on {day}{who}"

    @admin.display(description="Where it is used")
    def used(self, image: Image) -> SafeString | str:
        places = [(use.address, use.where) for use in uses_of(image)]
        if not places:
            return "Nowhere yet."
        rows = format_html_join("", '<li><a href="{}">{}</a></li>', places)
        return format_html('<ul class="picture-uses">{}</ul>', rows)

    @admin.display(description="What the file says")
    def said(self, image: Image) -> SafeString | str:
        rows = [
            (
                name.replace("_", " ").capitalize(),
                ", ".join(said) if isinstance(said, list) else said,
            )
            for name in NAMES
            if (said := image.metadata.get(name))
        ]
        if not rows:
            return "Nothing about itself."
        listed = format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows)
        return format_html('<dl class="picture-said">{}</dl>', listed)


def _markup(image: Image, use: str, *, alt: str) -> SafeString:
    return picture_markup(picture_values(image, use), alt)
