"""`{% load pictures %}`: a picture in its formats and widths."""

from django import template
from django.utils.safestring import SafeString

from articles.images.html import picture_markup, small_credit, withheld_markup
from articles.images.models import Image
from articles.images.srcset import picture_values

register = template.Library()
register.simple_tag(withheld_markup, name="withheld_picture")


@register.simple_tag
def picture(image: Image | None, use: str = "inline", alt: str | None = None) -> SafeString:
    """`{% picture article.lead_picture use="card" %}`; nothing while no rendition is there.

    `alt=""` where the picture only repeats what stands beside it, as in a card.
    """
    return picture_markup(picture_values(image, use) if image is not None else None, alt)


@register.simple_tag
def credited(image: Image, use: str = "card") -> SafeString:
    """`{% credited article.lead_picture %}`: a small picture in a list with its credit below it."""
    values = picture_values(image, use)
    return SafeString(f"{picture_markup(values, '')}{small_credit(image)}" if values else "")
