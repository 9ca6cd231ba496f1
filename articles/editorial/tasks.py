"""What the worker does for the desk."""

from procrastinate.contrib.django import app

from articles.editorial import publishing


@app.periodic(cron="* * * * *")
@app.task(name="editorial.publish_due", queueing_lock="editorial.publish_due")
def publish_due(timestamp: int) -> None:
    """Every minute: what was scheduled goes out, also what was missed while the worker was down."""
    publishing.publish_due()
