"""A small S3 of the tests' own: it keeps what is put, and believes nobody whose signature is wrong.

The signatures are computed anew from what was asked, after Amazon's description of version 4
(“Authenticating Requests”), in the header and in the address; nothing of the client's is used.
"""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

NAME, REGION, KEY, SECRET = "pictures-of-ours", "eu-central-1", "key", "secret"
ALGORITHM = "AWS4-HMAC-SHA256"
CLOCKS = timedelta(minutes=15)
"""So far the clock of whoever asks may be off."""


class SmallBucket(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.kept: dict[str, tuple[bytes, str]] = {}
        """Address → content and its type."""
        self.refused: list[str] = []
        self.later = timedelta()
        """How much later it is here than with whoever asks."""

    @property
    def options(self) -> dict[str, str]:
        """For the storage, as the settings give them."""
        endpoint = f"http://127.0.0.1:{self.server_port}"
        return {
            "name": NAME,
            "region": REGION,
            "endpoint": endpoint,
            "key_id": KEY,
            "secret": SECRET,
        }


@contextmanager
def small_bucket() -> Iterator[SmallBucket]:
    with SmallBucket() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


class _Answering(BaseHTTPRequestHandler):
    server: SmallBucket

    def do_GET(self) -> None:
        if (content := self._taken()) is None:
            return
        key, asked = self._asked()
        if asked.get("list-type") == "2":
            self._answer(200, self._listed(asked["prefix"]).encode())
        elif key in self.server.kept:
            self._answer(200, *self.server.kept[key])
        else:
            self._answer(404, content)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        if (content := self._taken()) is not None:
            self.server.kept[self._asked()[0]] = content, self.headers["Content-Type"]
            self._answer(200)

    def do_DELETE(self) -> None:
        if self._taken() is not None:
            self.server.kept.pop(self._asked()[0], None)
            self._answer(204)

    def do_POST(self) -> None:
        """Several are deleted at once."""
        if (content := self._taken()) is None:
            return
        keys = [part.partition("<")[0] for part in content.decode().split("<Key>")[1:]]
        for key in keys:
            self.server.kept.pop(f"/{NAME}/{key}", None)
        gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())

    def _asked(self) -> tuple[str, dict[str, str]]:
        address = urlsplit(self.path)
        return unquote(address.path), dict(parse_qsl(address.query, keep_blank_values=True))

    def _taken(self) -> bytes | None:
        """What was sent along; None, and a refusal, where it is not signed as it should be."""
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        why = self._doubt(content)
        if why is None:
            return content
        self.server.refused.append(why)
        self._answer(403, f"<Error><Code>{why}</Code></Error>".encode())
        return None

    def _doubt(self, content: bytes) -> str | None:
        asked = self._asked()[1]
        now = datetime.now(UTC) + self.server.later
        if "Authorization" in self.headers:
            kind, _, rest = self.headers["Authorization"].partition(" ")
            said = dict(part.strip().split("=", 1) for part in rest.split(","))
            at, body = self.headers["X-Amz-Date"], self.headers["X-Amz-Content-Sha256"]
            signature, until = said["Signature"], _moment(at) + CLOCKS
            if body not in {"UNSIGNED-PAYLOAD", hashlib.sha256(content).hexdigest()}:
                return "XAmzContentSHA256Mismatch"
        elif "X-Amz-Signature" in asked:
            kind, at, body = asked["X-Amz-Algorithm"], asked["X-Amz-Date"], "UNSIGNED-PAYLOAD"
            said = {
                "Credential": asked["X-Amz-Credential"],
                "SignedHeaders": asked["X-Amz-SignedHeaders"],
            }
            signature = asked.pop("X-Amz-Signature")
            until = _moment(at) + timedelta(seconds=int(asked["X-Amz-Expires"]))
        else:
            return "AccessDenied"
        expected = self._signature(asked, said["SignedHeaders"], at, body)
        scope = f"{KEY}/{at[:8]}/{REGION}/s3/aws4_request"
        if (kind, said["Credential"]) != (ALGORITHM, scope) or signature != expected:
            return "SignatureDoesNotMatch"
        return None if _moment(at) - CLOCKS <= now <= until else "AccessDenied: expired"

    def _signature(self, asked: dict[str, str], signed: str, at: str, body: str) -> str:
        query = "&".join(
            f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
            for name, value in sorted(asked.items())
        )
        named = signed.split(";")
        headers = "".join(f"{name}:{' '.join(self.headers[name].split())}\n" for name in named)
        path = quote(self._asked()[0], safe="/-_.~")
        request = "\n".join((self.command, path, query, headers, signed, body))
        scope = f"{at[:8]}/{REGION}/s3/aws4_request"
        told = "\n".join((ALGORITHM, at, scope, hashlib.sha256(request.encode()).hexdigest()))
        key = f"AWS4{SECRET}".encode()
        for part in (at[:8], REGION, "s3", "aws4_request", told):
            key = hmac.digest(key, part.encode(), "sha256")
        return key.hex()

    def _listed(self, prefix: str) -> str:
        keys = [key.removeprefix(f"/{NAME}/") for key in self.server.kept]
        found = "".join(
            f"<Contents><Key>{key}</Key><Size>1</Size>"
            "<LastModified>2026-11-01T20:00:00.000Z</LastModified></Contents>"
            for key in keys
            if key.startswith(prefix)
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"

    def _answer(self, status: int, body: bytes = b"", kind: str = "application/xml") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"e"')
        self.send_header("Last-Modified", "Wed, 25 Nov 2026 20:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *words: Any) -> None:
        pass


def _moment(said: str) -> datetime:
    return datetime.strptime(said, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
