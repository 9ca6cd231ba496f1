"""Pages go out compressed, but only those that hold no secret."""

import gzip
import re
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin

TEXT: Final = re.compile(r"text/|application/(?:[\w.-]+\+)?(?:json|xml)\b")
"""Pictures and fonts are compressed in themselves."""
ACCEPTED: Final = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE)
"""A weight of nothing says that it is not wanted (RFC 9110, section 12.4.2)."""
LEVEL: Final = 4
"""Of nine. Against Django's six, an article's page takes half the time and is a fourteenth larger."""
WORTH_IT: Final = 200
"""Bytes; what is shorter would rather grow."""


class Compression(MiddlewareMixin):
    """gzip for what says of itself that it may be shared (`Cache-Control: public`).

    The length of a compressed page tells of a secret in it to whoever can have words of their own
    put beside that secret (BREACH). What may be shared by everybody holds none; every page with a
    token, a name or a session says `private` or nothing, and goes out as it is. So the padding of
    random length of Django's own middleware is not needed, and a page keeps the same bytes for
    everybody.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not isinstance(response, HttpResponse) or not _may_be_compressed(response):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        if ACCEPTED.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            _compress(response)
        return response


def _may_be_compressed(response: HttpResponse) -> bool:
    return (
        "public" in response.headers.get("Cache-Control", "")
        and TEXT.match(response.headers.get("Content-Type", "")) is not None
        and "Content-Encoding" not in response.headers
        and len(response.content) >= WORTH_IT
    )


def _compress(response: HttpResponse) -> None:
    # No time of making in it: the same page is the same bytes.
    compressed = gzip.compress(response.content, compresslevel=LEVEL, mtime=0)
    if len(compressed) >= len(response.content):
        return
    response.content = compressed
    response.headers["Content-Length"] = str(len(compressed))
    response.headers["Content-Encoding"] = "gzip"
    # The tag names the page, no longer these bytes (RFC 9110, section 8.8.1).
    tag = response.headers.get("ETag", "")
    if tag.startswith('"'):
        response.headers["ETag"] = f"W/{tag}"
