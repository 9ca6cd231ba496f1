"""The cache in Redis is shared by processes, and PostgreSQL takes over while Redis is away."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.test import Client

from accounts import email_addresses
from accounts.models import User
from iria.core import redis_cache
from iria.core.redis_cache import FALLBACK, RedisCache
from tests.conftest import PASSWORD
from tests.redis_server import RedisServer, redis_server


@pytest.fixture(scope="module")
def running() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def redis(running: RedisServer, settings: Any, db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A server that is empty and runs, as the cache of the site."""
    monkeypatch.setattr(redis_cache, "outage", redis_cache._Outage())
    monkeypatch.setattr(redis_cache, "PAUSE_SECONDS", 0.0)
    # A busy machine takes long.
    monkeypatch.setattr(redis_cache, "TIMEOUT_SECONDS", 20)
    in_database = settings.CACHES["default"]
    backend = {"BACKEND": "iria.core.redis_cache.RedisCache", "LOCATION": running.url}
    settings.CACHES = {
        "default": {**backend, "KEY_FUNCTION": in_database["KEY_FUNCTION"]},
        FALLBACK: in_database,
    }
    running.stop()
    running.start()
    return running


def another_process(server: RedisServer) -> RedisCache:
    return RedisCache(server.url, {"KEY_FUNCTION": "iria.core.security.cache_key"})


def test_two_processes_share_the_cache(redis: RedisServer) -> None:
    cache.set("limit", 1)
    assert another_process(redis).incr("limit") == 2
    assert cache.get("limit") == 2
    assert caches[FALLBACK].get("limit") is None


def test_keys_of_rate_limits_hold_no_address(redis: RedisServer) -> None:
    cache.set("allauth:rl:login:203.0.113.9", [1])
    (key,) = another_process(redis)._cache.get_client().keys()
    assert b"203.0.113.9" not in key


def test_postgresql_holds_the_cache_while_redis_is_away(redis: RedisServer) -> None:
    redis.stop()
    cache.set("limit", [1, 2])
    assert cache.get("limit") == [1, 2]
    assert caches[FALLBACK].get("limit") == [1, 2]
    assert cache.add("limit", 3) is False


def test_redis_is_used_again_when_it_is_back(
    redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="iria.redis"):
        redis.stop()
        for _ in range(3):
            cache.get("limit")
        redis.start()
        cache.set("limit", 1)
    assert another_process(redis).get("limit") == 1
    assert len(caplog.records) == 2


def test_redis_is_asked_only_now_and_then_while_it_is_away(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_cache, "PAUSE_SECONDS", 600.0)
    redis.stop()
    cache.set("limit", 1)
    redis.start()
    assert cache.get("limit") == 1
    assert another_process(redis).get("limit") == 1
    assert another_process(redis)._cache.get_client().exists(":1:limit") == 0


def test_sign_in_stays_limited_while_redis_is_away(
    redis: RedisServer, client: Client, ola: User
) -> None:
    email_addresses.mark_confirmed(ola)
    redis.stop()
    for _ in range(5):
        client.post("/accounts/login/", {"login": ola.email, "password": "a wrong one"})
    client.post("/accounts/login/", {"login": ola.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session
