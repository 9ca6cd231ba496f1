"""`{% load pictures %}`: a picture in its formats and widths."""

from typing import Any

from django import template

from articles.images.models import Image
from articles.images.showing import picture_values

register = template.Library()


@register.inclusion_tag("articles/images/_picture.html")
def picture(image: Image | None, use: str = "inline", alt: str | None = None) -> dict[str, Any]:
    """`{% picture article.lead_picture use="card" %}`; nothing while no rendition is there.

    `alt=""` where the picture only repeats what stands beside it, as in a card.
    """
    values = picture_values(image, use) if image is not None else None
    return {"picture": values, "alt": values.alt if values and alt is None else alt}
