"""A look at an address of another site, or a form sent there, without ever reaching into our own network.

Whoever writes a link chooses where this machine connects to. So every name is resolved here, every one of its
addresses must be public, and the connection is made to the very address that was judged: a name that
answers differently a moment later changes nothing. Redirects are judged like the first address.
"""

import http.client
import socket
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import quote, urlencode, urljoin, urlsplit

from iria.core.mail import domain_to_ascii

SECONDS: Final = 8
REDIRECTS: Final = 5
PORTS: Final = {"http": 80, "https": 443}
REFUSES_PROGRAMS: Final = {401, 403, 405, 406, 429, 451, 999}
"""Answers of a site that is there, and does not care for visits like ours."""
MOST_READ: Final = 2_000
"""Bytes of an answer to a form; what we ask answers in a word."""
GLOBAL_UNICAST: Final = ip_network("2000::/3")
NAT64: Final = ip_network("64:ff9b::/96")
"""What a resolver on a network without IPv4 writes for an IPv4 address (RFC 6052)."""
NOT_PUBLIC: Final = [
    ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments, of which Python calls two public
        "192.88.99.0/24",  # relays of 6to4, given up (RFC 7526)
        "2001::/23",  # protocol assignments, Teredo tunnels among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4 tunnels
        "3fff::/20",  # documentation (RFC 9637)
    )
]
"""Within what is otherwise public; a tunnel ends at an address that nobody has judged."""


class PrivateAddress(Exception):
    """The address leads where this machine must not go; the text is a sentence."""


class RequestFailed(Exception):
    """Nothing came of it that could be used; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class FormResponse:
    """What came back from a form that was sent."""

    words: str
    hint: str
    """What the header asked for says, if anything; on one line."""


@dataclass(frozen=True, slots=True)
class UrlCheck:
    """Whether something answers at an address, and what it said where nothing does."""

    answers: bool
    words: str = ""


def check_url(address: str, *, agent: str) -> UrlCheck:
    """Asks for the head of a page, and for the page itself where a site knows no heads."""
    try:
        status = _status(address, agent, "HEAD")
        if status in {400, 403, 404, 405, 501}:
            status = _status(address, agent, "GET")
    except PrivateAddress as refusal:
        return UrlCheck(False, str(refusal))
    except (OSError, http.client.HTTPException, ValueError, UnicodeError) as trouble:
        return UrlCheck(False, _said(trouble))
    if status < 400 or status in REFUSES_PROGRAMS:
        return UrlCheck(True)
    return UrlCheck(False, _status_in_words(status))


def post_form(address: str, fields: dict[str, str], *, agent: str, hint: str = "") -> FormResponse:
    """Sends fields as a form (POST). No redirect is followed: what is sent is meant for one address.

    Args:
        hint: a header of the answer that is wanted too.

    Raises:
        Unanswered
    """
    body = urlencode(fields).encode()
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    try:
        with closing(_answer_to(address, agent, "POST", body, form)) as answer:
            words = answer.read(MOST_READ).decode("utf-8", "replace")
            said, status = " ".join(answer.headers.get(hint, "").split()), answer.status
    except PrivateAddress as refusal:
        raise RequestFailed(str(refusal)) from refusal
    except (OSError, http.client.HTTPException, ValueError, UnicodeError) as trouble:
        raise RequestFailed(_said(trouble)) from trouble
    if status != http.client.OK:
        raise RequestFailed(_status_in_words(status))
    return FormResponse(words, said[:200])


def public_addresses(host: str, port: int) -> list[str]:
    """The addresses of a name, all of them public.

    Raises:
        Forbidden, OSError
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not all(_is_public(address) for address in addresses):
        sentence = "The URL points to a private network."
        raise PrivateAddress(sentence)
    return addresses


def _is_public(text: str) -> bool:
    """Whether an address belongs to the public internet, by what IANA has given out and for what.

    IPv6 is public only within the one block from which networks get their addresses. Of the forms that
    carry an IPv4 address, the two that a resolver may answer with are judged by it; every other
    (IPv4-compatible, translated, NAT64 with a prefix of its own, tunnels) is refused.
    """
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return False
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        elif address in NAT64:
            address = IPv4Address(int(address) & 0xFFFF_FFFF)
        elif address not in GLOBAL_UNICAST:
            return False
    if any(address in network for network in NOT_PUBLIC):
        return False
    return address.is_global and not address.is_multicast


def _status(address: str, agent: str, method: str) -> int:
    for _ in range(REDIRECTS + 1):
        answer, onward = _asked(address, agent, method)
        if not onward:
            return answer
        address = urljoin(address, onward)
    sentence = "Too many redirects."
    raise PrivateAddress(sentence)


def _asked(address: str, agent: str, method: str) -> tuple[int, str]:
    """The status of one answer, and where it leads on to."""
    with closing(_answer_to(address, agent, method)) as answer:
        onward = answer.headers.get("Location", "") if 300 <= answer.status < 400 else ""
        return answer.status, onward


def _answer_to(
    address: str,
    agent: str,
    method: str,
    body: bytes | None = None,
    more: Mapping[str, str] | None = None,
) -> http.client.HTTPResponse:
    """The answer, whose words can still be read; whoever reads it closes it."""
    parts = urlsplit(address)
    if parts.scheme not in PORTS or not parts.hostname:
        sentence = "This is not a web URL."
        raise PrivateAddress(sentence)
    port = parts.port or PORTS[parts.scheme]
    if port not in PORTS.values():
        sentence = f"Port {port} is not a standard web port."
        raise PrivateAddress(sentence)
    try:
        host = domain_to_ascii(parts.hostname)
    except UnicodeError:
        sentence = "The URL has no host name."
        raise PrivateAddress(sentence) from None
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        target += f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}"
    connection = _connected(parts.scheme, host, port)
    # One question to a connection: the answer takes the socket with it, and closes it.
    headers = {"User-Agent": agent, "Accept": "*/*", "Connection": "close", **(more or {})}
    try:
        connection.request(method, target, body, headers)
        return connection.getresponse()
    except BaseException:
        connection.close()
        raise


def _connected(scheme: str, host: str, port: int) -> http.client.HTTPConnection:
    """A connection to an address of the host that was judged, under the host's name."""
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    plain = socket.create_connection((public_addresses(host, port)[0], port), timeout=SECONDS)
    if scheme == "https":
        try:
            connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise
    else:
        connection.sock = plain
    return connection


def _status_in_words(status: int) -> str:
    return f"Status {status} {http.client.responses.get(status, '')}".strip()


def _said(trouble: Exception) -> str:
    if isinstance(trouble, socket.gaierror):
        return "The server was not found."
    if isinstance(trouble, TimeoutError):
        return f"No answer within {SECONDS} seconds."
    if isinstance(trouble, ssl.SSLError):
        return "The certificate is not valid."
    return f"Connection failed: {' '.join(str(trouble).split())[:200] or type(trouble).__name__}"
