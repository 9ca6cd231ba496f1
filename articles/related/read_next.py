"""The related articles that readers see, and the decisions of editors about them.

Reads stored rows; nothing is computed here.
"""

from typing import Final

from django.db import transaction
from django.db.models import FETCH_RAISE, Max
from django.db.models.expressions import RawSQL

from accounts.models import User
from articles.editorial.models import Article
from articles.editorial.models.querysets import ArticleQuerySet
from articles.images.models.rights import DECIDING
from articles.related import tasks
from articles.related.models import RelatedExclusion, RelatedLink, RelatedPick
from iria.core.db.compiled_queries import Prepared


def pick(article: Article, other: Article) -> None:
    """Adds a manual pick after the existing ones."""
    with transaction.atomic():
        RelatedExclusion.objects.filter(article=article, other=other).delete()
        last = article.related_picks.aggregate(last=Max("position"))["last"]
        RelatedPick.objects.get_or_create(
            article=article,
            picked=other,
            defaults={"position": 0 if last is None else last + 1},
        )


def exclude(article: Article, other: Article, *, by: User | None) -> None:
    """Excludes an article at once, until it is included again."""
    with transaction.atomic():
        RelatedExclusion.objects.get_or_create(
            article=article, other=other, defaults={"created_by": by}
        )
        RelatedPick.objects.filter(article=article, picked=other).delete()
        RelatedLink.objects.filter(article=article, other=other).delete()
        transaction.on_commit(lambda: tasks.enqueue_refresh(article.pk))


def include_again(article: Article, other: Article) -> None:
    """Allows an article to be suggested again."""
    RelatedExclusion.objects.filter(article=article, other=other).delete()
    transaction.on_commit(lambda: tasks.enqueue_refresh(article.pk))


SHOWN_BELOW: Final = 4
MAX_RELATED: Final = 8

CHOSEN: Final = """
SELECT picked_id FROM articles_relatedpick WHERE article_id = %s
UNION SELECT other_id FROM articles_relatedlink WHERE article_id = %s
"""
PICKED: Final = """(SELECT position FROM articles_relatedpick AS pick
WHERE pick.article_id = %s AND pick.picked_id = articles_article.id)"""
COMPUTED: Final = """(SELECT position FROM articles_relatedlink AS link
WHERE link.article_id = %s AND link.other_id = articles_article.id)"""
"""In plain SQL, because building the query with the ORM is slow and happens for every article page."""

SHOWN: Final = (
    *("headline", "language", "state", "year", "month", "slug", "published_at", "kind__name"),
    *("lead_image__alt_text", "lead_image__is_decorative", "lead_image__sizes"),
    "lead_image__digital_source_type",
    *(f"lead_image__{field}" for field in DECIDING),
)


def related_to(article: Article, limit: int = SHOWN_BELOW) -> list[Article]:
    """Returns the published manual picks, then the computed neighbours.

    One query reads the articles with type and lead image, and only the fields of a small card; access
    to other fields raises an error.
    """
    return _related(article.pk)[:limit]


def _chosen(article: int) -> ArticleQuerySet:
    return (
        Article.objects.published()
        .filter(pk__in=RawSQL(CHOSEN, [article, article]))  # noqa: S611 - constants
        .order_by(
            RawSQL(PICKED, [article]).asc(nulls_last=True),  # noqa: S611
            RawSQL(COMPUTED, [article]),  # noqa: S611
        )
        .select_related("kind", "lead_image")
        .only(*SHOWN)
        .fetch_mode(FETCH_RAISE)[:MAX_RELATED]
    )


_related = Prepared(_chosen, [int])
