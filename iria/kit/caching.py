"""How public pages may be kept by browsers and by the caches between."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import parse_http_date_safe

SHARED = "public, max-age=0, s-maxage=60"
"""A shared cache may answer for a minute; a browser asks each time, and is mostly told 304."""


READING = ("GET", "HEAD")


def public_page[V: Callable[..., HttpResponse]](view: V) -> V:
    """Marks a view that only reads and answers everybody alike; the one place that decides on caching.

    The tag is made of the bytes of the answer, so it changes exactly when the page does: with a
    comment, a moved category, another name of the publication. A view that knows when it last
    changed, withdrawals included, may say so in `Last-Modified`.
    """

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in READING:
            return HttpResponseNotAllowed(READING)
        response = view(request, *args, **kwargs)
        if response.status_code != 200:
            return response
        response.headers.setdefault("Cache-Control", SHARED)
        tag = f'"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
        response.headers.setdefault("ETag", tag)
        changed = parse_http_date_safe(response.headers.get("Last-Modified", ""))
        return get_conditional_response(request, tag, changed, response) or response

    return cast(V, marked)
