"""When daily e-mails are sent."""

from datetime import datetime, time, timedelta
from typing import Final

from iria.publication.models import current_publication

AT: Final = time(7, 0)
"""In the publication's zone."""


def next_digest(now: datetime) -> datetime:
    """The next seven o'clock in the morning where the publication is."""
    zone = current_publication().zone_info
    local = now.astimezone(zone)
    day = local.date() if local.time() < AT else local.date() + timedelta(days=1)
    return datetime.combine(day, AT, zone)


def is_time(now: datetime) -> bool:
    """Whether the e-mails of today may go out already."""
    return now.astimezone(current_publication().zone_info).time() >= AT
