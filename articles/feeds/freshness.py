"""When a feed last changed, as HTTP counts."""

from datetime import datetime

from django.db.models import F

from articles.editorial.models import Revision, StateChange
from articles.feeds.channels import Channel
from articles.images.models import PictureEvent


def last_change(channel: Channel, decided: datetime | None = None) -> datetime:
    """When a feed changed last: no reader who asks by date alone may miss anything.

    The newest entry does not tell: an article that was withdrawn, or moved to another category,
    leaves a feed older than it was, and a credit that was put right changes no entry's date. So the
    newest work at the desk and in the library counts too, read from the ends of three indexes in one
    query; a feed then counts as changed more often than it is, which costs a download.
    """
    newest = [
        rows.order_by("-pk").values(moment=F(field))[:1]
        for rows, field in (
            (StateChange.objects.all(), "made_at"),
            (Revision.objects.all(), "made_at"),
            (PictureEvent.objects.all(), "at"),
        )
    ]
    moments: list[datetime] = [
        row["moment"] for row in newest[0].union(*newest[1:], all=True).order_by()
    ]
    return max(each for each in [*moments, channel.updated, decided] if each)
