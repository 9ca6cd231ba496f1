"""Caching of public pages by browsers and shared caches (docs/decisions/public-pages.md)."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any, Final, cast, overload

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date, parse_http_date_safe

from iria.core.http.cache_versions import CONTENT, LAST, CacheState, current_state
from iria.core.http.release import release
from iria.core.text.dates import DAY, HOUR, period_of

MOST: Final = 60
SHARED: Final = "public, max-age=0, s-maxage={seconds}"
"""A shared cache may answer for a minute, but not past a scheduled change such as the end of a licence or
of the day; a browser revalidates each time and mostly gets 304."""

HOURLY: Final = "hour"

READING = ("GET", "HEAD")

View = Callable[..., HttpResponse]
Scopes = Callable[..., Iterable[str]]


@overload
def public_page[V: View](view: V) -> V: ...
@overload
def public_page[V: View](*, also: Scopes) -> Callable[[V], V]: ...
def public_page(view: Any = None, *, also: Scopes | None = None) -> Any:
    """Decorator for a view that only reads and answers everybody alike; sets its caching headers.

    The ETag depends on the cache versions and not on the page, so a revalidation renders nothing
    (`etag_of`). A view may set `Last-Modified`.

    Args:
        also: called with the view's arguments; returns the scopes beside `content` that the page shows,
            such as the thread of an article.
    """
    if view is None:
        return lambda each: _with_caching(each, also)
    return _with_caching(view, also)


def _with_caching[V: View](view: V, also: Scopes | None) -> V:
    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in READING:
            return HttpResponseNotAllowed(READING)
        # Read before the page is rendered: after a change in between, the page is newer than its
        # ETag, which costs one more download.
        scopes = [CONTENT, *(also(request, *args, **kwargs) if also else ())]
        now = timezone.now()
        made_from = current_state(scopes, now)
        begun, ends = period_of(now, HOUR if HOURLY in scopes else DAY)
        tag = etag_of(made_from.versions, scopes, begun)
        request.generation = _cache_key(made_from.versions, now)  # type: ignore[attr-defined]
        kept = SHARED.format(seconds=made_from.seconds_until_change(now, MOST, ends))
        unchanged = _unchanged(request, tag, kept)
        if unchanged is not None:
            return unchanged
        response = view(request, *args, **kwargs)
        if response.status_code != 200:
            return response
        _set_cache_headers(response, tag, kept)
        changed = _changed(response, made_from)
        return get_conditional_response(request, tag, changed, response) or response

    return cast(V, marked)


def hourly(request: HttpRequest, *args: Any, **kwargs: Any) -> tuple[str, ...]:
    """For `public_page(also=hourly)`: the page changes every hour, and counts from `next_hour()`."""
    return (HOURLY,)


def next_hour() -> datetime:
    """The end of the current hour."""
    return period_of(timezone.now(), HOUR)[0] + HOUR


def _cache_key(marks: Iterable[tuple[str, int]], now: datetime) -> str:
    """The key of process caches: the version of the content, and the day."""
    known = dict(marks)
    mark = known.get(CONTENT)
    begun, _ends = period_of(now)
    return "" if mark is None else f"{begun.isoformat()} {mark} {known.get(LAST)}"


def _changed(response: HttpResponse, made_from: CacheState) -> int | None:
    """When the page last changed, by a person or by a scheduled change."""
    said = parse_http_date_safe(response.headers.get("Last-Modified", ""))
    if said is None or made_from.last is None or made_from.last.timestamp() <= said:
        return said
    response.headers["Last-Modified"] = http_date(made_from.last.timestamp())
    return int(made_from.last.timestamp())


def etag_of(marks: Iterable[tuple[str, int]], scopes: Iterable[str], begun: datetime) -> str:
    """The ETag of a page with these scopes.

    Made of the release, the versions of the scopes and the day. Weak, because plain and compressed pages
    share it. With DEBUG it is always new, since templates change without a new release.
    """
    moment = (timezone.now() if settings.DEBUG else begun).isoformat()
    parts = [release(), moment, *scopes, *(f"{name}={mark}" for name, mark in marks)]
    return f'W/"{hashlib.blake2b("|".join(parts).encode(), digest_size=12).hexdigest()}"'


def _unchanged(request: HttpRequest, tag: str, kept: str) -> HttpResponseBase | None:
    if "HTTP_IF_NONE_MATCH" not in request.META:
        return None
    response = get_conditional_response(request, tag)
    if response is not None:
        _set_cache_headers(response, tag, kept)
    return response


def _set_cache_headers(response: HttpResponseBase, tag: str, kept: str) -> None:
    response.headers["ETag"] = tag
    response.headers.setdefault("Cache-Control", kept)
    patch_vary_headers(response, ["Accept-Encoding"])
