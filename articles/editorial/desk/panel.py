"""What stands beside the form of an article: what it lacks, and what its pictures allow."""

from typing import Any

from django.http import HttpRequest

from articles.editorial.checklist import advice, obstacles, pictures_of
from articles.editorial.models import Article
from articles.editorial.previewing import expires_at, preview_address
from articles.images.models import Image


def of(request: HttpRequest, article: Article) -> dict[str, Any]:
    """For `admin/articles/article/_panel.html`."""
    return {
        "obstacles": obstacles(article),
        "advice": advice(article),
        "terms": terms_of(pictures_of(article)),
        "preview_link": request.build_absolute_uri(preview_address(article)),
        "preview_until": expires_at(),
        "last_change": article.revisions.select_related("made_by").first(),
    }


def terms_of(pictures: list[Image]) -> list[tuple[Image, str]]:
    """Each picture with what its licence allows, in its own words and its agency's."""
    found = []
    for image in pictures:
        own = image.usage_terms.strip()
        agency = image.agency.usage_terms.strip() if image.agency else ""
        if words := "\n".join(filter(None, [own, agency])):
            found.append((image, words))
    return found
