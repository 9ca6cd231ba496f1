"""The jobs of related articles."""

from django.db import transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app

from articles.related import recomputation


@app.task(name="related.refresh")
def refresh(article_id: int) -> None:
    """Recomputes the related articles of an article and of its neighbours."""
    recomputation.refresh(article_id)


@app.periodic(cron="17 3 * * *")
@app.task(name="related.refresh_all", queueing_lock="related.refresh_all")
def refresh_all(timestamp: int) -> None:
    """Once a night, because the document frequencies change with new articles."""
    recomputation.refresh_oldest()


def enqueue_refresh(article_id: int) -> None:
    """Queues the job, unless it is queued already."""
    try:
        with transaction.atomic():
            refresh.configure(queueing_lock=f"related.refresh.{article_id}").defer(
                article_id=article_id
            )
    except exceptions.AlreadyEnqueued:
        pass
