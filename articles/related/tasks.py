"""The jobs of related articles."""

from itertools import batched
from typing import Final

from django.conf import settings
from django.db import OperationalError, transaction
from procrastinate import RetryStrategy, exceptions
from procrastinate.contrib.django import app

from articles.related import recomputation

MAX_PER_JOB: Final = 500
"""Maximum number of articles of one job."""
AFTER_OTHERS: Final = -20
AGAIN: Final = RetryStrategy(max_attempts=5, linear_wait=10, retry_exceptions=[OperationalError])
"""An editor, an import or its undoing may have locked articles in another order: a deadlock."""


@app.task(name="related.refresh", retry=AGAIN)
def refresh(article_id: int) -> None:
    """Recomputes the related articles of an article and of its neighbours."""
    recomputation.refresh(article_id)


@app.task(
    name="related.refresh_imported",
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


@app.periodic(cron="17 3 * * *")
@app.task(
    name="related.refresh_all", queue=settings.LONG_QUEUE, queueing_lock="related.refresh_all"
)
def refresh_all(timestamp: int) -> None:
    """Recomputes the oldest results every night, because document frequencies change with new articles."""
    recomputation.refresh_oldest()


def enqueue_imported(article_ids: list[int]) -> None:
    for batch in batched(article_ids, MAX_PER_JOB):
        refresh_imported.defer(article_ids=list(batch))


def enqueue_refresh(article_id: int) -> None:
    """Queues the job, unless it is queued already."""
    try:
        with transaction.atomic():
            refresh.configure(queueing_lock=f"related.refresh.{article_id}").defer(
                article_id=article_id
            )
    except exceptions.AlreadyEnqueued:
        pass
