"""A local server in place of Akismet, with a configurable response and a record of the requests."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest

from articles.comments.models import Comment
from articles.comments.screening import akismet as akismet_client
from articles.comments.screening.models import Action, Check, ScreeningRule
from articles.editorial.models import Article
from iria.core.http import safe_client
from tests import commenting

KEY = "abcdef012345"


@dataclass
class Akismet:
    """The next response, and the received requests: method and fields."""

    answer: str = "false"
    status: int = 200
    hint: str = ""
    sent: list[tuple[str, dict[str, str]]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    akismet: Akismet

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.akismet.sent.append((self.path.rpartition("/")[2], dict(parse_qsl(sent))))
        self.send_response(self.akismet.status)
        if self.akismet.hint:
            self.send_header("X-akismet-debug-help", self.akismet.hint)
        self.end_headers()
        self.wfile.write(self.akismet.answer.encode())

    def log_message(self, *args: Any) -> None:
        return


@pytest.fixture(scope="module")
def akismet_server() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def akismet(akismet_server: HTTPServer, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Akismet:
    """Turns on the Akismet rule, with the action to hold, as the only rule that can hold a comment."""
    public = safe_client._is_public
    monkeypatch.setattr(safe_client, "_is_public", lambda text: text == "127.0.0.1" or public(text))
    monkeypatch.setattr(safe_client, "PORTS", {"http": akismet_server.server_port, "https": 443})
    monkeypatch.setattr(
        akismet_client, "BASE_URL", f"http://127.0.0.1:{akismet_server.server_port}/1.1/"
    )
    settings.AKISMET_KEY = KEY
    other_checks = (Check.EVERYONE, Check.FIRST_COMMENT)
    ScreeningRule.objects.filter(phase__in=other_checks).update(active=False)
    ScreeningRule.objects.filter(phase=Check.AKISMET).update(active=True, action=Action.HOLD)
    _Handler.akismet = Akismet()
    return _Handler.akismet


@pytest.fixture
def send(article: Article) -> Callable[..., Comment]:
    """Submits a comment as a guest, with an IP address."""

    def send(text: str = "I was on that ferry.", **more: Any) -> Comment:
        return commenting.post(
            article,
            name="Teo Brandt",
            email="teo@readers.example",
            text=text,
            **{"ip_address": "203.0.113.9", **more},
        )

    return send
