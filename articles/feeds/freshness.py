"""When a feed last changed, as HTTP counts."""

from datetime import datetime

from articles.editorial.models import Revision, StateChange
from articles.feeds.channels import Channel


def last_change(channel: Channel, decided: datetime | None = None) -> datetime:
    """When a feed changed last: no reader who asks by date alone may miss anything.

    The newest entry does not tell: an article that was withdrawn, or moved to another category,
    leaves a feed older than it was. So the newest work at the desk counts too, read from the ends
    of two indexes; a feed then counts as changed more often than it is, which costs a download.
    """
    newest = [
        StateChange.objects.order_by("-pk").values_list("made_at", flat=True).first(),
        Revision.objects.order_by("-pk").values_list("made_at", flat=True).first(),
        channel.updated,
        decided,
    ]
    return max(each for each in newest if each)
