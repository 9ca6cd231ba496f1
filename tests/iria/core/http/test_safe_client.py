"""Requests to other sites never reach the private network."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address, IPv6Address
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iria.core.http import safe_client
from iria.core.http.safe_client import FormResponse, RequestFailed, check_url, post_form

AGENT = "IRIA tests"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://localhost/admin/",
        "http://[::1]/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[fe80::1]/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://100.64.0.1/",
        "http://224.0.0.1/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "http:///nothing",
        "http://127.0.0.1:22/",
        "http://user@127.0.0.1/",
    ],
)
def test_no_url_reaches_the_private_network(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*args: Any, **options: Any) -> Any:
        raise AssertionError(address)

    monkeypatch.setattr(socket, "create_connection", never)
    assert not check_url(address, agent=AGENT).answers
    with pytest.raises(RequestFailed):
        post_form(address, {"words": "ours"}, agent=AGENT)
    with pytest.raises(RequestFailed):
        safe_client.get_file(address, agent=AGENT, most=100)


@pytest.mark.parametrize(
    "address",
    [
        "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
        "64:ff9b::10.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::8.8.8.8",  # NAT64 with its own prefix
        "64:ff9b:1:a00:0:100::",
        "::127.0.0.1",  # IPv4-compatible
        "::10.0.0.1",
        "::8.8.8.8",
        "::",
        "::1",
        "::ffff:192.168.0.1",  # IPv4-mapped
        "::ffff:0:10.0.0.1",  # IPv4-translated
        "::ffff:0:8.8.8.8",
        "2002:a00:1::1",  # 6to4
        "2002:808:808::1",
        "2001:0:a00:1::1",  # Teredo
        "2001:20::1",
        "2001:db8::1",
        "3fff::1",
        "100::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "2606:4700::1111%eth0",
        "ff02::1",
        "ff0e::1",
        "0.0.0.0",
        "0.1.2.3",
        "100.64.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.31.255.255",
        "192.0.0.9",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.251",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "no address",
        "",
    ],
)
def test_a_private_ip_address_is_rejected_in_every_notation(address: str) -> None:
    assert not safe_client._is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2606:4700::1111", "2a00:1450::1", "2400::1"],
)
def test_a_public_ip_address_is_accepted_also_with_nat64(
    address: str,
) -> None:
    assert safe_client._is_public(address)


@given(st.ip_addresses(v=4))
def test_an_ipv6_address_with_a_private_ipv4_address_is_not_public(
    inner: IPv4Address,
) -> None:
    number = int(inner)
    forms = [
        IPv6Address(number),
        IPv6Address((0xFFFF << 32) | number),
        IPv6Address((0xFFFF << 48) | number),
        IPv6Address((0x64FF9B << 96) | number),
        IPv6Address((0x64FF9B0001 << 80) | number),
        IPv6Address((0x2002 << 112) | (number << 80) | 1),
        IPv6Address((0x20010000 << 96) | (number << 64) | 1),
    ]
    if not safe_client._is_public(str(inner)):
        assert not any(safe_client._is_public(str(each)) for each in forms)


def test_a_host_is_resolved_once_before_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter([["8.8.8.8"], ["10.0.0.1"]])
    reached: list[Any] = []

    def resolve(host: str, port: int, **options: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in next(answers)]

    def connect(address: Any, **options: Any) -> Any:
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    check_url("http://rebinding.example/", agent=AGENT)
    assert reached == [("8.8.8.8", 80)]


def test_a_host_with_one_private_ip_address_is_rejected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = [(0, 0, 0, "", ("8.8.8.8", 80)), (0, 0, 0, "", ("64:ff9b::a00:1", 80, 0, 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: both)
    with pytest.raises(safe_client.PrivateAddress):
        safe_client.public_addresses("two-faced.example", 80)


FILES = {"/here": b"bytes of a file", "/large": b"x" * 300_000}


class _Site(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answers = {"/gone": (410, b""), "/moved": (302, b""), "/long": (200, b"x" * 9_000)}
        status, answer = answers.get(self.path, (200, body))
        self.send_response(status)
        self.send_header("X-Said", f"{self.command}\tof {self.headers['User-Agent']}")
        if status == 302:
            self.send_header("Location", "/here")
        self.end_headers()
        self.wfile.write(answer)

    def _answer(self) -> None:
        redirects = {"/moved": "/here", "/inside": "http://10.0.0.1/", "/round": "/round"}
        # As its bytes are in UTF-8.
        redirects["/to-letters"] = "/é".encode().decode("latin-1")
        if self.path == "/no-heads" and self.command == "HEAD":
            self.send_response(405)
        elif self.path in redirects:
            self.send_response(302)
            self.send_header("Location", redirects[self.path])
        else:
            statuses = {"/gone": 410, "/broken": 503, "/shy": 403, "/%C3%83%C2%A9": 404}
            self.send_response(statuses.get(self.path.partition("?")[0], 200))
        self.end_headers()
        if self.path in FILES and self.command == "GET":
            self.wfile.write(FILES[self.path])

    def log_message(self, *arguments: Any) -> None:
        return


@pytest.fixture(scope="module")
def served() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def site(served: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """A local site that counts as public during the test."""
    public = safe_client._is_public
    monkeypatch.setattr(safe_client, "_is_public", lambda text: text == "127.0.0.1" or public(text))
    monkeypatch.setattr(safe_client, "PORTS", {"http": served, "https": 443} | {"other": 80})
    return served


@pytest.mark.parametrize(
    ("path", "answers", "words"),
    [
        ("/here", True, ""),
        ("/here?q=é&x=[1]", True, ""),
        ("/moved", True, ""),
        ("/to-letters", True, ""),
        ("/no-heads", True, ""),
        ("/shy", True, ""),
        ("/gone", False, "Status 410 Gone"),
        ("/broken", False, "Status 503 Service Unavailable"),
        ("/inside", False, "The URL points to a private network."),
        ("/round", False, "Too many redirects."),
    ],
)
def test_the_status_decides_whether_a_url_works(
    path: str, answers: bool, words: str, site: int
) -> None:
    seen = check_url(f"http://127.0.0.1:{site}{path}", agent=AGENT)
    assert (seen.answers, seen.words) == (answers, words)


def test_a_form_is_posted_and_a_limited_response_is_read(site: int) -> None:
    at = f"http://127.0.0.1:{site}"
    sent = post_form(f"{at}/here", {"words": "a&b é", "who": "Teo"}, agent=AGENT, hint="X-Said")
    assert sent == FormResponse("words=a%26b+%C3%A9&who=Teo", f"POST of {AGENT}")
    assert len(post_form(f"{at}/long", {}, agent=AGENT).words) == safe_client.MAX_RESPONSE_BYTES


@pytest.mark.parametrize(
    ("path", "words"), [("/gone", "Status 410 Gone"), ("/moved", "Status 302 Found")]
)
def test_a_rejected_form_raises_an_error_with_the_status(path: str, words: str, site: int) -> None:
    with pytest.raises(RequestFailed, match=words):
        post_form(f"http://127.0.0.1:{site}{path}", {"words": "ours"}, agent=AGENT)


@pytest.mark.parametrize("path", ["/here", "/moved"])
def test_a_file_is_fetched_also_after_a_redirect(path: str, site: int) -> None:
    url = f"http://127.0.0.1:{site}{path}"
    assert safe_client.get_file(url, agent=AGENT, most=100) == FILES["/here"]


@pytest.mark.parametrize("path", ["/large", "/gone", "/inside", "/round"])
def test_a_file_that_is_too_large_or_not_there_is_refused(path: str, site: int) -> None:
    with pytest.raises(RequestFailed):
        safe_client.get_file(f"http://127.0.0.1:{site}{path}", agent=AGENT, most=200_000)


def test_a_file_that_arrives_too_slowly_is_refused(
    site: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safe_client, "TIMEOUT_FOR_FILES", -1)
    with pytest.raises(RequestFailed, match="not complete"):
        safe_client.get_file(f"http://127.0.0.1:{site}/here", agent=AGENT, most=200_000)


def test_a_server_that_is_silent_about_tls_takes_no_longer_than_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(safe_client, "_is_public", lambda text: True)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setattr(safe_client, "PORTS", {"https": port})
        begin = monotonic()
        with pytest.raises(RequestFailed, match="not complete"):
            safe_client.get_file(f"https://127.0.0.1:{port}/", agent=AGENT, most=100, seconds=0.3)
    assert monotonic() - begin < safe_client.TIMEOUT_SECONDS / 2


def test_an_unknown_host_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*args: Any, **options: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    assert check_url("https://nowhere.example/", agent=AGENT).words == "The server was not found."
