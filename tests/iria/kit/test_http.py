"""Forwarding headers count only from proxies we trust."""

from ipaddress import ip_network
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from iria.kit.http import ForwardedHeaders, client_address


def asked(rf: RequestFactory, peer: str, forwarded: str) -> HttpRequest:
    return rf.get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded})


def test_a_strangers_header_is_not_believed(rf: RequestFactory, settings: Any) -> None:
    settings.TRUSTED_PROXIES = []
    assert client_address(asked(rf, "203.0.113.9", "198.51.100.1")) == "203.0.113.9"


def test_a_trusted_proxy_tells_the_client(rf: RequestFactory, settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    assert client_address(asked(rf, "10.0.0.1", "198.51.100.1, 10.0.0.7")) == "198.51.100.1"


def test_what_the_client_wrote_itself_is_not_believed(rf: RequestFactory, settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    forwarded = "192.0.2.1, 198.51.100.1"
    assert client_address(asked(rf, "10.0.0.1", forwarded)) == "198.51.100.1"


def test_nonsense_in_the_header_harms_nobody(rf: RequestFactory, settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    assert client_address(asked(rf, "10.0.0.1", "not an address")) == "10.0.0.1"


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
