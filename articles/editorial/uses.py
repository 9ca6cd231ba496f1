"""Where the desk uses a picture: what the library asks before it lets one go."""

from django.urls import reverse

from articles.editorial.models import Article, Portrait
from iria.kit.registry import PictureUse


def in_articles(image_id: int) -> list[PictureUse]:
    """Every article that carries the picture, each once, and every author it portrays."""
    articles = Article.objects.filter(figures__image_id=image_id).distinct().order_by("pk")
    found = [
        PictureUse(
            where=f"the article “{article.headline}”",
            address=reverse("admin:articles_article_change", args=[article.pk]),
            public=article.is_published,
            scheduled=article.state == Article.State.SCHEDULED,
        )
        for article in articles.only("headline", "state")
    ]
    portraits = Portrait.objects.filter(image_id=image_id).select_related("author")
    return found + [
        PictureUse(
            where=f"the portrait of {portrait.author}",
            address=portrait.author.get_absolute_url(),
            public=True,
        )
        for portrait in portraits
    ]
