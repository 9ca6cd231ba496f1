"""How public pages may be kept by browsers and by the caches between."""

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
"""A shared cache may answer for a minute, and never past a moment from which pages look otherwise, such
as the end of a picture's licence or of a day; a browser asks each time, and is mostly told 304."""

HOURLY: Final = "hour"

READING = ("GET", "HEAD")

View = Callable[..., HttpResponse]
Scopes = Callable[..., Iterable[str]]


@overload
def public_page[V: View](view: V) -> V: ...
@overload
def public_page[V: View](*, also: Scopes) -> Callable[[V], V]: ...
def public_page(view: Any = None, *, also: Scopes | None = None) -> Any:
    """Marks a view that only reads and answers everybody alike; the one place that decides on caching.

    The tag follows from what the page is made of and not from the page: whoever holds the current
    one is told so before anything is rendered (`tag_of`). A view that knows when it last changed,
    withdrawals included, may say so in `Last-Modified` for readers who ask by date alone.

    Args:
        also: called with the view's arguments, the scopes of `iria.core.http.cache_versions` beside `content`
            that the page shows, such as an article's thread.
    """
    if view is None:
        return lambda each: _with_caching(each, also)
    return _with_caching(view, also)


def _with_caching[V: View](view: V, also: Scopes | None) -> V:
    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in READING:
            return HttpResponseNotAllowed(READING)
        # Read before the page is made: a change in between leaves a newer page under an older
        # tag, which costs one download more and shows nobody anything old.
        scopes = [CONTENT, *(also(request, *args, **kwargs) if also else ())]
        now = timezone.now()
        made_from = current_state(scopes, now)
        begun, ends = period_of(now, HOUR if HOURLY in scopes else DAY)
        tag = etag_of(made_from.marks, scopes, begun)
        request.generation = _cache_key(made_from.marks, now)  # type: ignore[attr-defined]
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
    """For `public_page(also=hourly)`: what the page shows follows from the clock, within the day too.

    The page must look the same throughout an hour: it counts from `next_hour()`.
    """
    return (HOURLY,)


def next_hour() -> datetime:
    """The end of the hour, from which hourly pages count, so that they stay the same until then."""
    return period_of(timezone.now(), HOUR)[0] + HOUR


def _cache_key(marks: Iterable[tuple[str, int]], now: datetime) -> str:
    """Under which what follows from the rows alone may be held (`iria.core.http.cache_versions`), for a day."""
    known = dict(marks)
    mark = known.get(CONTENT)
    begun, _ends = period_of(now)
    return "" if mark is None else f"{begun.isoformat()} {mark} {known.get(LAST)}"


def _changed(response: HttpResponse, made_from: CacheState) -> int | None:
    """When the page changed last: by somebody's hand, or by the passage of time."""
    said = parse_http_date_safe(response.headers.get("Last-Modified", ""))
    if said is None or made_from.last is None or made_from.last.timestamp() <= said:
        return said
    response.headers["Last-Modified"] = http_date(made_from.last.timestamp())
    return int(made_from.last.timestamp())


def etag_of(marks: Iterable[tuple[str, int]], scopes: Iterable[str], begun: datetime) -> str:
    """The ETag of a page made of these scopes, those that ever changed with their generations.

    Made of the release, the scopes' generations, and the beginning of the day, for what follows from
    the clock. Weak, because the same page goes out compressed and plain. While debugging it is new
    each time: a template may change without the release noticing.
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
