"""The cache in Redis; while Redis does not answer, the one in PostgreSQL.

The cache counts attempts to sign in and remembers which codes were used, so it must not just stay empty
during an outage of Redis. Then all processes count in PostgreSQL, each as soon as it notices.
"""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any, Final

from django.core.cache import caches
from django.core.cache.backends import redis as django_redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

FALLBACK: Final = "database"
"""The cache in the settings that is used meanwhile."""
TIMEOUT_SECONDS: Final = 0.5
PAUSE_SECONDS: Final = 5.0
"""How long Redis is not asked again, so that not every request waits for its time-out."""

logger = logging.getLogger("iria.redis")


class _Outage:
    """Whether Redis is away, for all threads of this process; each has a cache object of its own."""

    def __init__(self) -> None:
        self.is_on = False
        self._until = 0.0

    def is_pausing(self) -> bool:
        return monotonic() < self._until

    def note(self, error: RedisError) -> None:
        self._until = monotonic() + PAUSE_SECONDS
        if not self.is_on:
            self.is_on = True
            logger.error("Redis does not answer (%s); the cache is in PostgreSQL.", error)

    def end(self) -> None:
        self.is_on, self._until = False, 0.0
        logger.error("Redis answers again.")


outage: Final = _Outage()


def _or_in_database(name: str) -> Callable[..., Any]:
    """The method of Django's cache in Redis, or of the cache in PostgreSQL if Redis fails."""
    in_redis: Callable[..., Any] = getattr(django_redis.RedisCache, name)

    def method(self: "RedisCache", *args: Any, **kwargs: Any) -> Any:
        if not outage.is_pausing():
            try:
                result = in_redis(self, *args, **kwargs)
            except RedisError as error:
                outage.note(error)
            else:
                if outage.is_on:
                    outage.end()
                return result
        return getattr(caches[FALLBACK], name)(*args, **kwargs)

    return method


class RedisCache(django_redis.RedisCache):
    """The cache of CACHE_URL, with PostgreSQL as a fallback."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {
            "socket_connect_timeout": TIMEOUT_SECONDS,
            "socket_timeout": TIMEOUT_SECONDS,
            # One more attempt, for a connection from before a restart of Redis.
            "retry": Retry(NoBackoff(), 1),
        }
        super().__init__(server, {**params, "OPTIONS": options | params.get("OPTIONS", {})})

    add = _or_in_database("add")
    get = _or_in_database("get")
    set = _or_in_database("set")
    touch = _or_in_database("touch")
    delete = _or_in_database("delete")
    get_many = _or_in_database("get_many")
    has_key = _or_in_database("has_key")
    incr = _or_in_database("incr")
    set_many = _or_in_database("set_many")
    delete_many = _or_in_database("delete_many")
    clear = _or_in_database("clear")

    def ping(self) -> None:
        """Raises RedisError if Redis does not answer, whatever the methods above would do."""
        self._cache.get_client().ping()
