"""A picture with its credit and rights, in the words of schema.org."""

from typing import Any

from articles.body.words import caption_text
from articles.images.crediting import (
    licence_address,
    licensor_address,
    plain_credit,
    source_type_address,
)
from articles.images.models import Image
from articles.images.showing import plain_rendition
from iria.kit.addresses import absolute


def picture(image: Image, caption: str) -> dict[str, Any] | None:
    """An ImageObject; None while no size of the picture is ready.

    What search engines ask of one whose credit they show: its file as `contentUrl`, and who made it,
    whom to name, under which licence, and where one can be had.

    Args:
        caption: of this use, as HTML.
    """
    rendition = plain_rendition(image)
    if rendition is None:
        return None
    address = absolute(rendition.get_absolute_url())
    about: dict[str, Any] = {
        "@type": "ImageObject",
        "url": address,
        "contentUrl": address,
        "width": rendition.width,
        "height": rendition.height,
    }
    words = {
        "caption": caption_text(caption) if caption else "",
        "creditText": plain_credit(image),
        "copyrightNotice": image.copyright_notice,
        "license": licence_address(image),
        "acquireLicensePage": licensor_address(image),
        "digitalSourceType": source_type_address(image),
    }
    about.update({name: value for name, value in words.items() if value})
    if image.byline:
        about["creator"] = {"@type": "Person", "name": image.byline}
    return about
