"""The articles of a period, and those that match a choice.

An article belongs to the period in which it was first visible, not to that of its date: it may have
been scheduled while no worker was running, or unpublished for a correction.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import DateTimeField, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest

from articles.editorial.models import Article, Category, StateChange
from articles.editorial.models.querysets import ArticleQuerySet
from iria.publication.models import Publication
from newsletter.models import Digest, IssueItem


def about(articles: ArticleQuerySet, topics: Iterable[int]) -> ArticleQuerySet:
    """Filters by category, including subcategories; without topics, returns all."""
    category_ids = list(topics)
    if not category_ids:
        return articles
    condition = Q(pk__in=[])
    for category in Category.objects.filter(pk__in=category_ids):
        condition |= Q(pk=category.pk) | Q(path__startswith=f"{category.path}/")
    return articles.filter(
        pk__in=articles.model.objects.filter(
            article_categories__category__in=Category.objects.filter(condition)
        ).values("pk")
    )


def in_language(
    articles: ArticleQuerySet, language: str, publication: Publication
) -> ArticleQuerySet:
    """Filters by language; the default language includes articles in an unlisted one."""
    codes = publication.language_codes
    return (
        articles.of_front(language, codes)
        if language in codes
        else articles.filter(language=language)
    )


OVERLAP: Final = timedelta(hours=1)
"""Articles that are published while a digest is composed belong to the next one."""


def new_between(after: datetime, before: datetime, *, no_older_than: timedelta) -> ArticleQuerySet:
    """Returns articles that became visible in this time, annotated as `appeared_at`.

    Args:
        no_older_than: articles with an earlier date are no news, so that an imported archive is
            not sent.
    """
    publications = StateChange.objects.filter(
        state=Article.State.PUBLISHED, article=OuterRef("pk"), revision_number__isnull=True
    )
    published_last = Subquery(publications.order_by("-created_at").values("created_at")[:1])
    appeared_at = Greatest(Coalesce(published_last, F("published_at")), F("published_at"))
    return (
        Article.objects.published()
        .filter(published_at__gt=after - no_older_than)
        .annotate(appeared_at=ExpressionWrapper(appeared_at, output_field=DateTimeField()))
        .filter(appeared_at__gt=after, appeared_at__lte=before)
    )


def not_before(articles: ArticleQuerySet, digest: Digest, *, reach: timedelta) -> ArticleQuerySet:
    """Excludes articles of earlier digests of the same newsletter and frequency."""
    earlier = IssueItem.objects.filter(
        issue__digest__newsletter=digest.newsletter_id,
        issue__digest__frequency=digest.frequency,
        issue__digest__ends_at__lt=digest.ends_at,
        issue__digest__ends_at__gt=digest.begins_at - reach,
    )
    return articles.exclude(pk__in=earlier.values("article_id"))
