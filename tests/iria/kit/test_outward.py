"""A look at another site never reaches into our own network, however the address is written."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from iria.kit import outward
from iria.kit.outward import Answered, Unanswered, look_at, send_form

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
def test_no_address_leads_into_a_private_network(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*args: Any, **options: Any) -> Any:
        raise AssertionError(address)

    monkeypatch.setattr(socket, "create_connection", never)
    assert not look_at(address, agent=AGENT).answers
    with pytest.raises(Unanswered):
        send_form(address, {"words": "ours"}, agent=AGENT)


class _Site(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        words = self.rfile.read(int(self.headers["Content-Length"]))
        answers = {"/gone": (410, b""), "/moved": (302, b""), "/long": (200, b"x" * 9_000)}
        status, answer = answers.get(self.path, (200, words))
        self.send_response(status)
        self.send_header("X-Said", f"{self.command}\tof {self.headers['User-Agent']}")
        if status == 302:
            self.send_header("Location", "/here")
        self.end_headers()
        self.wfile.write(answer)

    def _answer(self) -> None:
        onward = {"/moved": "/here", "/inside": "http://10.0.0.1/", "/round": "/round"}
        if self.path == "/no-heads" and self.command == "HEAD":
            self.send_response(405)
        elif self.path in onward:
            self.send_response(302)
            self.send_header("Location", onward[self.path])
        else:
            statuses = {"/gone": 410, "/broken": 503, "/shy": 403}
            self.send_response(statuses.get(self.path.partition("?")[0], 200))
        self.end_headers()

    def log_message(self, *words: Any) -> None:
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
    """A site on this machine that counts as a public one, as long as the test runs."""
    public = outward._is_public
    monkeypatch.setattr(outward, "_is_public", lambda text: text == "127.0.0.1" or public(text))
    monkeypatch.setattr(outward, "PORTS", {"http": served, "https": 443} | {"other": 80})
    return served


@pytest.mark.parametrize(
    ("path", "answers", "words"),
    [
        ("/here", True, ""),
        ("/here?q=é&x=[1]", True, ""),
        ("/moved", True, ""),
        ("/no-heads", True, ""),
        ("/shy", True, ""),
        ("/gone", False, "It answers 410 Gone"),
        ("/broken", False, "It answers 503 Service Unavailable"),
        ("/inside", False, "It leads into a private network, where this site must not look."),
        ("/round", False, "It leads on and on."),
    ],
)
def test_what_a_site_answers_decides(path: str, answers: bool, words: str, site: int) -> None:
    seen = look_at(f"http://127.0.0.1:{site}{path}", agent=AGENT)
    assert (seen.answers, seen.words) == (answers, words)


def test_a_form_is_sent_once_and_its_answer_is_read_up_to_a_length(site: int) -> None:
    at = f"http://127.0.0.1:{site}"
    sent = send_form(f"{at}/here", {"words": "a&b é", "who": "Teo"}, agent=AGENT, hint="X-Said")
    assert sent == Answered("words=a%26b+%C3%A9&who=Teo", f"POST of {AGENT}")
    assert len(send_form(f"{at}/long", {}, agent=AGENT).words) == outward.MOST_READ


@pytest.mark.parametrize(
    ("path", "words"), [("/gone", "It answers 410 Gone"), ("/moved", "It answers 302 Found")]
)
def test_a_form_that_is_not_taken_is_said_in_a_sentence(path: str, words: str, site: int) -> None:
    with pytest.raises(Unanswered, match=words):
        send_form(f"http://127.0.0.1:{site}{path}", {"words": "ours"}, agent=AGENT)


def test_a_name_that_does_not_exist_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*args: Any, **options: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    assert look_at("https://nowhere.example/", agent=AGENT).words == "There is no such site."
