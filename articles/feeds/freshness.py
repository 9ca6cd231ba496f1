"""When a feed last changed, as HTTP counts."""

import hashlib
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from articles.editorial.models import Revision, StateChange
from articles.feeds.channels import Channel

SHARED: Final = "public, max-age=0, s-maxage=60"
"""A shared cache may answer for a minute; whoever else asks is mostly told 304."""


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


def fresh(
    request: HttpRequest, response: HttpResponse, changed: datetime | None = None
) -> HttpResponseBase:
    """The answer, or 304 where the reader has it already. The tag is made of the answer's bytes."""
    tag = f'"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = SHARED
    seconds = int(changed.timestamp()) if changed else None
    if seconds is not None:
        response.headers["Last-Modified"] = http_date(seconds)
    return get_conditional_response(request, tag, seconds, response) or response
