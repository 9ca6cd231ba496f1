"""What stands beside the form of an article: what it lacks, and what its pictures allow."""

from typing import Any

from django.http import HttpRequest

from articles.editorial.checklist import advice, obstacles, pictures_of
from articles.editorial.models import Article
from articles.editorial.previewing import expires_at, preview_address
from articles.images.gate import terms_of
from iria.kit.addresses import absolute


def of(request: HttpRequest, article: Article) -> dict[str, Any]:
    """For `admin/articles/article/_panel.html`."""
    return {
        "obstacles": obstacles(article),
        "advice": advice(article),
        "terms": [(image, terms) for image in pictures_of(article) if (terms := terms_of(image))],
        "preview_link": absolute(preview_address(article)),
        "preview_until": expires_at(),
        "latest_version": article.revisions.select_related("made_by").first(),
    }
