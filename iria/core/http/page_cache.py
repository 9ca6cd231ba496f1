"""Caching of public pages by browsers and shared caches (docs/decisions/public-pages.md)."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any, Final, cast, overload

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date, parse_http_date_safe

from iria.core.db.replica import replica
from iria.core.http import cache_versions
from iria.core.http.cache_versions import (
    CONTENT,
    LAST,
    STRUCTURE,
    VERSIONS,
    CacheState,
    current_state,
)
from iria.core.http.change_listener import NEVER, Freshness, listener
from iria.core.http.page_store import known_query
from iria.core.http.release import release
from iria.core.text.dates import DAY, HOUR, period_of

CACHE_CONTROL: Final = "public, no-cache"
"""Caches ask each time, and mostly get 304. Only those that are told of changes answer by themselves
(`iria.core.http.cdn`)."""

HOURLY: Final = "hour"

SAFE_METHODS = ("GET", "HEAD")

View = Callable[..., HttpResponse]
Scopes = Callable[..., Iterable[str]]


@overload
def public_page[V: View](view: V) -> V: ...
@overload
def public_page[V: View](
    *,
    parameters: tuple[str, ...] | None = (),
    also: Scopes | None = None,
    by_row: bool = False,
    stored: bool = True,
) -> Callable[[V], V]: ...
def public_page(
    view: Any = None,
    *,
    parameters: tuple[str, ...] | None = (),
    also: Scopes | None = None,
    by_row: bool = False,
    stored: bool = True,
) -> Any:
    """Decorator for a view that only reads and answers everybody alike; sets its caching headers.

    Without a page store, the ETag depends on the cache versions and not on the page, so a revalidation
    renders nothing (`etag_of`). A stored page has an ETag of its content (`StoredPages`). A view may set
    `Last-Modified`.

    Args:
        parameters: of the query, that the view reads. It does not see any others, so the page is stored
            once for all of them, such as those of advertising. `text=summary` is read with this value only.
            None for a view that reads text of the reader: it sees everything, and is stored without a query
            only.
        also: called with the view's arguments; returns the scopes beside `content` that the page shows,
            such as the thread of an article.
        by_row: the page shows the text of articles only from instances of the model. Stored, it then stays
            when the text of another article changes (docs/decisions/stored-pages.md).
        stored: False for a view that counts its requests.
    """

    def with_caching(each: View) -> View:
        return _with_caching(each, parameters, also, by_row=by_row, stored=stored)

    return with_caching if view is None else with_caching(view)


def _with_caching[V: View](
    view: V,
    parameters: tuple[str, ...] | None,
    also: Scopes | None,
    *,
    by_row: bool,
    stored: bool,
) -> V:
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in SAFE_METHODS:
            return HttpResponseNotAllowed(SAFE_METHODS)
        if parameters is not None and request.META.get("QUERY_STRING"):
            request.GET = QueryDict(known_query(request, parameters))
        # Read before the page is rendered, and before its scopes, which may be those of another article
        # after a change in between: then the page is newer than its ETag, which costs one more download.
        # A change that nobody reports may follow: then nothing says that the page lasts.
        since = listener.number if listener.is_current() else NEVER
        scopes = [CONTENT, *(also(request, *args, **kwargs) if also else ())]
        now = timezone.now()
        state = current_state(scopes, now)
        start, ends = period_of(now, HOUR if HOURLY in scopes else DAY)
        etag = etag_of(state.versions, scopes, start)
        request.generation = _cache_key(state.versions, now)  # type: ignore[attr-defined]
        until = request.until = state.until(ends)  # type: ignore[attr-defined]
        find_stored = getattr(request, "find_stored", None) if stored else None
        known = find_stored and find_stored(etag)
        if known is None:
            unchanged = _not_modified_response(request, etag)
            if unchanged is not None:
                return unchanged

            def render() -> tuple[HttpResponse, set[str]]:
                with cache_versions.recording_rows() as rows:
                    return view(request, *args, **kwargs), rows

            may_use_replica = _may_use_replica(request, state, scopes)
            response, rows = replica.read(render) if may_use_replica else render()
            if response.status_code != 200:
                return response
            depends = {STRUCTURE, *scopes[1:], *rows} if by_row else set(scopes)
        else:
            # Its scopes are those of the same rows.
            response, depends = known.copy(), known.freshness.scopes
        _set_cache_headers(response, etag)
        if stored and response.headers["Cache-Control"] == CACHE_CONTROL:
            response.freshness = Freshness(  # type: ignore[attr-defined]
                frozenset(depends), since, until, state.next, etag
            )
        changed = _last_modified(response, state)
        if find_stored and hasattr(response, "freshness"):
            # `StoredPages` makes its ETag.
            return response
        return get_conditional_response(request, etag, changed, response) or response

    wrapped.parameters = parameters  # type: ignore[attr-defined]
    return cast(V, wrapped)


def _may_use_replica(request: HttpRequest, state: CacheState, scopes: list[str]) -> bool:
    """Not for people who are signed in: they may look for what they changed in the admin just now, also
    where it has no version."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return False
    versions = [(scope, version) for scope, version in state.versions if scope != LAST]
    return replica.has(versions, VERSIONS, scopes)


def hourly(request: HttpRequest, *args: Any, **kwargs: Any) -> tuple[str, ...]:
    """For `public_page(also=hourly)`: the page changes every hour, and counts from `next_hour()`."""
    return (HOURLY,)


def next_hour() -> datetime:
    """The end of the current hour."""
    return period_of(timezone.now(), HOUR)[0] + HOUR


def _cache_key(versions: Iterable[tuple[str, int]], now: datetime) -> str:
    """The key of process caches: the version of the content, and the day."""
    values = dict(versions)
    version = values.get(CONTENT)
    start, _ends = period_of(now)
    return "" if version is None else f"{start.isoformat()} {version} {values.get(LAST)}"


def _last_modified(response: HttpResponse, state: CacheState) -> int | None:
    """When the page last changed, by a person or by a scheduled change."""
    last_modified = parse_http_date_safe(response.headers.get("Last-Modified", ""))
    if last_modified is None or state.last is None or state.last.timestamp() <= last_modified:
        return last_modified
    response.headers["Last-Modified"] = http_date(state.last.timestamp())
    return int(state.last.timestamp())


def etag_of(versions: Iterable[tuple[str, int]], scopes: Iterable[str], start: datetime) -> str:
    """The ETag of a page with these scopes.

    Made of the release, the versions of the scopes and the day. Weak, because plain and compressed pages
    share it. With DEBUG it is always new, since templates change without a new release.
    """
    moment = (timezone.now() if settings.DEBUG else start).isoformat()
    parts = [release(), moment, *scopes, *(f"{name}={version}" for name, version in versions)]
    return f'W/"{hashlib.blake2b("|".join(parts).encode(), digest_size=12).hexdigest()}"'


def _not_modified_response(request: HttpRequest, etag: str) -> HttpResponseBase | None:
    if "HTTP_IF_NONE_MATCH" not in request.META:
        return None
    response = get_conditional_response(request, etag)
    if response is not None:
        _set_cache_headers(response, etag)
    return response


def _set_cache_headers(response: HttpResponseBase, etag: str) -> None:
    response.headers["ETag"] = etag
    response.headers.setdefault("Cache-Control", CACHE_CONTROL)
    patch_vary_headers(response, ["Accept-Encoding"])
