"""Jobs for articles."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from articles.editorial import listings, publishing, signals
from articles.editorial.models import Article


@app.periodic(cron="* * * * *")
@app.task(name="editorial.publish_due", queueing_lock="editorial.publish_due")
def publish_due(timestamp: int) -> None:
    """Every minute: publishes scheduled articles, also those missed while the worker was down."""
    publishing.publish_due()


@app.periodic(cron="* * * * *")
@app.task(name="editorial.keep_listings", queueing_lock="editorial.keep_listings")
def keep_listings(timestamp: int) -> None:
    """Every minute: adds up counts, and lists again what could not be listed at once."""
    listings.recheck()
    listings.add_up()


@app.task(
    name="editorial.send_changed",
    aliases=["editorial.tell_changed"],
    retry=RetryStrategy(max_attempts=3, wait=30),
)
def send_changed(article_ids: list[int]) -> None:
    """After a merge: sends `changed` for each article whose tags, categories or authors changed."""
    for pk in Article.objects.published().filter(pk__in=article_ids).values_list("pk", flat=True):
        signals.changed.send(sender=Article, article_id=pk)
