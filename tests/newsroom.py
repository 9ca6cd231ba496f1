"""Factories for articles, categories, authors and images."""

from datetime import datetime
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image as Pixels

from accounts.models import AuthorProfile, User
from articles.editorial import publishing, taxonomy
from articles.editorial.models import Article, ArticleType, Category
from articles.editorial.versions import drafts
from articles.editorial.versions.content import BLANK, fields_of
from articles.images.models import Image


def category(name: str, *, parent: Category | None = None, **fields: Any) -> Category:
    slug = fields.pop("slug", name.lower().replace(" ", "-"))
    instance = Category(name=name, slug=slug, parent=parent, **fields)
    taxonomy.save_category(instance)
    return instance


def author(name: str) -> AuthorProfile:
    return AuthorProfile.objects.create(name=name, slug=name.lower().replace(" ", "-"))


def picture_file(
    *, width: int = 320, height: int = 200, colour: str = "steelblue", xmp: bytes = b""
) -> ContentFile:  # type: ignore[type-arg]
    """A small JPEG file to upload, with this XMP metadata."""
    buffer = BytesIO()
    Pixels.new("RGB", (width, height), colour).save(buffer, "JPEG", xmp=xmp or None)
    return ContentFile(buffer.getvalue(), name="picture.jpg")


def picture(**fields: Any) -> Image:
    """An image without renditions."""
    values: dict[str, Any] = {
        "original": picture_file(),
        "checksum": "0" * 64,
        "media_type": "image/jpeg",
        "width": 320,
        "height": 200,
        "headline": "A harbour",
        "alt_text": "Cranes above a quay at dusk",
        "credit": "Ines Faro/via Meridian Pictures",
    }
    return Image.objects.create(**{**values, **fields})


def draft(headline: str = "A quiet week at the strait", **fields: Any) -> Article:
    """A draft that can be published."""
    categories = fields.pop("categories", None)
    authors = fields.pop("authors", None)
    tags = fields.pop("tags", [])
    by: User | None = fields.pop("by", None)
    values: dict[str, Any] = {
        "body": "<p>The ferries ran on time, and nobody remarked on it.</p>",
        "standfirst": "What did not happen, and why it matters.",
        "kind": ArticleType.objects.get(slug="news"),
    }
    article = Article(headline=headline, **{**values, **fields})
    if categories is None:
        categories = [Category.objects.filter(slug="news").first() or category("News")]
    written = {
        **BLANK,
        **fields_of(article),
        "categories": [{"id": each.pk, "name": each.name} for each in categories],
        "authors": [{"id": each.pk, "name": each.name} for each in authors or []],
        "tags": [str(tag) for tag in tags],
    }
    drafts.create_article(article, written, by=by)
    return article


def published(
    headline: str = "A quiet week at the strait", *, at: datetime | None = None, **fields: Any
) -> Article:
    """A published article; jobs run only if the test runs them."""
    article = draft(headline, **fields)
    publishing.publish(article, by=fields.get("by"), at=at)
    return article
