"""Jobs for the public pages."""

from articles.public.front_page import slots
from iria.core.jobs import job


@job("reading.clear_expired_places", cron="* * * * *")
def clear_expired_placements() -> None:
    """Every minute: deletes expired placements, which also updates cached pages."""
    slots.clear_expired()
