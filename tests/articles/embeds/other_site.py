"""A site that link cards are fetched from: a local server that counts as public during a test."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from iria.core.http import safe_client


@dataclass
class Answer:
    content: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    location: str = ""
    slowly: bool = False
    """One byte after the other, for much longer than anyone should wait."""


@dataclass
class OtherSite:
    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    has_sent_all: bool = False

    def url(self, path: str = "/page") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def page(self, html: str | bytes, path: str = "/page", **options: Any) -> str:
        content = html.encode() if isinstance(html, str) else html
        self.answers[path] = Answer(content, **options)
        return self.url(path)

    def image(self, content: bytes, path: str = "/image") -> str:
        self.answers[path] = Answer(content, "image/png")
        return self.url(path)


@contextmanager
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[OtherSite]:
    site = OtherSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.requests.append(self.path)
            answer = site.answers.get(self.path, Answer(status=404))
            with suppress(OSError):
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.content_type)
                if answer.location:
                    self.send_header("Location", answer.location)
                self.end_headers()
                if not answer.slowly:
                    self.wfile.write(answer.content)
                    return
                for byte in answer.content:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(0.02)
                site.has_sent_all = True

        def log_message(self, *arguments: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_port
    public = safe_client._is_public
    monkeypatch.setattr(safe_client, "_is_public", lambda text: text == "127.0.0.1" or public(text))
    monkeypatch.setattr(safe_client, "PORTS", {"http": site.port, "https": 443})
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()
