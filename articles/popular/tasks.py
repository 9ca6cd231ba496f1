"""Jobs for most-read articles."""

from procrastinate.contrib.django import app

from articles.popular import most_read


@app.periodic(cron="7 * * * *")
@app.task(name="popular.choose", queueing_lock="popular.choose")
def update_most_read(timestamp: int) -> None:
    """Updates the most-read articles every hour."""
    most_read.update_most_read()


@app.periodic(cron="43 3 * * *")
@app.task(name="popular.delete_old_views", queueing_lock="popular.delete_old_views")
def delete_old_views(timestamp: int) -> None:
    """Deletes the views of days before the retention period every night."""
    most_read.delete_old_views()
