"""Requests to other sites that never reach the private network.

The author of a link chooses where this server connects to. So every name is resolved here, all of its
IP addresses must be public, and the connection is made to a checked IP address: a name that
resolves differently a moment later changes nothing. Redirects are checked like the first URL.
"""

import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Timer
from time import monotonic
from typing import Final
from urllib.parse import quote, urlencode, urljoin, urlsplit

from iria.core.mail import domain_to_ascii

TIMEOUT_SECONDS: Final = 8
TIMEOUT_FOR_FILES: Final = 20
"""For one request altogether: a server that sends a byte now and then meets every other limit."""
MAX_REDIRECTS: Final = 5
PORTS: Final = {"http": 80, "https": 443}
BLOCKED_CLIENT: Final = {401, 403, 405, 406, 429, 451, 999}
"""Statuses of a page that exists but blocks automated requests."""
TEMPORARY: Final = {408, 425, 429, 500, 502, 503, 504}
"""Statuses after which it is worth asking again."""
MAX_RESPONSE_BYTES: Final = 2_000
"""The size of the response to a form; the services in use answer with one word."""
GLOBAL_UNICAST: Final = ip_network("2000::/3")
NAT64: Final = ip_network("64:ff9b::/96")
"""The prefix for IPv4 addresses on networks without IPv4 (RFC 6052)."""
NOT_PUBLIC: Final = [
    ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments; Python calls two of them public
        "192.88.99.0/24",  # relays of 6to4, deprecated (RFC 7526)
        "2001::/23",  # protocol assignments, Teredo tunnels among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4 tunnels
        "3fff::/20",  # documentation (RFC 9637)
    )
]
"""Exceptions within public networks; a tunnel ends at an unchecked IP address."""


class PrivateAddress(Exception):
    """The URL does not point to a public web server; the message is a sentence."""


class RequestFailed(Exception):
    """No usable response; the message is a sentence."""


class TemporarilyFailed(RequestFailed):
    """The same request may succeed later: the server was busy or did not answer."""


@dataclass(frozen=True, slots=True)
class FormResponse:
    """The response to a form."""

    words: str
    hint: str
    """The value of the requested header, on one line; may be empty."""


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """The start of a page, after redirects."""

    url: str
    content_type: str
    """The type in its header, as in `text/html; charset=utf-8`; may be empty."""
    content: bytes


@dataclass(frozen=True, slots=True)
class UrlCheck:
    """Whether a URL works, and the error if not."""

    answers: bool
    words: str = ""


def check_url(address: str, *, agent: str) -> UrlCheck:
    """Sends HEAD, and GET to a site that does not support HEAD."""
    try:
        status = _status(address, agent, "HEAD")
        if status in {400, 403, 404, 405, 501}:
            status = _status(address, agent, "GET")
    except PrivateAddress as forbidden:
        return UrlCheck(False, str(forbidden))
    except (OSError, http.client.HTTPException, ValueError, UnicodeError) as error:
        return UrlCheck(False, _error_text(error))
    if status < 400 or status in BLOCKED_CLIENT:
        return UrlCheck(True)
    return UrlCheck(False, _status_text(status))


def post_form(address: str, fields: dict[str, str], *, agent: str, hint: str = "") -> FormResponse:
    """Posts a form. Redirects are not followed, since the data is for one URL.

    Args:
        hint: the name of a response header to return.

    Raises:
        RequestFailed
    """
    body = urlencode(fields).encode()
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    try:
        with _response(address, agent, "POST", body, form) as response:
            body_text = response.read(MAX_RESPONSE_BYTES).decode("utf-8", "replace")
            hint_value = " ".join(response.headers.get(hint, "").split())
            status = response.status
    except PrivateAddress as forbidden:
        raise RequestFailed(str(forbidden)) from forbidden
    except (OSError, http.client.HTTPException, ValueError, UnicodeError) as error:
        raise RequestFailed(_error_text(error)) from error
    if not 200 <= status < 300:
        raise RequestFailed(_status_text(status))
    return FormResponse(body_text, hint_value[:200])


def get_file(
    url: str,
    *,
    agent: str,
    most: int,
    seconds: float | None = None,
    media_types: tuple[str, ...] = (),
) -> bytes:
    """The content of a file; redirects are followed.

    Args:
        most: bytes; a longer file is refused.
        seconds: altogether; `TIMEOUT_FOR_FILES` if not given.
        media_types: how the one that the server names may begin; any, if not given.

    Raises:
        RequestFailed
    """
    with _get(url, agent, seconds) as (_, response):
        media_type = response.headers.get_content_type()
        if media_types and not media_type.startswith(media_types):
            raise RequestFailed(f"The file is of another type: {media_type[:100]}.")
        content = _read(response, most + 1)
        if len(content) > most:
            raise RequestFailed("The file is too large.")
        return content


def get_page(url: str, *, agent: str, most: int, seconds: float | None = None) -> FetchedPage:
    """The first bytes of a page; redirects are followed.

    Args:
        most: bytes; the rest is not read.
        seconds: altogether; `TIMEOUT_FOR_FILES` if not given.

    Raises:
        RequestFailed
    """
    with _get(url, agent, seconds) as (final_url, response):
        content_type = response.headers.get("Content-Type", "")
        return FetchedPage(final_url, content_type, _read(response, most))


