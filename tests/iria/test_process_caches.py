"""What a process remembers follows from the data alone, never from who asked first, and how."""

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

from iria.core.http import page_cache
from iria.publication.models import Publication
from iria.wsgi import application
from tests.iria.process_caches import forget_everything
from tests.iria.test_no_500 import addresses_of_readers

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
ODD: list[dict[str, str]] = [
    HEADERS | {"SCRIPT_NAME": "/elsewhere"},
    HEADERS | {"SCRIPT_URL": "/elsewhere/", "REDIRECT_URL": "/elsewhere/"},
]
"""Variables of requests by which one might change what others are answered."""


class Answer(NamedTuple):
    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def _answer(address: str, **odd: str) -> Answer:
    """As a server asks for it: unlike the test client, it says which prefix there is."""
    environ = RequestFactory().get(address).environ | odd
    told: list[Any] = []

    def begin(
        status: str, headers: list[tuple[str, str]], *_error: object
    ) -> Callable[[bytes], None]:
        told.extend([status, headers])
        return lambda _written: None

    response = application(environ, begin)
    try:
        headers = tuple(each for each in told[1] if each[0] != "Expires")
        return Answer(told[0], headers, b"".join(response))
    finally:
        response.close()  # type: ignore[attr-defined]


def _answers(addresses: Iterable[str]) -> dict[str, Answer]:
    return {address: _answer(address) for address in addresses}


@pytest.fixture(autouse=True)
def _connections_stay_open() -> Iterator[None]:
    """As with the test client: the transaction of the test goes on after a request."""
    both = (signals.request_started, signals.request_finished)
    for each in both:
        each.disconnect(close_old_connections)
    yield
    for each in both:
        each.connect(close_old_connections)


@pytest.fixture
def public(parts: dict[str, str], settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address that answers everybody alike, in a publication of two languages; time stands still."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    monkeypatch.setattr(page_cache, "release", lambda: "this one")
    settings.API_RATE_LIMIT = 100_000
    Publication(name="The Strait Review", languages="en, fr").save()
    found = [
        each for each in addresses_of_readers(parts) if not each.startswith(site.PRIVATE_PATHS)
    ]
    working = [address for address in found if not _answer(address).status.startswith(("4", "5"))]
    assert len(working) > 60
    return working


def _differing(before: dict[str, Answer], after: dict[str, Answer]) -> list[tuple[str, str]]:
    """Which addresses are answered in another way, and the first thing that is different."""
    return [
        (address, _first_difference(answer, after[address]))
        for address, answer in before.items()
        if after[address] != answer
    ]


def _first_difference(before: Answer, after: Answer) -> str:
    if before[:2] != after[:2]:
        return f"{before[:2]} {after[:2]}"
    place = next(at for at, (a, b) in enumerate(zip_longest(before.body, after.body)) if a != b)
    begin = max(0, place - 40)
    return f"{before.body[begin : place + 40]!r} {after.body[begin : place + 40]!r}"


@pytest.mark.parametrize("odd", ODD, ids=["prefix", "rewritten"])
def test_no_odd_request_changes_what_others_are_answered(
    public: list[str], odd: dict[str, str]
) -> None:
    before = _answers(public)
    forget_everything()
    for address in public:
        _answer(address, **odd)
    assert _differing(before, _answers(public)) == []


def test_no_page_depends_on_which_page_was_asked_for_before(public: list[str]) -> None:
    forget_everything()
    before = _answers(public)
    forget_everything()
    assert _differing(before, _answers(reversed(public))) == []


def test_nothing_is_remembered_in_the_language_or_the_zone_of_a_thread(public: list[str]) -> None:
    before = _answers(public)
    forget_everything()
    with translation.override("fr"), timezone.override(ZoneInfo("Pacific/Auckland")):
        _answers(public)
    assert _differing(before, _answers(public)) == []
