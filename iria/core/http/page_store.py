"""Stored public pages in the memory of each web process (docs/decisions/stored-pages.md).

A page is stored as it is sent, and sent again until one of its scopes changes (`ChangeListener`) or a
scheduled change is due. While the database is away, the page that was current until then is better than an
error page.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Final
from weakref import WeakValueDictionary

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import parse_http_date_safe

from iria.core.http.change_listener import listener
from iria.core.http.private_paths import is_private

Key = tuple[str, bool, str, str]
"""Host, whether by HTTPS, path and query, as the request has them."""

RENDERING_SECONDS: Final = 10.0
"""How long a request waits for another one that renders the same page."""
OVERHEAD: Final = 2_000
"""Estimated bytes of a stored page beside its body and its scopes."""
SCOPE: Final = 150
"""Estimated bytes of the name of a scope in a set. A list with a hundred articles has as many."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """Until when a page that has been rendered stays as it is."""

    scopes: frozenset[str]
    since: int
    """The last change (`ChangeListener.number`) before the page was rendered."""
    until: datetime
    """The next scheduled change, or the end of the day."""
    cache_control: Callable[[datetime], str]
    """The header of a response at this time."""

    def lasts(self, now: datetime) -> bool:
        return now < self.until and not listener.has_changed(self.scopes, self.since)


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A response with status 200, before compression."""

    freshness: Freshness
    body: bytes
    headers: dict[str, str]
    compressed: dict[str, bytes] = field(default_factory=dict)
    """The body by content encoding, made when first needed (`iria.core.http.compression`)."""

    @property
    def size(self) -> int:
        """Estimated bytes in memory; both compressed forms together take about 0.4 of the body."""
        return OVERHEAD + len(self.body) * 7 // 5 + SCOPE * len(self.freshness.scopes)

    def response_to(self, request: HttpRequest, now: datetime) -> HttpResponseBase:
        response = HttpResponse(self.body, headers=self.headers)
        response.headers["Cache-Control"] = self.freshness.cache_control(now)
        response.compressed = self.compressed  # type: ignore[attr-defined]
        changed = parse_http_date_safe(self.headers.get("Last-Modified", ""))
        answer = get_conditional_response(request, self.headers["ETag"], changed, response)
        return answer or response


class PageStore:
    """The pages used most recently, up to a number of bytes."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Key, StoredPage] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()
        self._rendering: WeakValueDictionary[Key, Lock] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: Key) -> StoredPage | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Key, page: StoredPage, most_bytes: int) -> None:
        with self._lock:
            self._remove(key)
            if page.size > most_bytes:
                return
            self._pages[key] = page
            self._bytes += page.size
            while self._bytes > most_bytes and self._pages:
                self._remove(next(iter(self._pages)))

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def rendering(self, key: Key) -> Lock:
        """The lock of the request that renders a page; others wait for it."""
        with self._lock:
            return self._rendering.setdefault(key, Lock())

    def _remove(self, key: Key) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._bytes -= page.size


pages: Final = PageStore()


class StoredPages:
    """Answers requests for public pages from the store, and stores what `public_page` has rendered.

    Inside the compression, since a page is stored once for all encodings, and outside everything else
    that costs time. Requests that carry a session get the same public pages, which hold nothing private.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "GET" or settings.DEBUG or not settings.PAGE_STORE_MB:
            return self.get_response(request)
        if is_private(request):
            # Nothing to store, and two users may request the same URL at the same time.
            return self.get_response(request)
        host, query = (request.META.get(name, "") for name in ("HTTP_HOST", "QUERY_STRING"))
        # Not `get_full_path()`, which quotes a query of raw bytes as if it were another one.
        key = (host, request.is_secure(), request.path, query)
        page = pages.get(key)
        if not listener.is_current():
            return self._render(request, page)
        if page is not None and page.freshness.lasts(now := timezone.now()):
            return page.response_to(request, now)
        lock = pages.rendering(key)
        is_first = lock.acquire(blocking=False)
        if not is_first and lock.acquire(timeout=RENDERING_SECONDS):
            lock.release()
            page = pages.get(key)
            if page is not None and page.freshness.lasts(now := timezone.now()):
                return page.response_to(request, now)
        try:
            return self._store(key, self._render(request, page))
        finally:
            if is_first:
                lock.release()

    def _render(self, request: HttpRequest, page: StoredPage | None) -> HttpResponseBase:
        response = self.get_response(request)
        if page is not None and getattr(request, "is_unavailable", False):
            # Not one that was outdated before: its article may have been unpublished.
            now = timezone.now()
            return page.response_to(request, now) if page.freshness.lasts(now) else response
        return response

    def _store(self, key: Key, response: HttpResponseBase) -> HttpResponseBase:
        freshness = getattr(response, "freshness", None)
        if freshness is not None and _may_be_stored(response):
            page = StoredPage(freshness, response.getvalue(), dict(response.headers))
            pages.put(key, page, settings.PAGE_STORE_MB * 1_000_000)
            response.compressed = page.compressed  # type: ignore[attr-defined]
        return response


def _may_be_stored(response: HttpResponseBase) -> bool:
    return (
        isinstance(response, HttpResponse)
        and response.status_code == 200
        and not response.cookies
        and "public" in response.headers.get("Cache-Control", "")
        and response.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"
    )
