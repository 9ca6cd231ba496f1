"""Jobs for most-read articles."""

from procrastinate.contrib.django import app

from articles.popular import most_read


@app.periodic(cron="7 * * * *")
@app.task(name="popular.choose", queueing_lock="popular.choose")
def choose(timestamp: int) -> None:
    """Every hour: updates the most-read articles."""
    most_read.choose()
