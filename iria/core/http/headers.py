"""The IP address of a request, and the headers of every response."""

from collections.abc import Callable, Iterable
from functools import wraps
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

GetResponse = Callable[[HttpRequest], HttpResponse]

FORWARDING_HEADERS = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_FORWARDED",
)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text.strip())
    except ValueError:
        return None


def is_trusted_proxy(ip: str) -> bool:
    parsed = _parsed(ip)
    return parsed is not None and any(parsed in network for network in settings.TRUSTED_PROXIES)


def client_ip(request: HttpRequest) -> str:
    """The IP address of the client.

    X-Forwarded-For is read from the right, past addresses in TRUSTED_PROXIES only: the client itself can
    write the rest. Empty behind a Unix socket.
    """
    peer = str(request.META.get("REMOTE_ADDR") or "")
    if not is_trusted_proxy(peer):
        return peer
    hops = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    for hop in reversed([hop.strip() for hop in hops if hop.strip()]):
        if _parsed(hop) is None:
            break
        if not is_trusted_proxy(hop):
            return hop
        peer = hop
    return peer


def without_prefix(application: "WSGIApplication") -> "WSGIApplication":
    """Moves a path prefix back into the path: the site is always at the root of its host.

    Some servers let a header set the prefix; a shared cache would store another page under that path.
    """

    @wraps(application)
    def at_root(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        prefix = environ.get("SCRIPT_NAME", "")
        if prefix:
            environ["PATH_INFO"] = prefix + environ.get("PATH_INFO", "")
            environ["SCRIPT_NAME"] = ""
        return application(environ, start_response)

    return at_root


class ForwardedHeaders:
    """Removes forwarding headers unless a trusted proxy sent the request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_trusted_proxy(str(request.META.get("REMOTE_ADDR") or "")):
            for header in FORWARDING_HEADERS:
                request.META.pop(header, None)
        return self.get_response(request)


PERMISSIONS_POLICY: Final = (
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
)
SPECULATION_RULES: Final = '"/speculation-rules.json"'
"""The file with the links that browsers may fetch ahead; a header needs no exception in the policy."""


class ResponseHeaders:
    """Sets headers that Django's middlewares do not set."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 304:
            # A cached page keeps its own policy, which may allow frames; a browser would
            # replace it by the one sent here.
            response.headers.pop("Content-Security-Policy", None)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
            if not request.path.startswith(settings.PRIVATE_PATHS):
                response.headers.setdefault("Speculation-Rules", SPECULATION_RULES)
        return response
