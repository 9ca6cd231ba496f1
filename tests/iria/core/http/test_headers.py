"""Forwarding headers are trusted from trusted proxies only."""

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


def request_from(rf: RequestFactory, peer: str, forwarded: str) -> HttpRequest:
    return rf.get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded})


def test_a_header_from_an_untrusted_client_is_ignored(rf: RequestFactory, settings: Any) -> None:
    settings.TRUSTED_PROXIES = []
    assert client_ip(request_from(rf, "203.0.113.9", "198.51.100.1")) == "203.0.113.9"


def test_a_trusted_proxy_sets_the_client_ip(rf: RequestFactory, settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    assert client_ip(request_from(rf, "10.0.0.1", "198.51.100.1, 10.0.0.7")) == "198.51.100.1"


def test_a_proxy_is_trusted_also_over_a_socket_for_both_versions(
    rf: RequestFactory, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    assert client_ip(request_from(rf, "::ffff:10.0.0.1", "198.51.100.1")) == "198.51.100.1"


def test_header_values_of_the_client_are_ignored(rf: RequestFactory, settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    forwarded = "192.0.2.1, 198.51.100.1"
    assert client_ip(request_from(rf, "10.0.0.1", forwarded)) == "198.51.100.1"


def test_an_invalid_header_is_ignored(rf: RequestFactory, settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    assert client_ip(request_from(rf, "10.0.0.1", "not an address")) == "10.0.0.1"


def test_untrusted_headers_are_removed_before_django_reads_them(
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


def test_a_prefix_of_the_server_is_moved_into_the_path() -> None:
    recorded: list[dict[str, Any]] = []

    def record(environ: dict[str, Any], _start: object) -> list[bytes]:
        recorded.append(environ)
        return []

    request = {"SCRIPT_NAME": "/2026", "PATH_INFO": "/03/"}
    without_prefix(record)(request, lambda *_: lambda _: None)
    assert recorded == [{"SCRIPT_NAME": "", "PATH_INFO": "/2026/03/"}]


def test_gunicorn_ignores_a_prefix_in_a_header(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would cause an error or show another page."""
    monkeypatch.chdir(PROJECT)
    monkeypatch.setattr("sys.argv", ["gunicorn", "iria.wsgi"])
    configured = WSGIApplication().cfg
    proxy, ours = ("127.0.0.1", 50_000), ("127.0.0.1", 8000)
    sent = (
        b"GET /2026/03/ HTTP/1.1\r\nHost: example.org\r\nSCRIPT_NAME: /2026\r\nPATH_INFO: /\r\n\r\n"
    )
    request = next(RequestParser(configured, iter([sent]), proxy))
    _answer, environ = create(request, None, proxy, ours, configured)
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("", "/2026/03/")
    assert "HTTP_SCRIPT_NAME" not in environ
