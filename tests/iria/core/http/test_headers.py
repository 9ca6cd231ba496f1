"""Forwarding headers count only from proxies we trust."""

from ipaddress import ip_network
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from gunicorn.app.wsgiapp import WSGIApplication  # type: ignore[import-untyped]
from gunicorn.http.parser import RequestParser  # type: ignore[import-untyped]
from gunicorn.http.wsgi import create  # type: ignore[import-untyped]

from iria.core.http.headers import ForwardedHeaders, client_ip, without_prefix
from tests.shared import PROJECT


def asked(rf: RequestFactory, peer: str, forwarded: str) -> HttpRequest:
    return rf.get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded})


def test_a_strangers_header_is_not_believed(rf: RequestFactory, settings: Any) -> None:
    settings.TRUSTED_PROXIES = []
    assert client_ip(asked(rf, "203.0.113.9", "198.51.100.1")) == "203.0.113.9"


def test_a_trusted_proxy_tells_the_client(rf: RequestFactory, settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    assert client_ip(asked(rf, "10.0.0.1", "198.51.100.1, 10.0.0.7")) == "198.51.100.1"


def test_what_the_client_wrote_itself_is_not_believed(rf: RequestFactory, settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    forwarded = "192.0.2.1, 198.51.100.1"
    assert client_ip(asked(rf, "10.0.0.1", forwarded)) == "198.51.100.1"


def test_nonsense_in_the_header_harms_nobody(rf: RequestFactory, settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    assert client_ip(asked(rf, "10.0.0.1", "not an address")) == "10.0.0.1"


def test_headers_of_strangers_are_dropped_before_django_reads_them(
    rf: RequestFactory, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = []
    seen: dict[str, object] = {}

    def view(request: HttpRequest) -> HttpResponse:
        seen.update(request.META)
        return HttpResponse()

    request = rf.get(
        "/", headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
    )
    ForwardedHeaders(view)(request)
    assert "HTTP_X_FORWARDED_PROTO" not in seen
    assert "HTTP_X_FORWARDED_HOST" not in seen


def test_a_prefix_that_a_server_names_is_part_of_the_path() -> None:
    told: list[dict[str, Any]] = []

    def record(environ: dict[str, Any], _start: object) -> list[bytes]:
        told.append(environ)
        return []

    asked_for = {"SCRIPT_NAME": "/2026", "PATH_INFO": "/03/"}
    without_prefix(record)(asked_for, lambda *_: lambda _: None)
    assert told == [{"SCRIPT_NAME": "", "PATH_INFO": "/2026/03/"}]


def test_gunicorn_believes_no_prefix_from_a_header(monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that does not begin with it would be an error, one that does would be another page."""
    monkeypatch.chdir(PROJECT)
    monkeypatch.setattr("sys.argv", ["gunicorn", "iria.wsgi"])
    configured = WSGIApplication().cfg
    proxy, ours = ("127.0.0.1", 50_000), ("127.0.0.1", 8000)
    sent = (
        b"GET /2026/03/ HTTP/1.1\r\nHost: example.org\r\nSCRIPT_NAME: /2026\r\nPATH_INFO: /\r\n\r\n"
    )
    asked_for = next(RequestParser(configured, iter([sent]), proxy))
    _answer, environ = create(asked_for, None, proxy, ours, configured)
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("", "/2026/03/")
    assert "HTTP_SCRIPT_NAME" not in environ
