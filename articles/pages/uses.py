"""Where pages use a picture: what the library asks before it lets one go."""

from django.urls import reverse

from articles.pages.models import Page
from iria.kit.registry import PictureUse


def in_pages(image_id: int) -> list[PictureUse]:
    """Every page whose text carries the picture."""
    # Texts are cleaned, so the attribute is always written like this.
    pages = Page.objects.filter(body__contains=f'data-image="{image_id}"').order_by("pk")
    return [
        PictureUse(
            where=f"the page “{page.title}”",
            address=reverse("admin:articles_page_change", args=[page.pk]),
            public=page.is_published,
        )
        for page in pages.only("title", "is_published")
    ]
