"""What the library shows of a picture beside the fields of its form."""

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
from articles.images.html import picture_markup
from articles.images.library import duplicates
from articles.images.metadata import PictureMetadata
from articles.images.models import Image
from articles.images.srcset import picture_values

NAMES = [field.name for field in fields(PictureMetadata)]


class Described:
    """Columns of the list and read-only fields of the form."""

    @admin.display(description="Picture")
    def small(self, image: Image) -> SafeString:
        return _markup(image, "thumb", alt="")

    @admin.display(description="Picture")
    def preview(self, image: Image) -> SafeString:
        return _markup(image, "lead", alt=image.alt_text)

    @admin.display(description="Focal point")
    def focus(self, image: Image) -> SafeString | str:
        return focal_point(image)

    @admin.display(description="Size", ordering="width")
    def size(self, image: Image) -> str:
        return f"{image.width} × {image.height}"

    @admin.display(description="Facts")
    def facts(self, image: Image) -> str:
        kind = image.media_type.removeprefix("image/").upper()
        day = date_format(timezone.localtime(image.uploaded_at), "DATE_FORMAT")
        who = f" by {image.uploaded_by}" if image.uploaded_by else ""
        size = f"{image.width} × {image.height} pixels"
        return f"{kind}, {size}, number {image.pk}, taken in on {day}{who}"

    @admin.display(description="Where it is used")
    def used(self, image: Image) -> SafeString | str:
        places = [(use.url, use.label) for use in uses_of(image)]
        if not places:
            return "Nowhere yet."
        rows = format_html_join("", '<li><a href="{}">{}</a></li>', places)
        return format_html('<ul class="picture-uses">{}</ul>', rows)

    @admin.display(description="Looks like")
    def alike(self, image: Image) -> SafeString | str:
        places = [
            (reverse("admin:articles_image_change", args=[other.pk]), other)
            for other in duplicates.similar_images(image)
        ]
        if not places:
            return "No other picture."
        return format_html_join(", ", '<a href="{}">{}</a>', places)

    @admin.display(description="Terms of the agency")
    def agency_terms(self, image: Image) -> str:
        return (image.agency.usage_terms if image.agency else "") or "None written down."

    @admin.display(description="What was done to it")
    def happened(self, image: Image) -> SafeString | str:
        rows = [
            (
                event.get_what_display(),
                date_format(timezone.localtime(event.at), "DATETIME_FORMAT"),
                f" by {event.by}" if event.by else "",
                f"{event.before or '–'} → {event.after or '–'}",
            )
            for event in image.events.select_related("by")[:20]
        ]
        if not rows:
            return "Nothing since it came in."
        return format_html(
            '<ul class="picture-events">{}</ul>',
            format_html_join("", "<li>{}, {}{}: {}</li>", rows),
        )

    @admin.display(description="What the file says")
    def said(self, image: Image) -> SafeString | str:
        rows = [
            (name.replace("_", " ").capitalize(), _words(said))
            for name in NAMES
            if (said := image.metadata.get(name))
        ]
        if not rows:
            return "Nothing about itself."
        listed = format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows)
        return format_html('<dl class="picture-said">{}</dl>', listed)


def _words(said: Any) -> Any:
    return ", ".join(map(str, said)) if isinstance(said, list) else said


def _markup(image: Image, use: str, *, alt: str) -> SafeString:
    return picture_markup(picture_values(image, use), alt)
