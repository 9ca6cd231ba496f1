"""Compression of responses that contain no secret."""

import gzip
import re
from collections.abc import Callable
from typing import Final

import brotli
import zstandard
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin

TEXT: Final = re.compile(r"text/|application/(?:[\w.-]+\+)?(?:json|xml)\b")
"""Images and fonts are already compressed."""
CODING: Final = re.compile(r"\b(br|gzip|zstd)\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE)
"""A weight of zero means not acceptable (RFC 9110, section 12.4.2)."""
# Without a timestamp, so that the same page has the same bytes. A page of an article of 125 KB takes 0.94 ms and
# 13.1 KB in Brotli, 0.09 ms and 15.1 KB in Zstandard, 0.69 ms and 17.5 KB in gzip.
COMPRESS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "br": lambda body: brotli.compress(body, quality=6),
    "zstd": lambda body: zstandard.compress(body, level=3),
    "gzip": lambda body: gzip.compress(body, compresslevel=4, mtime=0),
}
SMALLEST: Final = ("br", "zstd", "gzip")
"""For a stored page, which is compressed once."""
FASTEST: Final = ("zstd", "br", "gzip")
"""For a page that was rendered for this request."""
MIN_LENGTH: Final = 200
"""In bytes; shorter responses would grow."""


class Compression(MiddlewareMixin):
    """Brotli, Zstandard or gzip for responses with `Cache-Control: public`.

    The length of a compressed page reveals a secret in it to an attacker who can add text to the page
    (BREACH). Public responses contain no secret; every page with a token, a name or a session has `private` or no header, and is not compressed. So the padding of
    random length of Django's middleware is not needed, and a page has the same bytes for
    everybody.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not isinstance(response, HttpResponse) or not _may_be_compressed(response):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        accepted = {
            each.lower() for each in CODING.findall(request.headers.get("Accept-Encoding", ""))
        }
        preferred = SMALLEST if getattr(response, "is_stored", False) else FASTEST
        for coding in preferred:
            if coding in accepted:
                _compress(response, coding)
                break
        if request.method == "HEAD":
            # The length stays. gunicorn would drop the body, and log a warning each time.
            response.headers["Content-Length"] = str(len(response.content))
            response.content = b""
        return response


def _may_be_compressed(response: HttpResponse) -> bool:
    return (
        "public" in response.headers.get("Cache-Control", "")
        and TEXT.match(response.headers.get("Content-Type", "")) is not None
        and "Content-Encoding" not in response.headers
        and len(response.content) >= MIN_LENGTH
    )


def _compress(response: HttpResponse, coding: str) -> None:
    # A stored page is compressed once (`iria.core.http.page_store`).
    known: dict[str, bytes] = getattr(response, "compressed", {})
    compressed = known.get(coding)
    if compressed is None:
        compressed = known[coding] = COMPRESS[coding](response.content)
    if len(compressed) >= len(response.content):
        return
    response.content = compressed
    response.headers["Content-Length"] = str(len(compressed))
    response.headers["Content-Encoding"] = coding
    # The ETag identifies the page, no longer these bytes (RFC 9110, section 8.8.1).
    tag = response.headers.get("ETag", "")
    if tag.startswith('"'):
        response.headers["ETag"] = f"W/{tag}"
