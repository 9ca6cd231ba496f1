"""Where pages use a picture: what the library asks before it lets one go."""

import re
from typing import Final

from django.urls import reverse

from articles.pages.models import Page
from iria.kit.registry import PictureUse

PICTURE: Final = re.compile(r'data-image="(\d{1,18})"', re.ASCII)
"""Texts are cleaned, so the attribute is always written like this."""


def in_pages(image_id: int) -> list[PictureUse]:
    """Every page whose text carries the picture."""
    pages = Page.objects.filter(body__contains=f'data-image="{image_id}"').order_by("pk")
    return [
        PictureUse(
            where=f"the page “{page.title}”",
            address=reverse("admin:articles_page_change", args=[page.pk]),
            public=page.is_published,
        )
        for page in pages.only("title", "is_published")
    ]


def in_texts() -> set[int]:
    """Every picture that the text of a page carries."""
    texts = Page.objects.filter(body__contains="data-image=").values_list("body", flat=True)
    return {int(number) for text in texts for number in PICTURE.findall(text)}
