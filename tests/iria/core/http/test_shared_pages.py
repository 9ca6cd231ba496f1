"""Stored pages in Redis: found by other processes, never outdated, and never private."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from redis import Redis

from accounts.models import User
from articles.editorial.models import Article
from iria.core import redis_cache
from iria.core.http import shared_pages
from iria.core.http.change_listener import listener
from iria.core.http.page_store import pages
from tests import newsroom
from tests.iria.core.http.test_page_store import EDITS, listening, rendered, settle
from tests.redis_server import RedisServer, redis_server

__all__ = ["listening"]  # the fixture

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("listening"),
]


@pytest.fixture(scope="module")
def running() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def redis(running: RedisServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> "Redis":
    settings.SHARED_PAGES_URL = running.url
    # A busy machine takes long.
    monkeypatch.setattr(shared_pages, "TIMEOUT_SECONDS", 20)
    monkeypatch.setattr(redis_cache, "outage", redis_cache._Outage())
    client = Redis.from_url(running.url)
    client.flushall()
    return client


def in_another_process(client: Client, url: str) -> Any:
    """The response of a process that has nothing in memory, and the number of its queries."""
    pages.clear()
    with CaptureQueriesContext(connection) as queries:
        response: Any = client.get(url)
        response.queries = len(queries)
    return response


def test_another_process_does_not_render_the_page(redis: "Redis", client: Client) -> None:
    url = newsroom.published("Quiet").get_absolute_url()
    settle()
    first = client.get(url)
    other = in_another_process(client, url)
    assert (other.content, dict(other.headers)) == (first.content, dict(first.headers))
    # The scope of its comments, and the versions.
    assert other.queries == 2
    settle()
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    assert not queries.captured_queries
    assert redis.dbsize() == 1


def test_a_page_from_redis_ends_with_a_change_of_its_article(
    redis: "Redis", client: Client
) -> None:
    article = newsroom.published("Quiet")
    url = article.get_absolute_url()
    settle()
    client.get(url)
    in_another_process(client, url)
    Article.objects.filter(pk=article.pk).update(headline="Loud")
    settle()
    assert b"Loud" in client.get(url).content
    assert b"Loud" in in_another_process(client, url).content


def test_a_page_that_changed_while_it_was_rendered_is_not_shared(
    redis: "Redis", client: Client
) -> None:
    settle()
    with mock.patch.object(listener, "has_changed", return_value=True):
        client.get("/")
    with mock.patch.object(listener, "is_current", return_value=False):
        client.get("/archive/")
    assert redis.dbsize() == 0


def test_pages_are_rendered_while_redis_is_away(
    redis: "Redis", running: RedisServer, client: Client
) -> None:
    url = newsroom.published("Quiet").get_absolute_url()
    settle()
    before = client.get(url)
    running.stop()
    try:
        assert in_another_process(client, url).content == before.content
        assert redis_cache.outage.is_pausing()
        with mock.patch.object(Redis, "get", side_effect=AssertionError):
            assert in_another_process(client, url).content == before.content
    finally:
        running.start()


def test_nothing_private_is_in_redis(redis: "Redis", client: Client, edna: User) -> None:
    article = newsroom.published("Quiet")
    client.force_login(edna)
    settle()
    for url in (
        "/accounts/login/",
        "/accounts/profile/",
        "/admin/",
        f"/comments/new/?article={article.pk}",
        "/newsletter/confirm/nothing/",
        "/newsletter/preferences/nothing/",
        "/preview/nothing/",
        "/no-such-page/",
        "/accounts/state/",
        "/search/?q=quiet",
    ):
        client.get(url)
        client.post(url, {"email": "nobody"})
    assert redis.dbsize() == 0
    client.get("/")
    (name,) = redis.keys()
    assert b"Edna" not in redis.get(name)  # type: ignore[operator]


def test_a_page_from_redis_never_differs_from_a_fresh_one(
    redis: "Redis", client: Client, edna: User
) -> None:
    section, writer = newsroom.category("Sea"), newsroom.author("Rui Costa")
    fields: dict[str, Any] = {
        "categories": [section],
        "authors": [writer],
        "lead_image": newsroom.picture(),
    }
    articles = [newsroom.published(f"Article {number}", **fields) for number in range(2)]
    urls = ["/", "/feed/", section.get_absolute_url()]
    urls += [each.get_absolute_url() for each in articles]

    @hypothesis(max_examples=8)
    @given(st.sampled_from(sorted(EDITS)), st.integers(0, 1), st.text("ab", min_size=1))
    def compare(kind: str, number: int, text: str) -> None:
        for url in urls:
            client.get(url)
        EDITS[kind](Article.objects.get(pk=articles[number].pk), text, edna)
        # A process with nothing in memory may not know of the change yet.
        for url in urls:
            shared, fresh = in_another_process(client, url), rendered(url)
            assert shared.status_code == fresh.status_code, url
            assert shared.content == fresh.content, url

    compare()
