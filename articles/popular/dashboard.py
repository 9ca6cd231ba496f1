"""Views of articles on the dashboard of the admin."""

from typing import Final

from django.db.models import Prefetch, Sum
from django.urls import reverse

from accounts.models import User
from articles.editorial.models import Article, Byline
from articles.images.models import Image
from articles.images.srcset import plain_rendition
from articles.popular.most_read import read_most
from iria.core.hooks import DashboardPanel, ListLine

LINES: Final = 5
THUMBNAIL_WIDTH: Final = 160


def recently_published(user: User) -> DashboardPanel | None:
    """The latest articles with their views so far."""
    if not user.has_perm("articles.view_article"):
        return None
    authors = Prefetch("bylines", Byline.objects.select_related("author"))
    pictures = Prefetch("lead_image", Image.objects.for_grid().prefetch_related("renditions"))
    articles = (
        Article.objects.published()
        .newest()
        .defer("body")
        .prefetch_related(authors, pictures)
        .annotate(views=Sum("views_by_day__views"))[:LINES]
    )
    rows = [
        {
            "article": article,
            "authors": ", ".join(byline.author.name for byline in article.bylines.all()),
            "thumbnail": article.lead_image
            and plain_rendition(article.lead_image, THUMBNAIL_WIDTH),
        }
        for article in articles
    ]
    more = ("All articles", reverse("admin:articles_article_changelist"))
    context = {"rows": rows}
    return (
        DashboardPanel("Recently published", "admin/dashboard/published.html", context, more)
        if rows
        else None
    )


def most_read(user: User) -> DashboardPanel | None:
    """The most-read articles of the last seven days; None if nothing was counted."""
    if not user.has_perm("articles.view_article"):
        return None
    lines = [
        ListLine(article.headline, f"{article.views:,}", article.get_absolute_url())  # type: ignore[attr-defined]
        for article in read_most()[:LINES]
    ]
    context = {"lines": lines, "numbered": True}
    return (
        DashboardPanel("Most read, 7 days", "admin/dashboard/lines.html", context, beside=True)
        if lines
        else None
    )
