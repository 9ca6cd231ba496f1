"""The image library, as a list or a grid (the URL says which), and the read-only fields of an image."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.images.admin import chooser, details, filters, views
from articles.images.admin.bulk_actions import BulkActionsMixin
from articles.images.admin.filters import search
from articles.images.admin.forms import (
    CREDIT,
    DESCRIPTION,
    FOCUS,
    LICENCE,
    MAIN,
    ImageForm,
    focal_point,
)
from articles.images.admin.library_admin import LibraryAdmin
from articles.images.hooks import uses_of
from articles.images.library import editing
from articles.images.library.editing import similar_images
from articles.images.library.uploads import receive
from articles.images.metadata import ImageMetadata
from articles.images.models import Image
from articles.images.srcset import image_attributes, picture_html
from articles.images.usage_check import retry_if_uncredited
from articles.images.views import admin_rendition
from iria.core.http.urls import parse_id

METADATA_FIELDS = [field.name for field in fields(ImageMetadata)]


class ReadonlyFieldsMixin:
    """Columns of the list and read-only fields of the form."""

    @admin.display(description="Image")
    def small(self, image: Image) -> SafeString:
        return _markup(image, "thumb", alt="")

    @admin.display(description="Image")
    def preview(self, image: Image) -> SafeString:
        return _markup(image, "lead", alt=image.alt_text)

    @admin.display(description="Focal point")
    def focus(self, image: Image) -> SafeString | str:
        return focal_point(image)

    @admin.display(description="Size", ordering="width")
    def size(self, image: Image) -> str:
        return f"{image.width} × {image.height}"

    @admin.display(description="File details")
    def facts(self, image: Image) -> str:
        kind = image.media_type.removeprefix("image/").upper()
        day = date_format(timezone.localtime(image.uploaded_at), "DATE_FORMAT")
        who = f" by {image.uploaded_by}" if image.uploaded_by else ""
        size = f"{image.width} × {image.height} pixels"
        return f"{kind}, {size}, number {image.pk}, uploaded on {day}{who}"

    @admin.display(description="Usage")
    def usage(self, image: Image) -> SafeString | str:
        uses = [(use.url, use.label) for use in uses_of(image)]
        if not uses:
            return "Not used."
        rows = format_html_join("", '<li><a href="{}">{}</a></li>', uses)
        return format_html('<ul class="image-uses">{}</ul>', rows)

    @admin.display(description="Possible duplicates")
    def duplicates(self, image: Image) -> SafeString | str:
        links = [
            (reverse("admin:articles_image_change", args=[other.pk]), other)
            for other in similar_images(image)
        ]
        if not links:
            return "None."
        return format_html_join(", ", '<a href="{}">{}</a>', links)

    @admin.display(description="Agency terms")
    def agency_terms(self, image: Image) -> str:
        return (image.agency.usage_terms if image.agency else "") or "None."

    @admin.display(description="History")
    def history(self, image: Image) -> SafeString | str:
        rows = [
            (
                event.get_action_display(),
                date_format(timezone.localtime(event.created_at), "DATETIME_FORMAT"),
                f" by {event.created_by}" if event.created_by else "",
                f"{event.before or '–'} → {event.after or '–'}",
            )
            for event in image.events.select_related("created_by")[:20]
        ]
        if not rows:
            return "No changes since upload."
        return format_html(
            '<ul class="image-events">{}</ul>',
            format_html_join("", "<li>{}, {}{}: {}</li>", rows),
        )

    @admin.display(description="Embedded metadata")
    def embedded(self, image: Image) -> SafeString | str:
        rows = [
            (name.replace("_", " ").capitalize(), _joined(value))
            for name in METADATA_FIELDS
            if (value := image.metadata.get(name))
        ]
        if not rows:
            return "No metadata."
        listed = format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows)
        return format_html('<dl class="image-said">{}</dl>', listed)


def _joined(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _markup(image: Image, use: str, *, alt: str) -> SafeString:
    return picture_html(image_attributes(image, use), alt)


GRID, LIST = "grid", "list"
MAX_COUNTED: Final = 100_000


class Library(ChangeList):
    """A list that can be shown as a grid."""

    def get_filters_params(self, params: Any = None) -> Any:
        known = super().get_filters_params(params)
        known.pop("look", None)
        return known

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.has_active_filters:
            # "38 results" is shown only for searches.
            self.full_result_count = self.result_count


class LibraryPaginator(Paginator[Image]):
    """Counts no further than necessary."""

    @cached_property
    def count(self) -> int:
        images: QuerySet[Image] = self.object_list  # type: ignore[assignment]
        return images.order_by()[: MAX_COUNTED + 1].count()


def layout_of(request: HttpRequest) -> str:
    return LIST if request.GET.get("look") == LIST else GRID


def image_to_open(number: str) -> Image | None:
    """The image whose drawer the URL opens; it need not be in the list."""
    pk = parse_id(number)
    return Image.objects.for_grid().filter(pk=pk).first() if pk else None


def search_results(request: HttpRequest, images: QuerySet[Image], query: str) -> QuerySet[Image]:
    """The images that match, the best first, unless a column was chosen to sort by."""
    results = search(images, query)  # type: ignore[arg-type]
    if request.GET.get(ORDER_VAR):
        return results.order_by(*images.query.order_by)
    return results


FILTERS: Final = (
    *(filters.MissingFilter, filters.LicenceFilter, filters.UsageFilter, filters.TypeFilter),
    *(filters.PhotographerFilter, filters.AgencyFilter, filters.CollectionFilter),
    *(filters.KeywordFilter, filters.DateTakenFilter, filters.UploadDateFilter),
)

COLLECTIONS: Final = ("in_collections", "were_in")


class ImageAdmin(ReadonlyFieldsMixin, BulkActionsMixin, LibraryAdmin[Image]):
    upload_field = "pictures"
    receive = staticmethod(receive)
    form = ImageForm
    actions = (*BulkActionsMixin.actions, "delete_selected")
    list_display = ("small", "__str__", "credit", "alt_text", "size", "uploaded_at")
    list_display_links = ("__str__",)
    list_filter = FILTERS
    paginator = LibraryPaginator
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("headline",)
    search_help_text = "Search images"
    readonly_fields = (
        *(
            "preview",
            "focus",
            "facts",
            "usage",
            "duplicates",
            "embedded",
            "agency_terms",
            "history",
        ),
    )
    fieldsets = (
        (None, {"fields": ["seen", "preview", *MAIN]}),
        ("Description", {"fields": [*DESCRIPTION, *COLLECTIONS], "classes": ["collapse"]}),
        ("Focal point", {"fields": ["focus", FOCUS]}),
        ("Credit and rights", {"fields": [*CREDIT, "agency_terms"]}),
        ("Licence and usage", {"fields": [*LICENCE]}),
        ("File", {"fields": ["usage", "duplicates", "facts", "embedded", "history"]}),
    )

    class Media:
        css = {"all": ["iria_admin/images.css", "iria_admin/image-details.css"]}
        js = [
            forms.Script("iria_admin/images.js", type="module"),
            forms.Script("iria_admin/image-drawer.js", type="module"),
            forms.Script("iria_admin/focal-point.js", type="module"),
        ]

    def get_urls(self) -> list[URLPattern]:
        def admin_view(view: Callable[..., HttpResponseBase]) -> Any:
            return self.admin_site.admin_view(
                lambda request, **given: view(request, site=self.admin_site, **given)
            )

        return [
            path("choose/", admin_view(chooser.choose), name="articles_image_choose"),
            path(
                "file/<str:name>",
                self.admin_site.admin_view(admin_rendition),
                name="articles_image_file",
            ),
            path("upload/", admin_view(details.upload), name="articles_image_upload"),
            path("import/", admin_view(details.import_url), name="articles_image_import"),
            path(
                "<int:number>/details/", admin_view(details.details), name="articles_image_details"
            ),
            path("<int:number>/drawer/", admin_view(views.drawer), name="articles_image_drawer"),
            path(
                "<int:number>/original/", admin_view(views.original), name="articles_image_original"
            ),
            path(
                "<int:number>/alike/",
                admin_view(views.decide_duplicate),
                name="articles_image_alike",
            ),
            path(
                "<int:number>/replace/",
                admin_view(views.replace_page),
                name="articles_image_replace",
            ),
            path(
                "<int:number>/withdraw/",
                admin_view(views.withdraw_page),
                name="articles_image_withdraw",
            ),
            *super().get_urls(),
        ]

    # The list

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Library

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Image], search_term: str
    ) -> tuple[QuerySet[Image], bool]:
        return search_results(request, queryset, search_term), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        other = request.GET.copy()
        opened = other.pop("open", [""])[-1]
        request.GET = other.copy()  # type: ignore[assignment]
        layout = layout_of(request)
        other["look"] = GRID if layout == LIST else LIST
        context = {
            **(extra_context or {}),
            "title": "Images",
            "layout": layout,
            "linked": image_to_open(opened),
            "other_layout": f"?{other.urlencode()}",
        }
        return super().changelist_view(request, context)

    # Editing

    def get_fieldsets(self, request: HttpRequest, obj: Image | None = None) -> Any:
        """Without collections for users who may not change them, and read-only for viewers."""
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
        """Keeps the credit of published images, also against concurrent changes."""
        view = super().changeform_view
        return retry_if_uncredited(
            request, lambda: view(request, object_id, form_url, extra_context)
        )

    def save_model(
        self, request: HttpRequest, obj: Image, form: forms.ModelForm[Image], change: bool
    ) -> None:
        fields = {field.name for field in obj._meta.concrete_fields}
        values = {name: form.cleaned_data[name] for name in form.changed_data if name in fields}
        editing.update_image(obj, by=request.user, **values)  # type: ignore[arg-type]
        if request.user.has_perm("articles.change_collection"):
            chosen = {collection.pk for collection in form.cleaned_data["in_collections"]}
            editing.set_collections(obj, shown=form.cleaned_data["were_in"], chosen=chosen)
