"""Jobs for articles."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.models import User
from articles.editorial import listings, publishing, signals, trash
from articles.editorial.models import Article
from articles.editorial.versions import revisions


@app.periodic(cron="* * * * *")
@app.task(name="editorial.publish_due", queueing_lock="editorial.publish_due")
def publish_due(timestamp: int) -> None:
    """Every minute: publishes scheduled articles and changes, also those missed before."""
    publishing.publish_due()
    publishing.publish_due_changes()


@app.periodic(cron="* * * * *")
@app.task(name="editorial.keep_listings", queueing_lock="editorial.keep_listings")
def keep_listings(timestamp: int) -> None:
    """Every minute: adds up counts, and lists again what could not be listed at once."""
    listings.recheck()
    listings.add_up()


@app.periodic(cron="40 3 * * *")
@app.task(name="editorial.thin_revisions", queueing_lock="editorial.thin_revisions")
def thin_revisions(timestamp: int) -> None:
    """Every night: deletes old revisions that nobody needs."""
    revisions.thin()


@app.periodic(cron="50 3 * * *")
@app.task(name="editorial.empty_trash", queueing_lock="editorial.empty_trash")
def empty_trash(timestamp: int) -> None:
    """Every night: deletes for good what has been in the trash for thirty days."""
    trash.delete_expired()


@app.task(
    name="editorial.send_changed",
    aliases=["editorial.tell_changed"],
    retry=RetryStrategy(max_attempts=3, wait=30),
)
def send_changed(article_ids: list[int], user_id: int | None = None) -> None:
    """After a merge: records each article whose tags, categories or authors changed, and sends `changed`."""
    user = User.objects.filter(pk=user_id).first() if user_id else None
    revisions.record_changed(article_ids, by=user)
    for pk in Article.objects.published().filter(pk__in=article_ids).values_list("pk", flat=True):
        signals.changed.send(sender=Article, article_id=pk)
