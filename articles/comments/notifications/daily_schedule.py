"""When daily e-mails are sent."""

from datetime import datetime, time, timedelta
from typing import Final

from iria.publication.models import current_publication

SEND_AT: Final = time(7, 0)
"""In the time zone of the publication."""


def next_digest(now: datetime) -> datetime:
    """Returns the time of the next daily e-mails."""
    zone = current_publication().zone_info
    local = now.astimezone(zone)
    day = local.date() if local.time() < SEND_AT else local.date() + timedelta(days=1)
    return datetime.combine(day, SEND_AT, zone)


def is_time(now: datetime) -> bool:
    """Whether the e-mails of today can be sent."""
    return now.astimezone(current_publication().zone_info).time() >= SEND_AT
