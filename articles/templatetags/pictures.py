"""`{% load pictures %}`: an image in its formats and widths."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from articles.images.models import Image
from articles.images.srcset import (
    image_attributes,
    picture_html,
    small_image_html,
    unavailable_html,
)
from articles.public.teaser_cards import name_of_image

register = template.Library()
register.simple_tag(unavailable_html, name="image_unavailable")


@register.simple_tag(takes_context=True)
def small_image(context: dict[str, Any], image: Image, of: Any, use: str = "card") -> SafeString:
    """`{% small_image article.lead_image of=article %}`, whose credit is at the foot of the page.

    Args:
        of: the article or author that the image belongs to.
    """
    if context["publication"].credit_below_every_image:
        return small_image_html(image, use, has_credit=True)
    context["image_credits"].add(image, name_of_image(of))
    return small_image_html(image, use)


@register.simple_tag
def picture(image: Image | None, use: str = "inline", alt: str | None = None) -> SafeString:
    """`{% picture article.lead_image use="card" %}`; empty while there are no renditions.

    `alt=""` where the image only repeats what is beside it, as in a card.
    """
    return picture_html(image_attributes(image, use) if image is not None else None, alt)
