"""Pages go out compressed, but only those that hold no secret."""

import re
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXT: Final = re.compile(r"text/|application/(?:[\w.-]+\+)?(?:json|xml)\b")
"""Pictures and fonts are compressed in themselves."""


class Compression(GZipMiddleware):
    """gzip for what says of itself that it may be shared (`Cache-Control: public`).

    The length of a compressed page tells of a secret in it to whoever can have words of their own
    put beside that secret (BREACH). What may be shared by everybody holds none; every page with a
    token, a name or a session says `private` or nothing, and goes out as it is. So Django's padding
    of random length is not needed, and a page keeps the same bytes for everybody.
    """

    max_random_bytes = 0

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        shared = "public" in response.headers.get("Cache-Control", "")
        if not shared or response.streaming or not _is_text(response):
            return response
        return super().process_response(request, response)


def _is_text(response: HttpResponseBase) -> bool:
    return TEXT.match(response.headers.get("Content-Type", "")) is not None
