"""Process caches depend on the data only, not on earlier requests."""

from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as site
from django.core import signals
from django.db import close_old_connections
from django.test import RequestFactory
from django.utils import timezone, translation

from iria.core.http import page_cache, page_store
from iria.core.http.change_listener import listener
from iria.core.http.page_store import pages
from iria.publication.models import Publication
from iria.wsgi import application
from tests.iria.every_url.test_no_500 import public_urls
from tests.iria.process_caches import clear_caches

pytestmark = pytest.mark.proof

HEADERS = {
    "HTTP_SCRIPT_NAME": "/elsewhere",
    "HTTP_X_FORWARDED_PREFIX": "/elsewhere",
    "HTTP_HOST": "127.0.0.1:81",
    "SERVER_NAME": "elsewhere.example",
    "SERVER_PORT": "81",
    "HTTP_X_FORWARDED_HOST": "elsewhere.example",
    "HTTP_X_FORWARDED_PORT": "81",
    "HTTP_FORWARDED": "host=elsewhere.example;proto=https",
    "wsgi.url_scheme": "https",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_SSL": "on",
    "HTTP_ACCEPT_LANGUAGE": "fr, ar;q=0.5",
    "HTTP_COOKIE": "django_language=fr",
    "HTTP_X_ORIGINAL_URL": "/elsewhere/",
    "HTTP_X_REWRITE_URL": "/elsewhere/",
}
UNUSUAL_ENVIRONS: list[dict[str, str]] = [
    HEADERS | {"SCRIPT_NAME": "/elsewhere"},
    HEADERS | {"SCRIPT_URL": "/elsewhere/", "REDIRECT_URL": "/elsewhere/"},
]
"""Request variables that must not influence cached content."""


class Response(NamedTuple):
    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def _request(url: str, **environ: str) -> Response:
    """Calls the WSGI application like a server, with SCRIPT_NAME, unlike the test client."""
    environ = RequestFactory().get(url).environ | environ
    started: list[Any] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], *_error: object
    ) -> Callable[[bytes], None]:
        started.extend([status, headers])
        return lambda _written: None

    response = application(environ, start_response)
    try:
        headers = tuple(each for each in started[1] if each[0] != "Expires")
        return Response(started[0], headers, b"".join(response))
    finally:
        response.close()  # type: ignore[attr-defined]


def _responses(urls: Iterable[str]) -> dict[str, Response]:
    return {url: _request(url) for url in urls}


@pytest.fixture(autouse=True)
def _connections_stay_open() -> Iterator[None]:
    """Keeps the transaction of the test open after a request, like the test client."""
    both = (signals.request_started, signals.request_finished)
    for each in both:
        each.disconnect(close_old_connections)
    yield
    for each in both:
        each.connect(close_old_connections)


@pytest.fixture(autouse=True)
def _no_thread_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread would run after the test, and would not notice changes that are rolled back."""
    monkeypatch.setattr(listener, "start", lambda: None)


@pytest.fixture
def public(parts: dict[str, str], settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All public URLs, for a publication with two languages and at a fixed time."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    for module in (page_cache, page_store):
        monkeypatch.setattr(module, "release", lambda: "this one")
    settings.API_RATE_LIMIT = 100_000
    Publication(name="The Strait Review", languages="en, fr").save()
    found = [each for each in public_urls(parts) if not each.startswith(site.PRIVATE_PATHS)]
    existing = [url for url in found if not _request(url).status.startswith(("4", "5"))]
    assert len(existing) > 60
    return existing


def _differences(before: dict[str, Response], after: dict[str, Response]) -> list[tuple[str, str]]:
    """URLs with different responses, and the first difference."""
    return [
        (url, _first_difference(response, after[url]))
        for url, response in before.items()
        if after[url] != response
    ]


def _first_difference(before: Response, after: Response) -> str:
    if before[:2] != after[:2]:
        return f"{before[:2]} {after[:2]}"
    position = next(
        index for index, (a, b) in enumerate(zip_longest(before.body, after.body)) if a != b
    )
    begin = max(0, position - 40)
    return f"{before.body[begin : position + 40]!r} {after.body[begin : position + 40]!r}"


@pytest.mark.parametrize("environ", UNUSUAL_ENVIRONS, ids=["prefix", "rewritten"])
def test_an_unusual_request_does_not_change_other_responses(
    public: list[str], environ: dict[str, str]
) -> None:
    before = _responses(public)
    clear_caches()
    for url in public:
        _request(url, **environ)
    assert _differences(before, _responses(public)) == []


def test_stored_pages_do_not_depend_on_their_first_request(
    public: list[str], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PAGE_STORE_MB = 32
    monkeypatch.setattr(listener, "is_current", lambda: True)
    before = _responses(public)
    clear_caches()
    key = {"HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme"}
    environ = {name: value for name, value in HEADERS.items() if name not in key}
    for url in public:
        _request(url, **environ)
    assert len(pages) > 50
    assert _differences(before, _responses(public)) == []
    clear_caches()


def test_no_page_depends_on_the_order_of_requests(public: list[str]) -> None:
    clear_caches()
    before = _responses(public)
    clear_caches()
    assert _differences(before, _responses(reversed(public))) == []


def test_caches_do_not_depend_on_the_language_or_time_zone_of_a_thread(public: list[str]) -> None:
    before = _responses(public)
    clear_caches()
    with translation.override("fr"), timezone.override(ZoneInfo("Pacific/Auckland")):
        _responses(public)
    assert _differences(before, _responses(public)) == []
