"""The jobs of the search, and the signals that update the index."""

import logging
from itertools import batched
from typing import Any, Final

from django.db import DatabaseError, transaction
from django.db.models import Model
from django.db.models.signals import post_save

from accounts.models import AuthorProfile
from articles.editorial import signals
from articles.editorial.models import Article
from articles.images.models import Image
from articles.images.signals import rights_changed
from articles.search import indexer
from iria.core.jobs import enqueue, job

RELATIONS: Final = {"image": "figures__image", "authorprofile": "bylines__author"}


@job("search.index_carriers")
def index_articles_using(what: str, pk: int) -> None:
    """Indexes again the articles that use an image or an author."""
    articles = Article.objects.published().filter(**{RELATIONS[what]: pk})
    for article_id in articles.values_list("pk", flat=True).distinct():
        indexer.index_article(article_id)


@job("search.index_carriers_of_pictures")
def index_articles_using_images(image_ids: list[int]) -> None:
    """Indexes again the articles that use any of these images."""
    articles = Article.objects.published().filter(figures__image__in=image_ids)
    for article_id in articles.values_list("pk", flat=True).distinct():
        indexer.index_article(article_id)


@job("search.index_articles")
def index_articles(article_ids: list[int]) -> None:
    """Indexes imported articles."""
    for article_id in article_ids:
        indexer.index_article(article_id)


@job("search.catch_up", cron="*/10 * * * *")
def catch_up() -> None:
    """Indexes articles that were missed because of an error."""
    indexer.catch_up()
    indexer.refresh_statistics()


BATCH_SIZE: Final = 500

logger = logging.getLogger(__name__)


def index_changed_article(*, article_id: int, **signal: Any) -> None:
    """Indexes a published or changed article; an error is only logged, since the article is saved."""
    try:
        indexer.index_article(article_id)
    except DatabaseError:
        logger.exception(
            "Article %s could not be indexed; the next catch-up will retry it", article_id
        )


def index_imported(*, article_ids: list[int], **signal: Any) -> None:
    """Queues the indexing of imported articles, because an import does not wait for it."""
    for batch in batched(article_ids, BATCH_SIZE):
        enqueue("search.index_articles", article_ids=list(batch))


def remove_unpublished_article(*, article_id: int, **signal: Any) -> None:
    try:
        indexer.remove_article(article_id)
    except DatabaseError:
        logger.exception("Article %s could not be removed from the search index", article_id)


def index_renamed_author(
    sender: type[Model], instance: Model, created: bool, **signal: Any
) -> None:
    """Queues the indexing of articles that use a changed image or author."""
    if not created:
        what, pk = str(sender._meta.model_name), instance.pk
        transaction.on_commit(lambda: enqueue("search.index_carriers", what=what, pk=pk))


def index_credited(*, image_ids: list[int], **signal: Any) -> None:
    """Queues the indexing of articles that use images whose credits changed."""
    for first in range(0, len(image_ids), BATCH_SIZE):
        enqueue(
            "search.index_carriers_of_pictures", image_ids=image_ids[first : first + BATCH_SIZE]
        )


def register() -> None:
    rights_changed.connect(index_credited, dispatch_uid="search.index_credited")
    # `moved` and `corrected` do not change the indexed texts.
    for signal in (signals.published, signals.changed):
        signal.connect(index_changed_article, dispatch_uid="search.index_again")
    signals.imported.connect(index_imported, dispatch_uid="search.index_imported")
    signals.unpublished.connect(remove_unpublished_article, dispatch_uid="search.forget")
    for model in (Image, AuthorProfile):
        post_save.connect(index_renamed_author, sender=model, dispatch_uid="search.index_named")
