"""What the worker does for related articles."""

from django.db import transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app

from articles.related import recomputation


@app.task(name="related.refresh")
def refresh(article_id: int) -> None:
    """Computes an article's neighbours, and those of the articles it comes near to."""
    recomputation.refresh(article_id)


@app.periodic(cron="17 3 * * *")
@app.task(name="related.refresh_all", queueing_lock="related.refresh_all")
def refresh_all(timestamp: int) -> None:
    """Every night: how rare a word is has shifted with the day's articles."""
    recomputation.refresh_oldest()


def enqueue_refresh(article_id: int) -> None:
    """Asks the worker, unless it is asked already."""
    try:
        with transaction.atomic():
            refresh.configure(queueing_lock=f"related.refresh.{article_id}").defer(
                article_id=article_id
            )
    except exceptions.AlreadyEnqueued:
        pass
