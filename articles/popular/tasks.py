"""Jobs for most-read articles."""

from articles.popular import most_read
from iria.core.jobs import job


@job("popular.choose", cron="7 * * * *")
def update_most_read() -> None:
    """Updates the most-read articles every hour."""
    most_read.update_most_read()


@job("popular.delete_old_views", cron="43 3 * * *")
def delete_old_views() -> None:
    """Deletes the views of days before the retention period every night."""
    most_read.delete_old_views()
