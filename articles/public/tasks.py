"""Jobs for the public pages."""

from procrastinate.contrib.django import app

from articles.public.front_page import slots


@app.periodic(cron="* * * * *")
@app.task(name="reading.clear_expired_places", queueing_lock="reading.clear_expired_places")
def clear_expired_placements(timestamp: int) -> None:
    """Every minute: deletes expired placements, which also updates cached pages."""
    slots.clear_expired()
