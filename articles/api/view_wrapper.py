"""The wrapper of every API view: CORS, rate limit, content negotiation and caching."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from articles.api.problems import (
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    PARAMETER,
    TOO_MANY,
    ParameterError,
    problem_response,
)
from iria.core.http.headers import client_ip
from iria.core.http.page_cache import public_page
from iria.core.http.private_paths import open_to_other_sites
from iria.core.security import count_and_allow

JSON: Final = "application/json"
SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")
RATE_PERIOD: Final = timedelta(minutes=1)

# Scripts of any origin may read responses, but without cookies.
CORS_HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After",
}
PREFLIGHT_HEADERS: Final = {
    "Access-Control-Allow-Methods": ", ".join(SAFE_METHODS),
    "Access-Control-Allow-Headers": "Accept, If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}

View = Callable[..., HttpResponse]


def api_view(
    view: View,
    *,
    parameters: frozenset[str] | None,
    media_types: tuple[str, ...],
    scopes: tuple[str, ...] = (),
) -> View:
    """Wraps a view of the API.

    Args:
        parameters: the accepted query parameters; others are rejected by name. None if the view
            has none and ignores all.
        media_types: the media types of its responses.
        scopes: of `iria.core.http.cache_versions`, in addition to `content`, that it depends on.
    """
    cached_view = public_page(parameters=None, also=lambda request, **_: scopes)(_head_as_get(view))

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = (
            _preflight(request)
            or _rejection(request, parameters, media_types)
            or cached_view(request, *args, **kwargs)
        )
        for name, value in CORS_HEADERS.items():
            response.headers[name] = value
        return response

    # The views are read-only, so no CSRF check is needed; a POST gets a 405 response.
    return open_to_other_sites(wrapped)  # type: ignore[arg-type]


def _head_as_get(view: View) -> Callable[..., HttpResponse]:
    """Treats HEAD as GET; the server omits the body."""

    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        method, request.method = request.method, "GET"
        try:
            return view(request, *args, **kwargs)
        finally:
            request.method = method

    return wrapped


def _preflight(request: HttpRequest) -> HttpResponse | None:
    """The response to a CORS preflight request."""
    if request.method != "OPTIONS":
        return None
    return HttpResponse(status=204, headers={**PREFLIGHT_HEADERS, "Allow": ", ".join(SAFE_METHODS)})


def _rejection(
    request: HttpRequest, parameters: frozenset[str] | None, media_types: tuple[str, ...]
) -> HttpResponse | None:
    if request.method not in SAFE_METHODS:
        response = problem_response(METHOD_NOT_ALLOWED, "Only GET, HEAD and OPTIONS are allowed.")
        response.headers["Allow"] = ", ".join(SAFE_METHODS)
        return response
    # An empty header is the same as none.
    accept = request.headers.get("Accept", "").strip()
    if accept and not any(request.accepts(media_type) for media_type in media_types):
        return problem_response(
            NOT_ACCEPTABLE, f"The available formats are {' or '.join(media_types)} only."
        )
    unknown = sorted(request.GET.keys() - parameters) if parameters is not None else []
    return (
        _unknown_parameters(unknown, parameters or frozenset())
        if unknown
        else _rate_limit_response(request)
    )


def _unknown_parameters(names: list[str], parameters: frozenset[str]) -> HttpResponse:
    known = ", ".join(sorted(parameters)) or "none"
    message = f"Unknown parameter. Available parameters: {known}."
    errors = [ParameterError(parameter=name[:80], detail=message) for name in names[:10]]
    return problem_response(PARAMETER, f"Unknown parameter “{names[0][:80]}”.", errors)


def _rate_limit_response(request: HttpRequest) -> HttpResponse | None:
    """Limits requests per IP address. Responses do not contain the count, so they can be cached."""
    ip_address = client_ip(request)
    # Behind a Unix socket without forwarding headers all clients would count as one.
    if not ip_address or count_and_allow(
        "api", ip_address, limit=settings.API_RATE_LIMIT, per=RATE_PERIOD
    ):
        return None
    message = f"The limit is {settings.API_RATE_LIMIT} requests a minute."
    response = problem_response(TOO_MANY, message)
    response.headers["Retry-After"] = str(int(RATE_PERIOD.total_seconds()))
    return response
