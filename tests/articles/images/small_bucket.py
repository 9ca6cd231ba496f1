"""A small S3 server for tests: it stores objects and rejects requests with a wrong signature.

Signatures are computed as in Amazon's description of version 4 (“Authenticating Requests”), for the
header and for query strings, independently of the client's code.
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
"""Allowed difference between the clocks of client and server."""


class SmallBucket(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, tuple[bytes, str]] = {}
        """Path → content and its media type."""
        self.rejected: list[str] = []
        self.clock_offset = timedelta()
        """How much the clock of the server is ahead of the client's."""

    @property
    def options(self) -> dict[str, str]:
        """The storage options, as in the settings."""
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


class _Handler(BaseHTTPRequestHandler):
    server: SmallBucket

    def do_GET(self) -> None:
        if (content := self._verified_body()) is None:
            return
        key, params = self._parse_url()
        if params.get("list-type") == "2":
            self._answer(200, self._listed(params.get("prefix", "")).encode())
        elif key in self.server.objects:
            self._answer(200, *self.server.objects[key])
        else:
            self._answer(404, content)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        if (content := self._verified_body()) is not None:
            self.server.objects[self._parse_url()[0]] = content, self.headers["Content-Type"]
            self._answer(200)

    def do_DELETE(self) -> None:
        if self._verified_body() is not None:
            self.server.objects.pop(self._parse_url()[0], None)
            self._answer(204)

    def do_POST(self) -> None:
        """Deletes several objects at once."""
        if (content := self._verified_body()) is None:
            return
        keys = [part.partition("<")[0] for part in content.decode().split("<Key>")[1:]]
        for key in keys:
            self.server.objects.pop(f"/{NAME}/{key}", None)
        gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())

    def _parse_url(self) -> tuple[str, dict[str, str]]:
        url = urlsplit(self.path)
        return unquote(url.path), dict(parse_qsl(url.query, keep_blank_values=True))

    def _verified_body(self) -> bytes | None:
        """The request body; None, with an error response, if the signature is wrong."""
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        why = self._verify(content)
        if why is None:
            return content
        self.server.rejected.append(why)
        self._answer(403, f"<Error><Code>{why}</Code></Error>".encode())
        return None

    def _verify(self, content: bytes) -> str | None:
        params = self._parse_url()[1]
        now = datetime.now(UTC) + self.server.clock_offset
        if "Authorization" in self.headers:
            kind, _, rest = self.headers["Authorization"].partition(" ")
            credential = dict(part.strip().split("=", 1) for part in rest.split(","))
            at, body = self.headers["X-Amz-Date"], self.headers["X-Amz-Content-Sha256"]
            signature, until = credential["Signature"], _moment(at) + CLOCKS
            if body not in {"UNSIGNED-PAYLOAD", hashlib.sha256(content).hexdigest()}:
                return "XAmzContentSHA256Mismatch"
        elif "X-Amz-Signature" in params:
            kind, at, body = params["X-Amz-Algorithm"], params["X-Amz-Date"], "UNSIGNED-PAYLOAD"
            credential = {
                "Credential": params["X-Amz-Credential"],
                "SignedHeaders": params["X-Amz-SignedHeaders"],
            }
            signature = params.pop("X-Amz-Signature")
            until = _moment(at) + timedelta(seconds=int(params["X-Amz-Expires"]))
        else:
            return "AccessDenied"
        expected = self._signature(params, credential["SignedHeaders"], at, body)
        scope = f"{KEY}/{at[:8]}/{REGION}/s3/aws4_request"
        if (kind, credential["Credential"]) != (ALGORITHM, scope) or signature != expected:
            return "SignatureDoesNotMatch"
        return None if _moment(at) - CLOCKS <= now <= until else "AccessDenied: expired"

    def _signature(self, params: dict[str, str], signed: str, at: str, body: str) -> str:
        query = "&".join(
            f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
            for name, value in sorted(params.items())
        )
        named = signed.split(";")
        headers = "".join(f"{name}:{' '.join(self.headers[name].split())}\n" for name in named)
        path = quote(self._parse_url()[0], safe="/-_.~")
        request = "\n".join((self.command, path, query, headers, signed, body))
        scope = f"{at[:8]}/{REGION}/s3/aws4_request"
        string_to_sign = "\n".join(
            (ALGORITHM, at, scope, hashlib.sha256(request.encode()).hexdigest())
        )
        key = f"AWS4{SECRET}".encode()
        for part in (at[:8], REGION, "s3", "aws4_request", string_to_sign):
            key = hmac.digest(key, part.encode(), "sha256")
        return key.hex()

    def _listed(self, prefix: str) -> str:
        keys = [key.removeprefix(f"/{NAME}/") for key in self.server.objects]
        found = "".join(
            f"<Contents><Key>{key}</Key><Size>1</Size>"
            "<LastModified>2026-11-01T20:00:00.000Z</LastModified></Contents>"
            for key in sorted(keys)
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

    def log_message(self, *arguments: Any) -> None:
        pass


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
