"""Stored pages in a content delivery network: their tags, and that outdated ones are removed."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final
from unittest import mock

import pytest
from django.test import Client

from accounts.models import User
from articles.editorial.models import Article
from iria.core.http import cdn, change_listener
from iria.core.http.cdn import PROVIDERS, PurgeFailed, headers_of, purge, purges
from iria.core.http.change_listener import ChangeListener, listener
from iria.core.http.page_store import pages
from tests import newsroom
from tests.iria.core.http.test_page_store import settle

NOW: Final = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
SECONDS: Final = 20


class Network:
    """A stand-in for the API of a network."""

    def __init__(self) -> None:
        network = self
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.status = 200

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                network.requests.append((self.path, dict(self.headers), body))
                self.send_response(network.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def purged(self) -> set[str]:
        """The tags, and `*` for everything."""
        bodies = [body for _, _, body in self.requests]
        return {tag for body in bodies for tag in body.get("tags", ["*"])}


@pytest.fixture
def network(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    found = Network()
    thread = Thread(target=found.server.serve_forever)
    thread.start()
    settings.CDN_PROVIDER, settings.CDN_TARGET, settings.CDN_TOKEN = "generic", found.url, "secret"
    monkeypatch.setattr(cdn, "REPEAT_SECONDS", 0.05)
    monkeypatch.setattr(cdn, "BETWEEN_SECONDS", 0.01)
    yield found
    found.status = 200
    wait_for(is_done)
    found.server.shutdown()
    found.server.server_close()
    thread.join()


@pytest.fixture
def listening(network: Network, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    settings.PAGE_STORE_MB = 32
    monkeypatch.setattr(change_listener, "SILENCE_SECONDS", 3 * SECONDS)
    pages.clear()
    listener.start()
    wait_for(lambda: listener.is_current() and network.purged() == {"*"})
    yield
    listener.stop()
    pages.clear()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def is_done() -> bool:
    """Whether everything is purged, and the last request answered: then the thread waits."""
    changed: Any = purges._changed
    with changed:
        is_waiting = purges._thread is None or bool(changed._waiters)
        return is_waiting and not (purges._now or purges._again)


def in_network(provider: str, scopes: set[str], settings: Any, **times: int) -> dict[str, str]:
    settings.CDN_PROVIDER = provider
    until = NOW + timedelta(seconds=times.get("until", 40_000))
    change = NOW + timedelta(seconds=times["change"]) if "change" in times else None
    return headers_of(scopes, until, change, NOW)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_tags_of_a_page_with_many_articles_are_short(provider: str, settings: Any) -> None:
    header = PROVIDERS[provider].tags
    few = in_network(provider, {"structure", "article:7", "thread:7"}, settings)[header]
    assert set(few.replace(",", " ").split()) == {"structure", "article-7", "thread-7"}
    scopes = {"structure", "thread:7", *(f"article:{number}" for number in range(10_000, 10_200))}
    many = in_network(provider, scopes, settings)[header]
    assert set(many.replace(",", " ").split()) == {"structure", "thread-7", "content"}


def test_a_copy_does_not_outlive_a_scheduled_change(settings: Any) -> None:
    found = [
        in_network("generic", {"content"}, settings, **times)["CDN-Cache-Control"]
        for times in ({}, {"until": 630}, {"until": 20, "change": 20}, {"until": 20})
    ]
    assert found == [
        "max-age=600, stale-while-revalidate=60, stale-if-error=86400",
        "max-age=600, stale-while-revalidate=30, stale-if-error=86400",
        "max-age=20, stale-while-revalidate=0, stale-if-error=0",
        "max-age=20, stale-while-revalidate=0, stale-if-error=86400",
    ]


def test_a_browser_revalidates_if_it_reads_the_header_of_the_network(settings: Any) -> None:
    found = in_network("bunny", {"content"}, settings)["Cache-Control"]
    assert found == "public, max-age=0, s-maxage=600"


@pytest.mark.parametrize(
    ("provider", "paths", "bodies", "header"),
    [
        ("cloudflare", ["/client/v4/zones/z1/purge_cache"], [{"tags": ["a", "b"]}], "Authorization"),
        ("fastly", ["/service/z1/purge"], [{"surrogate_keys": ["a", "b"]}], "Fastly-Key"),
        ("bunny", ["/pullzone/z1/purgeCache"] * 2, [{"CacheTag": "a"}, {"CacheTag": "b"}], "AccessKey"),
        ("generic", ["/"], [{"tags": ["a", "b"]}], "Authorization"),
    ],
)  # fmt: skip
def test_each_provider_gets_the_requests_of_its_api(
    network: Network, settings: Any, monkeypatch: pytest.MonkeyPatch,
    provider: str, paths: list[str], bodies: list[Any], header: str,
) -> None:  # fmt: skip
    chosen = PROVIDERS[provider]
    if provider != "generic":
        settings.CDN_TARGET = "z1"
    urls = {
        name: network.url + "/" + url.removeprefix("https://").partition("/")[2]
        for name in ("url", "url_of_everything")
        if (url := getattr(chosen, name)).startswith("https://")
    }
    monkeypatch.setitem(PROVIDERS, provider, replace(chosen, **urls))
    settings.CDN_PROVIDER = provider
    purge({"a", "b"})
    assert [path for path, _, _ in network.requests] == paths
    assert [body for _, _, body in network.requests] == bodies
    assert all(sent[header] in {"secret", "Bearer secret"} for _, sent, _ in network.requests)
    purge({str(number) for number in range(60)})
    path, _, body = network.requests[-1]
    assert (path, body) in [
        ("/client/v4/zones/z1/purge_cache", {"purge_everything": True}),
        ("/service/z1/purge_all", {}),
        ("/pullzone/z1/purgeCache", {}),
        ("/", {"everything": True}),
    ]


def test_the_error_of_a_rejected_purge_does_not_contain_the_token(network: Network) -> None:
    network.status = 403
    with pytest.raises(PurgeFailed, match="403") as raised:
        purge({"a"})
    assert "secret" not in str(raised.value)


def test_a_purge_that_failed_is_repeated(network: Network) -> None:
    network.status = 503
    purges.add(["a"])
    wait_for(lambda: len(network.requests) > 2)
    network.status, failed = 200, len(network.requests)
    wait_for(lambda: len(network.requests) > failed)
    assert network.purged() == {"a"}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.usefixtures("listening")
def test_a_commit_removes_what_shows_the_article(network: Network, client: Client) -> None:
    article = newsroom.published("Quiet")
    url = article.get_absolute_url()
    settle()
    wait_for(is_done)
    first = client.get(url)
    tags = set(first["Surrogate-Key"].split())
    network.requests.clear()
    Article.objects.filter(pk=article.pk).update(body="<p>A storm.</p>")
    wait_for(lambda: len(network.purged()) > 1)
    wait_for(is_done)
    assert network.purged() == {f"article_text-{article.pk}", "content"}
    assert network.purged() & tags
    unchanged = client.get(url, headers={"If-None-Match": client.get(url)["ETag"]})
    assert unchanged.status_code == 304
    assert unchanged["Surrogate-Key"] == first["Surrogate-Key"]
    assert unchanged["Cache-Control"] == "public, no-cache"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.usefixtures("listening")
def test_one_process_purges_and_another_takes_over_with_everything(network: Network) -> None:
    other = ChangeListener()
    other.start()
    wait_for(other.is_current)
    try:
        assert (listener._is_purging, other._is_purging) == (True, False)
        network.requests.clear()
        listener.stop()
        wait_for(lambda: other._is_purging)
        wait_for(lambda: network.purged() == {"*"})
    finally:
        other.stop()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.usefixtures("listening")
def test_no_private_page_is_cached_by_the_network(client: Client, edna: User) -> None:
    article = newsroom.published("Quiet")
    client.force_login(edna)
    for url in (
        "/accounts/login/",
        "/admin/",
        f"/comments/new/?article={article.pk}",
        "/newsletter/confirm/nothing/",
        "/preview/nothing/",
        "/no-such-page/",
        "/search/?q=quiet",
    ):
        for response in (client.get(url), client.post(url, {"email": "nobody"})):
            found = {"Surrogate-Key", "CDN-Cache-Control"} & set(response.headers)
            assert not found, url
    assert client.get("/")["CDN-Cache-Control"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.usefixtures("listening")
def test_no_page_that_may_be_outdated_is_cached_by_the_network(client: Client) -> None:
    assert client.get("/")["CDN-Cache-Control"]
    with mock.patch.object(listener, "is_current", return_value=False):
        assert "CDN-Cache-Control" not in client.get("/")
    with mock.patch.object(listener, "has_changed", return_value=True):
        assert "CDN-Cache-Control" not in client.get("/")
