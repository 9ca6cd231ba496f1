"""Stored pages in Redis, for processes that do not have them in memory (`CACHE_URL`).

The version of a page (`etag_of`) is part of its key, and is read from the database for each look-up. So a
page from here is as fresh as one that is rendered, and Redis need not hear of any change.
"""

import hashlib
import json
from functools import cache
from typing import Final

from django.conf import settings
from django.utils import timezone
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from iria.core import redis_cache
from iria.core.http.change_listener import listener
from iria.core.http.headers import COMPRESS
from iria.core.http.page_store import Key, StoredPage

TIMEOUT_SECONDS: Final = 0.1
"""Rendering a page takes less."""
MAX_SECONDS: Final = 600
"""Each change of the site renews all versions, so pages are not found for long."""
CODING: Final = "br"


def get(key: Key, version: str) -> tuple[bytes, dict[str, str], frozenset[str]] | None:
    """The compressed body, the headers and the scopes of a page of this version."""
    found = None
    if not redis_cache.outage.is_pausing():
        try:
            found = _client(settings.SHARED_PAGES_URL).get(_name(key, version))
        except RedisError as error:
            redis_cache.outage.note(error)
    if not isinstance(found, bytes):
        return None
    about, _, body = found.partition(b"\n")
    headers, scopes = json.loads(about)
    return body, headers, frozenset(scopes)


def put(key: Key, page: StoredPage) -> None:
    """Stores a page, unless something has changed while it was rendered."""
    if redis_cache.outage.is_pausing():
        return
    now = timezone.now()
    if not listener.is_current() or not page.freshness.lasts(now):
        return
    seconds = int((page.freshness.until - now).total_seconds())
    if CODING not in page.compressed:
        page.compressed[CODING] = COMPRESS[CODING](page.body)
    about = json.dumps([page.headers, sorted(page.freshness.scopes)]).encode()
    value = about + b"\n" + page.compressed[CODING]
    try:
        _client(settings.SHARED_PAGES_URL).set(
            _name(key, page.freshness.version), value, ex=max(1, min(seconds, MAX_SECONDS))
        )
    except RedisError as error:
        redis_cache.outage.note(error)


def _name(key: Key, version: str) -> str:
    return f"iria:page:{hashlib.blake2b(repr((key, version)).encode(), digest_size=20).hexdigest()}"


@cache
def _client(url: str) -> Redis:
    return Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        # One more attempt, for a connection from before a restart of Redis.
        retry=Retry(NoBackoff(), 1),
    )
