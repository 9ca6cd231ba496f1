"""Loads a test collection: articles, tags, categories, authors and links."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial.models import (
    Article,
    ArticleCategory,
    ArticleTag,
    ArticleType,
    Byline,
    Category,
)
from articles.related.models import TextLink
from iria.lab.evaluation.related.test_collection import Collection, Document

BATCH_SIZE = 500


def load(collection: Collection, *, language: str) -> dict[str, int]:
    """Inserts the collection into empty tables; returns the primary key of each article by its id."""
    documents = collection.documents
    kind = ArticleType.objects.create(name="Article", slug="article")
    now = timezone.now()
    articles = Article.objects.bulk_create(
        [_article(number, each, kind, language, now) for number, each in enumerate(documents)],
        batch_size=BATCH_SIZE,
    )
    numbers = {each.id: article.pk for each, article in zip(documents, articles, strict=True)}
    _add_related(
        [(numbers[each.id], each.tags) for each in documents],
        lambda name, number: Tag(name=name[:90] + f" {number}", slug=f"tag-{number}"),
        lambda article, related_id: ArticleTag(content_object_id=article, tag_id=related_id),
    )
    _add_related(
        [(numbers[each.id], each.categories) for each in documents],
        lambda name, number: Category(
            name=name[:80], slug=f"category-{number}", path=f"category-{number}"
        ),
        lambda article, related_id: ArticleCategory(article_id=article, category_id=related_id),
    )
    _add_related(
        [(numbers[each.id], each.authors) for each in documents],
        lambda name, number: AuthorProfile(name=name[:120], slug=f"author-{number}"),
        lambda article, related_id: Byline(article_id=article, author_id=related_id),
    )
    return numbers


def link(collection: Collection, numbers: dict[str, int]) -> None:
    """Inserts the links of the collection, which its texts no longer contain."""
    TextLink.objects.bulk_create(
        [
            TextLink(article_id=numbers[start], other_id=numbers[other])
            for start, other in collection.links
        ],
        batch_size=BATCH_SIZE,
    )


def _article(
    number: int, document: Document, kind: ArticleType, language: str, now: datetime
) -> Article:
    moment = min(document.moment or now, now)
    return Article(
        headline=document.title[:200] or document.id[:200] or "Untitled",
        slug=f"article-{number}",
        body=document.body,
        kind=kind,
        language=language,
        state=Article.State.PUBLISHED,
        published_at=moment,
        year=moment.year,
        month=moment.month,
    )


def _add_related(
    articles: Iterable[tuple[int, Iterable[str]]],
    make: Callable[[str, int], models.Model],
    relate: Callable[[int, Any], models.Model],
) -> None:
    """Creates a row for every name, and relates it to the articles that have it."""
    articles = list(articles)
    names = list(dict.fromkeys(name for _, each in articles for name in each))
    if not names:
        return
    instances = [make(name, number) for number, name in enumerate(names)]
    rows = type(instances[0])._default_manager.bulk_create(instances, batch_size=BATCH_SIZE)
    numbers = {name: row.pk for name, row in zip(names, rows, strict=True)}
    relations = [relate(article, numbers[name]) for article, each in articles for name in each]
    type(relations[0])._default_manager.bulk_create(relations, batch_size=BATCH_SIZE)
