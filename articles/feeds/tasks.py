"""The jobs of the feeds."""

from typing import Any

from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from articles.editorial.models import Article
from articles.feeds import hub


@app.task(name="feeds.notify_hub", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def notify_hub(url: str) -> None:
    if settings.WEBSUB_HUB:
        hub.notify(url)


@app.task(name="feeds.notify_hub_of_article")
def notify_hub_of_article(article_id: int) -> None:
    """A job for each feed, so that one is repeated without the others."""
    for article in Article.objects.published().filter(pk=article_id):
        for url in hub.feeds_with(article):
            notify_hub.defer(url=url)


def article_published(*, article_id: int, **signal: Any) -> None:
    if settings.WEBSUB_HUB:
        notify_hub_of_article.defer(article_id=article_id)
