"""Stored public pages in the memory of each web process (docs/decisions/stored-pages.md).

A page is stored as it is sent, and sent again until one of its scopes changes (`ChangeListener`) or a
scheduled change is due. While the database is away, the page that was current until then is better than an
error page.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from functools import partial
from threading import Lock
from time import monotonic
from typing import Final, TypeGuard
from urllib.parse import urlencode
from weakref import WeakValueDictionary

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import parse_http_date_safe

from iria.core.http import cdn, page_files
from iria.core.http.change_listener import Freshness, listener
from iria.core.http.page_files import StoredPage
from iria.core.http.private_paths import is_private
from iria.core.http.release import release

Key = tuple[str, bool, str, str]
"""Host, whether by HTTPS, path, and the parameters of the query that the view reads."""

RENDERING_SECONDS: Final = 10.0
"""How long a request waits for another one that renders the same page."""


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
        if request.method not in {"GET", "HEAD"} or settings.DEBUG or not settings.PAGE_STORE_MB:
            return self.get_response(request)
        # Under a private path two users may request the same URL at the same time.
        if is_private(request) or (query := _stored_query(request)) is None:
            return self.get_response(request)
        key = (request.META.get("HTTP_HOST", ""), request.is_secure(), request.path, query)
        page, began, known_at = pages.get(key), monotonic(), listener.known_at
        request.find_stored = partial(find, key)  # type: ignore[attr-defined]
        if not listener.is_current():
            return self._store(request, key, self._render(request, page), began)
        if page is not None and page.freshness.lasts(now := timezone.now()):
            # A web server that sends files would not have asked if it had this page.
            page_files.offer(request, page, known_at)
            return _answer(request, page.copy(), page.freshness, now)
        lock = pages.rendering(key)
        is_first = lock.acquire(blocking=False)
        if not is_first and lock.acquire(timeout=RENDERING_SECONDS):
            lock.release()
            page = pages.get(key)
            if page is not None and page.freshness.lasts(now := timezone.now()):
                return _answer(request, page.copy(), page.freshness, now)
        try:
            return self._store(request, key, self._render(request, page), began)
        finally:
            if is_first:
                lock.release()

    def _render(self, request: HttpRequest, page: StoredPage | None) -> HttpResponseBase:
        # At the end of an outage everything counts as changed, while some requests are still being refused.
        is_current = page is not None and page.freshness.lasts(timezone.now())
        response = self.get_response(request)
        if getattr(request, "is_unavailable", False):
            # Not one that was outdated before: its article may have been unpublished.
            if page is not None and is_current:
                return _answer(request, page.copy(), page.freshness, timezone.now())
            return page_files.stale(request) or response
        return response

    def _store(
        self, request: HttpRequest, key: Key, response: HttpResponseBase, began: float
    ) -> HttpResponseBase:
        freshness = getattr(response, "freshness", None)
        if freshness is None or not _may_be_stored(response):
            return response
        response.headers["ETag"] = etag_of_content(response.content)
        compressed = getattr(response, "compressed", {})
        page = StoredPage(freshness, response.content, dict(response.headers), compressed)
        # A view may leave out the body of a response to HEAD.
        if request.method == "GET":
            pages.put(key, page, settings.PAGE_STORE_MB * 1_000_000)
            response.compressed = page.compressed  # type: ignore[attr-defined]
            page_files.offer(request, page, began)
        return _answer(request, response, freshness, timezone.now())


def find(key: Key, version: str) -> StoredPage | None:
    """The page if it was made from this version, although nothing else may be known of later changes."""
    page = pages.get(key)
    return page if page is not None and page.freshness.version == version else None


def etag_of_content(body: bytes) -> str:
    """The same in all processes. Another release may send other headers with the same page."""
    digest = hashlib.blake2b(body, digest_size=12, key=release().encode())
    # Weak, because plain and compressed pages share it.
    return f'W/"{digest.hexdigest()}"'


def known_query(request: HttpRequest, parameters: tuple[str, ...]) -> str:
    """The query with these parameters only, and of each the last value, which the view reads.

    A parameter such as `text=summary` counts with this value only: others would store the same page again.
    """
    known = [(name, value) for name, _, value in (each.partition("=") for each in parameters)]
    return urlencode(
        [
            (name, request.GET[name])
            for name, value in known
            if name in request.GET and value in {"", request.GET[name]}
        ]
    )


def _stored_query(request: HttpRequest) -> str | None:
    """The query that tells the page of this request from others; None if it is not stored."""
    if not request.META.get("QUERY_STRING"):
        return ""
    try:
        parameters = getattr(resolve(request.path_info).func, "parameters", None)
    except Resolver404:
        return None
    return None if parameters is None else known_query(request, parameters)


def _answer(
    request: HttpRequest, response: HttpResponse, freshness: Freshness, now: datetime
) -> HttpResponseBase:
    """The response, or 304 if the client has it; with headers for a network that is told of changes."""
    changed = parse_http_date_safe(response.headers.get("Last-Modified", ""))
    etag = response.headers["ETag"]
    answer = get_conditional_response(request, etag, changed, response) or response
    # A page that changed while it was rendered may arrive there after the purge.
    if settings.CDN_PROVIDER and listener.is_current() and freshness.lasts(now):
        times = (freshness.until, freshness.next_change, now)
        for name, value in cdn.headers_of(freshness.scopes, *times).items():
            answer.headers[name] = value
    return answer


def _may_be_stored(response: HttpResponseBase) -> TypeGuard[HttpResponse]:
    return (
        isinstance(response, HttpResponse)
        and response.status_code == 200
        and not response.cookies
        and "public" in response.headers.get("Cache-Control", "")
        and response.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"
    )
