"""Most-read articles, stored by the worker for readers; views of articles on the dashboard of the admin."""

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import OuterRef, Prefetch, Q, Subquery, Sum
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.editorial.models import Article, Byline, Category
from articles.editorial.models.querysets import ArticleQuerySet
from articles.images.models import Image
from articles.images.srcset import plain_rendition
from articles.popular.models import ArticleViews, MostRead
from iria.core.hooks import DashboardPanel, ListLine
from iria.core.jobs import job
from iria.publication.models import current_publication

WEEK: Final = timedelta(days=7)
MAX_SHOWN: Final = 5
MAX_STORED: Final = 40
"""Maximum number stored per language, more than shown, because articles on the front page are left out."""

MAX_CONSIDERED: Final = 500
"""Maximum number of viewed articles, of all languages, from which the lists are made."""

RETENTION: Final = timedelta(days=400)
"""How long the views of a day are kept: a year can be compared with the one before."""

LINK_FIELDS: Final = ("headline", "language", "state", "year", "month", "slug", "published_at")


def most_viewed() -> ArticleQuerySet:
    """Published articles viewed in the last seven days, by `views`, most first."""
    today = current_publication().local_date(timezone.now())
    views = Sum("views_by_day__views", filter=Q(views_by_day__day__gt=today - WEEK))
    viewed = Article.objects.published().filter(views_by_day__day__gt=today - WEEK)
    return (
        viewed.annotate(views=views).order_by("-views", "-published_at", "-pk").only(*LINK_FIELDS)
    )


@job("popular.choose", cron="7 * * * *")
def update_most_read() -> None:
    """Stores the most-read articles for readers; an unchanged list is not written."""
    chosen: dict[str, list[int]] = defaultdict(list)
    for article in most_viewed()[:MAX_CONSIDERED]:
        if len(chosen[article.language]) < MAX_STORED:
            chosen[article.language].append(article.pk)
    rows = [
        (language, position, article)
        for language, articles in sorted(chosen.items())
        for position, article in enumerate(articles)
    ]
    with transaction.atomic():
        # Every write invalidates cached front pages.
        if rows == list(MostRead.objects.values_list("language", "position", "article")):
            return
        MostRead.objects.all().delete()
        MostRead.objects.bulk_create(
            MostRead(language=language, position=position, article_id=article)
            for language, position, article in rows
        )


@job("popular.delete_old_views", cron="43 3 * * *")
def delete_old_views() -> int:
    """Deletes the views of days before the retention period; returns how many rows."""
    today = current_publication().local_date(timezone.now())
    return ArticleViews.objects.filter(day__lt=today - RETENTION).delete()[0]


def most_read_ids(language: str) -> list[int]:
    """The ids of the stored most-read articles of a language, the first one first."""
    chosen = Article.objects.published().filter(most_read__language=language)
    return list(chosen.order_by("most_read__position").values_list("pk", flat=True))


def most_read_articles(
    language: str, *, excluded: Collection[int] = (), category: Category | None = None
) -> list[Article]:
    """The stored most-read articles of a language; one query of a few rows.

    Args:
        excluded: the ids of articles that are on the page already.
        category: only those in it or below it.
    """
    chosen = Article.objects.published().filter(most_read__language=language)
    if category is not None:
        chosen = chosen.in_category(category)
    rest = chosen.exclude(pk__in=excluded).order_by("most_read__position")
    return list(rest.for_cards()[:MAX_SHOWN])


MAX_LINES: Final = 5
THUMBNAIL_WIDTH: Final = 160


def recently_published_panel(user: User) -> DashboardPanel | None:
    """The latest articles with their views so far."""
    if not user.has_perm("articles.view_article"):
        return None
    authors = Prefetch("bylines", Byline.objects.select_related("author"))
    images = Prefetch("lead_image", Image.objects.for_grid().prefetch_related("renditions"))
    # For the articles of the panel only: a join would add up the views of all articles first.
    views = ArticleViews.objects.filter(article=OuterRef("pk")).values("article")
    views = views.annotate(total=Sum("views"))
    articles = (
        Article.objects.published()
        .newest()
        .defer("body")
        .prefetch_related(authors, images)
        .annotate(views=Subquery(views.values("total")))[:MAX_LINES]
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


def most_read_panel(user: User) -> DashboardPanel | None:
    """The most-read articles of the last seven days; None if nothing was counted."""
    if not user.has_perm("articles.view_article"):
        return None
    lines = [
        ListLine(article.headline, f"{article.views:,}", article.get_absolute_url())  # type: ignore[attr-defined]
        for article in most_viewed()[:MAX_LINES]
    ]
    context = {"lines": lines, "numbered": True}
    return (
        DashboardPanel("Most read, 7 days", "admin/dashboard/lines.html", context, beside=True)
        if lines
        else None
    )
