"""Jobs for articles."""

from procrastinate import RetryStrategy

from accounts.models import User
from articles.editorial import listings, publishing, signals
from articles.editorial.models import Article
from articles.editorial.versions import revisions
from iria.core.jobs import job


@job("editorial.publish_due", cron="* * * * *")
def publish_due() -> None:
    """Every minute: publishes scheduled articles and changes, also those missed before."""
    publishing.publish_due()
    publishing.publish_due_changes()


@job("editorial.keep_listings", cron="* * * * *")
def keep_listings() -> None:
    """Every minute: adds up counts, and lists again what could not be listed at once."""
    listings.recheck()
    listings.add_up()


@job(
    "editorial.send_changed",
    aliases=["editorial.tell_changed"],
    retry=RetryStrategy(max_attempts=3, wait=30),
)
def send_changed(article_ids: list[int], user_id: int | None = None) -> None:
    """After a merge: records each article whose tags, categories or authors changed, and sends `changed`."""
    user = User.objects.filter(pk=user_id).first() if user_id else None
    revisions.record_changed(article_ids, by=user)
    for pk in Article.objects.published().filter(pk__in=article_ids).values_list("pk", flat=True):
        signals.changed.send(sender=Article, article_id=pk)
