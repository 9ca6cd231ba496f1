"""The jobs of related articles."""

from itertools import batched
from typing import Final

from django.conf import settings
from django.db import OperationalError
from procrastinate import RetryStrategy

from articles.related import recomputation
from iria.core.jobs import enqueue, job

MAX_PER_JOB: Final = 500
"""Maximum number of articles of one job."""
AFTER_OTHERS: Final = -20
AGAIN: Final = RetryStrategy(max_attempts=5, linear_wait=10, retry_exceptions=[OperationalError])
"""An editor, an import or its undoing may have locked articles in another order: a deadlock."""


@job("related.refresh", retry=AGAIN)
def refresh(article_id: int) -> None:
    """Recomputes the related articles of an article and of its neighbours."""
    recomputation.refresh(article_id)


@job(
    "related.refresh_imported",
    queue=settings.LONG_QUEUE,
    lock="related.refresh_imported",
    priority=AFTER_OTHERS,
    retry=AGAIN,
)
def refresh_imported(article_ids: list[int]) -> None:
    """Recomputes the related articles of imported ones; the neighbours follow at night.

    One batch at a time: the next import does not wait for all of them.
    """
    recomputation.refresh_imported(article_ids)


@job("related.refresh_all", cron="17 3 * * *", queue=settings.LONG_QUEUE)
def refresh_all() -> None:
    """Recomputes the oldest results every night, because document frequencies change with new articles."""
    recomputation.refresh_oldest()


def enqueue_imported(article_ids: list[int]) -> None:
    for batch in batched(article_ids, MAX_PER_JOB):
        enqueue("related.refresh_imported", article_ids=list(batch))


def enqueue_refresh(article_id: int) -> None:
    """Queues the job, unless it is queued already."""
    enqueue("related.refresh", once=True, article_id=article_id)
