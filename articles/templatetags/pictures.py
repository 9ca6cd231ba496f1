"""`{% load pictures %}`: an image in its formats and widths."""

from django import template
from django.utils.safestring import SafeString

from articles.images.html import picture_markup, placeholder_markup, small_credit
from articles.images.models import Image
from articles.images.srcset import picture_values

register = template.Library()
register.simple_tag(placeholder_markup, name="withheld_picture")


@register.simple_tag
def picture(image: Image | None, use: str = "inline", alt: str | None = None) -> SafeString:
    """`{% picture article.lead_image use="card" %}`; empty while there are no renditions.

    `alt=""` if the image only repeats the text next to it, as in a card.
    """
    return picture_markup(picture_values(image, use) if image is not None else None, alt)


@register.simple_tag
def credited(image: Image, use: str = "card") -> SafeString:
    """`{% credited article.lead_image %}`: a small image in a list with its credit below."""
    values = picture_values(image, use)
    return SafeString(f"{picture_markup(values, '')}{small_credit(image)}" if values else "")