@contextmanager
def _get(
    url: str, agent: str, seconds: float | None
) -> Iterator[tuple[str, http.client.HTTPResponse]]:
    """The final URL and the response to GET, whose body is not read yet; redirects are followed.

    Raises:
        RequestFailed
    """
    seconds = seconds or TIMEOUT_FOR_FILES
    until = monotonic() + seconds
    try:
        for _ in range(MAX_REDIRECTS + 1):
            with _response(url, agent, "GET", seconds=until - monotonic()) as response:
                if location := _location(response):
                    url = urljoin(url, location)
                    continue
                if response.status != http.client.OK:
                    is_temporary = response.status in TEMPORARY
                    failure = TemporarilyFailed if is_temporary else RequestFailed
                    raise failure(_status_text(response.status))
                yield url, response
                if monotonic() > until:
                    raise TimeoutError
                return
    except PrivateAddress as forbidden:
        raise RequestFailed(str(forbidden)) from forbidden
    except (OSError, http.client.HTTPException, ValueError, UnicodeError) as error:
        late = f"The answer was not complete after {seconds:g} seconds."
        is_final = isinstance(error, ssl.SSLCertVerificationError | ValueError)
        failure = RequestFailed if is_final else TemporarilyFailed
        raise failure(late if monotonic() > until else _error_text(error)) from error
    raise RequestFailed("Too many redirects.")


def _read(response: http.client.HTTPResponse, most: int) -> bytes:
    """The first bytes of the body."""
    content = bytearray()
    while len(content) < most and (part := response.read1(min(64 * 1024, most - len(content)))):
        content += part
    return bytes(content)


def public_addresses(host: str, port: int) -> list[str]:
    """The IP addresses of a host name, all of them public.

    Raises:
        PrivateAddress, OSError
    """
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in entries))
    if not all(_is_public(address) for address in addresses):
        raise PrivateAddress("The URL points to a private network.")
    return addresses


def _is_public(text: str) -> bool:
    """Whether an IP address is public, by the registries of IANA.

    IPv6 is public only within the global unicast block. Of the forms that
    contain an IPv4 address, the two that a resolver may return are checked by it; every other
    (IPv4-compatible, translated, NAT64 with a prefix of its own, tunnels) is rejected.
    """
    try:
        ip: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip.scope_id is not None:
            return False
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip in NAT64:
            ip = IPv4Address(int(ip) & 0xFFFF_FFFF)
        elif ip not in GLOBAL_UNICAST:
            return False
    if any(ip in network for network in NOT_PUBLIC):
        return False
    return ip.is_global and not ip.is_multicast


def _status(url: str, agent: str, method: str) -> int:
    for _ in range(MAX_REDIRECTS + 1):
        status, location = _status_and_location(url, agent, method)
        if not location:
            return status
        url = urljoin(url, location)
    raise PrivateAddress("Too many redirects.")


def _status_and_location(url: str, agent: str, method: str) -> tuple[int, str]:
    """The status of one response, and the target of its redirect."""
    with _response(url, agent, method) as response:
        return response.status, _location(response)


def _location(response: http.client.HTTPResponse) -> str:
    """The target of a redirect; empty if the response is none.

    Python reads headers as Latin-1. Servers that do not encode the letters of a path send UTF-8.
    """
    location = response.headers.get("Location", "") if 300 <= response.status < 400 else ""
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode()
    return location


@contextmanager
def _response(
    url: str,
    agent: str,
    method: str,
    body: bytes | None = None,
    extra_headers: Mapping[str, str] | None = None,
    *,
    seconds: float = TIMEOUT_FOR_FILES,
) -> Iterator[http.client.HTTPResponse]:
    """The response, whose body is not read yet; the connection ends after these seconds."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise PrivateAddress("This is not a web URL.")
    port = parts.port or PORTS[parts.scheme]
    if port not in PORTS.values():
        raise PrivateAddress(f"Port {port} is not a standard web port.")
    try:
        host = domain_to_ascii(parts.hostname)
    except UnicodeError:
        raise PrivateAddress("The URL has no host name.") from None
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        target += f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}"
    connection = _connect(parts.scheme, host, port, seconds)
    headers = {"User-Agent": agent, "Accept": "*/*", "Connection": "close", **(extra_headers or {})}
    deadline = Timer(seconds, _shut_down, [connection.sock])
    deadline.daemon = True
    deadline.start()
    try:
        if isinstance(connection.sock, ssl.SSLSocket):
            connection.sock.do_handshake()
        connection.request(method, target, body, headers)
        with connection.getresponse() as response:
            yield response
    finally:
        deadline.cancel()
        connection.close()


def _shut_down(sock: socket.socket) -> None:
    """Ends the connection; reading from it then fails."""
    with suppress(OSError):
        # The method of the plain socket: that of TLS changes the object under its reader.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _connect(scheme: str, host: str, port: int, seconds: float) -> http.client.HTTPConnection:
    """A connection to a checked IP address of the host; the handshake for TLS follows."""
    timeout = max(0.001, min(TIMEOUT_SECONDS, seconds))
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    sock = socket.create_connection((public_addresses(host, port)[0], port), timeout=timeout)
    if scheme == "https":
        try:
            connection.sock = ssl.create_default_context().wrap_socket(
                sock, server_hostname=host, do_handshake_on_connect=False
            )
        except BaseException:
            sock.close()
            raise
    else:
        connection.sock = sock
    return connection


def _status_text(status: int) -> str:
    return f"Status {status} {http.client.responses.get(status, '')}".strip()


def _error_text(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "The server was not found."
    if isinstance(error, TimeoutError):
        return "No answer in time."
    if isinstance(error, ssl.SSLError):
        return "The certificate is not valid."
    return f"Connection failed: {' '.join(str(error).split())[:200] or type(error).__name__}"
