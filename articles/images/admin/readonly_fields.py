"""Read-only fields of the image form and columns of the list."""

from dataclasses import fields
from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.images.admin.forms import focal_point
from articles.images.hooks import uses_of
from articles.images.html import picture_html
from articles.images.library.duplicates import similar_images
from articles.images.metadata import ImageMetadata
from articles.images.models import Image
from articles.images.srcset import image_attributes

NAMES = [field.name for field in fields(ImageMetadata)]


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
            for name in NAMES
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
