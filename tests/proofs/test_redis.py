"""Redis as the cache of two machines: limits are shared, and nothing fails while it is away.

make prove redis
"""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from typing import Final

import pytest
from django.core.cache import caches

from iria.core.redis_cache import PAUSE_SECONDS, RedisCache
from tests import newsroom
from tests.bench.serving import Server, serving
from tests.proofs import machines
from tests.proofs.size import PATIENCE, sized
from tests.redis_server import RedisServer, redis_server

pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

AWAY_SECONDS: Final = sized(3.0, 30.0)
SIGN_INS: Final = 30
"""Per minute and IP address."""
TOKEN: Final = "a" * 32
PATHS: Final = ("/", "/feed/", "/search/?q=energy", "/api/v1/articles/", "/accounts/login/")


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def servers(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[tuple[Server, Server]]:
    caches["default"].clear()
    machines.prepare(monkeypatch, tmp_path, CACHE_URL=redis.url)
    with serving(page_store_mb=32) as first, serving(page_store_mb=32) as second:
        yield first, second


def sign_in(server: Server) -> int:
    http = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    form = f"login=&password=&csrfmiddlewaretoken={TOKEN}"
    origin = f"http://127.0.0.1:{server.port}"
    kind = "application/x-www-form-urlencoded"
    headers = {"Cookie": f"csrftoken={TOKEN}", "Origin": origin, "Content-Type": kind}
    http.request("POST", "/accounts/login/", form, headers)
    return http.getresponse().status


def read(server: Server, over: Event) -> Counter[int]:
    found: Counter[int] = Counter()
    while not over.is_set():
        for path in PATHS:
            http = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
            http.request("GET", path)
            found[http.getresponse().status] += 1
            http.close()
    return found


def counted_in(redis: RedisServer) -> bool:
    """Whether an attempt to sign in is counted in Redis."""
    return bool(RedisCache(redis.url, {})._cache.get_client().keys("iria:*"))


def test_limits_are_shared_and_outlast_redis(
    redis: RedisServer, servers: tuple[Server, Server]
) -> None:
    newsroom.published("Energy")
    statuses = [sign_in(servers[number % 2]) for number in range(SIGN_INS + 1)]
    assert statuses == [200] * SIGN_INS + [429], "both count in Redis"
    over = Event()
    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read, server, over) for server in servers]
        try:
            redis.stop()
            until = time.monotonic() + AWAY_SECONDS
            statuses = [sign_in(servers[number % 2]) for number in range(SIGN_INS + 1)]
            time.sleep(max(0.0, until - time.monotonic()))
            redis.start()
            # Some processes noticed a moment later.
            time.sleep(PAUSE_SECONDS + 1)
            assert statuses == [200] * SIGN_INS + [429], "both count in PostgreSQL"
            assert not counted_in(redis)
            assert [sign_in(server) for server in servers] == [200, 200], "both count in Redis"
            assert counted_in(redis)
        finally:
            over.set()
        answers = sum((each.result() for each in readers), Counter[int]())
    print(
        f"Redis was away for {AWAY_SECONDS:.0f} s; responses meanwhile and after: {dict(answers)}"
    )
    assert set(answers) == {200}
