"""`{% load pictures %}`: an image in its formats and widths."""

from django import template
from django.utils.safestring import SafeString

from articles.images.html import image_with_credit, picture_html, unavailable_html
from articles.images.models import Image
from articles.images.srcset import image_attributes

register = template.Library()
register.simple_tag(unavailable_html, name="image_unavailable")
register.simple_tag(image_with_credit)


@register.simple_tag
def picture(image: Image | None, use: str = "inline", alt: str | None = None) -> SafeString:
    """`{% picture article.lead_image use="card" %}`; empty while there are no renditions.

    `alt=""` where the image only repeats what is beside it, as in a card.
    """
    return picture_html(image_attributes(image, use) if image is not None else None, alt)
