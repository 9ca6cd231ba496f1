"""Jobs for most-read articles."""

from procrastinate.contrib.django import app

from articles.popular import most_read


@app.periodic(cron="7 * * * *")
@app.task(name="popular.choose", queueing_lock="popular.choose")
def choose(timestamp: int) -> None:
    """Every hour: updates the most-read articles."""
    most_read.choose()


@app.periodic(cron="43 3 * * *")
@app.task(name="popular.delete_old_views", queueing_lock="popular.delete_old_views")
def delete_old_views(timestamp: int) -> None:
    """Every night: the views of days long ago."""
    most_read.delete_old_views()
