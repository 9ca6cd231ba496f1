"""What the worker destroys every night."""

from procrastinate.contrib.django import app

from articles.comments.bans import bans, identifiers
from articles.comments.moderation import cases


@app.periodic(cron="37 4 * * *")
@app.task(name="comments.destroy", queueing_lock="comments.destroy")
def destroy_what_is_over(timestamp: int) -> None:
    """Once a night: sealed addresses whose thirty days are over, what ended bans held, old claims."""
    identifiers.destroy_old()
    bans.end_those_over()
    cases.forget_old()
