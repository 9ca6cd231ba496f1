"""What the worker does for what is read most."""

from procrastinate.contrib.django import app

from articles.popular import most_read


@app.periodic(cron="7 * * * *")
@app.task(name="popular.choose", queueing_lock="popular.choose")
def choose(timestamp: int) -> None:
    """Every hour: what readers are shown as most read."""
    most_read.choose()
