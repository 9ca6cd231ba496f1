"""Stored pages as files, which nginx or Caddy sends without this application (docs/decisions/stored-pages.md).

A process that has rendered a page offers it in `PAGE_DIRECTORY/offers`. One process of the machine, the
keeper, moves offers to `current`, deletes pages there when one of their scopes has changed or a scheduled
change is near, and sets all of them aside in `stale` when it no longer hears of changes.
"""

import fcntl
import hashlib
import json
import logging
import os
import re
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.csp import build_policy

from iria.core.http import change_listener
from iria.core.http.change_listener import Freshness, listener
from iria.core.http.headers import COMPRESS, PERMISSIONS_POLICY, SPECULATION_RULES
from iria.core.http.release import release
from iria.core.text.dates import END

PATH: Final = re.compile(r"/(?:[a-z0-9_-]{1,200}/)*")
"""The paths that have a file, written as in the configurations of nginx and Caddy: no dot, no quoting."""
MAX_PATH_LENGTH: Final = 1000
EARLY: Final = timedelta(seconds=1)
"""A file goes this long before a scheduled change, so that it is never late."""
OFFER_AGAIN_SECONDS: Final = 1.0
MAX_REMEMBERED: Final = 10_000
LEFTOVER_SECONDS: Final = 60.0
OVERHEAD_BYTES: Final = 2_000
"""Estimated bytes of a stored page beside its body and its scopes."""
SCOPE_BYTES: Final = 150
"""Estimated bytes of the name of a scope in a set. A list with a hundred articles has as many."""

PAGE: Final = "index.html"
FORMS: Final = {"br": f"{PAGE}.br", "gzip": f"{PAGE}.gz"}
ABOUT: Final = "page.json"
"""What the keeper has to know about a page; the web server never sends it."""
OWN_HEADERS: Final = frozenset({"Content-Length", "ETag", "Last-Modified", "Link"})
"""Those that may differ from page to page. `Link` repeats the head of the page; the web server sends an ETag
of its own and the others as they are configured."""
TICK_SECONDS: Final = 0.05
WATCH_SECONDS: Final = 0.1
BACK_SECONDS: Final = 2.0
"""How long other processes may take to notice that the database is away or back."""
CHANGED_SECONDS: Final = 0.5
"""How long those that cannot reach it yet may send pages that have changed since; a change may take a second."""
MAX_SINGLE_DELETIONS: Final = 200
"""So many files are deleted one by one; most of more are moved away at once."""

logger = logging.getLogger(__name__)

_offered: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A response with status 200, before compression."""

    freshness: Freshness
    body: bytes
    headers: dict[str, str]
    compressed: dict[str, bytes] = field(default_factory=dict)
    """The body by content encoding, made when first needed (`iria.core.http.headers`)."""

    @property
    def size(self) -> int:
        """Estimated bytes in memory; both compressed forms together take about 0.4 of the body."""
        return OVERHEAD_BYTES + len(self.body) * 7 // 5 + SCOPE_BYTES * len(self.freshness.scopes)

    def copy(self) -> HttpResponse:
        response = HttpResponse(self.body, headers=self.headers)
        response.compressed = self.compressed  # type: ignore[attr-defined]
        response.is_stored = True  # type: ignore[attr-defined]
        return response


def path_of(request: HttpRequest) -> str | None:
    """The folder of the page below `current`; None if its requests are never answered from a file."""
    host = request.get_host().partition(":")[0].lower()
    has_file = (
        settings.PAGE_DIRECTORY
        # A network wants the tags of each page.
        and not settings.CDN_PROVIDER
        and host == settings.SITE_HOST
        and request.is_secure() == settings.SECURE
        and not request.META.get("QUERY_STRING")
        and len(request.path) <= MAX_PATH_LENGTH
        and PATH.fullmatch(request.path)
    )
    # A proxy with and without TLS must not send a page that redirects to https (containers/nginx.conf).
    return f"{'' if settings.SECURE else 'http/'}{host}{request.path}" if has_file else None


def common_headers() -> dict[str, str]:
    """The headers that the configurations of nginx and Caddy add to every page."""
    return {
        "Cache-Control": "public, no-cache",
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": build_policy(settings.SECURE_CSP),  # type: ignore[arg-type]
        "Permissions-Policy": PERMISSIONS_POLICY,
        "Speculation-Rules": SPECULATION_RULES,
        "Vary": "Accept-Encoding",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
    }


def offer(request: HttpRequest, page: StoredPage, valid_at: float) -> None:
    """Offers a page to the keeper, if the web server may send it to everybody.

    Args:
        valid_at: a time of `monotonic()`; the page shows every change committed before.
    """
    path = path_of(request)
    if path is None or request.method != "GET" or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return
    if not listener.is_current():
        # Perhaps there is no keeper.
        return
    now = time.monotonic()
    if now - _offered.get(path, -OFFER_AGAIN_SECONDS) < OFFER_AGAIN_SECONDS:
        return
    headers = {name: text for name, text in page.headers.items() if name not in OWN_HEADERS}
    if headers != common_headers() or page.freshness.until - EARLY <= timezone.now():
        return
    if len(_offered) >= MAX_REMEMBERED:
        _offered.clear()
    _offered[path] = now
    about = {
        "path": path,
        "scopes": sorted(page.freshness.scopes),
        "until": page.freshness.until.isoformat(),
        "valid_at": valid_at,
        "release": release(),
        "headers": page.headers,
    }
    try:
        _write(page, json.dumps(about).encode())
    except OSError as error:
        _report(error)


def _write(page: StoredPage, about: bytes) -> None:
    for coding in FORMS:
        if coding not in page.compressed:
            page.compressed[coding] = COMPRESS[coding](page.body)
    forms = {name: page.compressed[coding] for coding, name in FORMS.items()}
    # Web servers make the ETag from this time and the length. Two versions of a page within a second may
    # have the same length, so the time is made from the content.
    seconds = int.from_bytes(hashlib.blake2b(page.body, digest_size=4).digest()) >> 1
    offers = Path(settings.PAGE_DIRECTORY) / "offers"
    _make_folder(offers)
    unfinished = Path(tempfile.mkdtemp(prefix=".", dir=offers))
    try:
        for name, content in {**forms, PAGE: page.body, ABOUT: about}.items():
            file = unfinished / name
            file.write_bytes(content)
            file.chmod(0o644)
            os.utime(file, (seconds, seconds))
        unfinished.rename(offers / unfinished.name[1:])
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def stale(request: HttpRequest) -> HttpResponseBase | None:
    """The page from its file, which was current when the database went away."""
    path = path_of(request)
    for folder in ("current", "stale") if path else ():
        file = Path(settings.PAGE_DIRECTORY) / folder / str(path)
        # Another release may have written other values.
        with suppress(OSError, ValueError, KeyError):
            about = json.loads((file / ABOUT).read_bytes())
            response = HttpResponse((file / PAGE).read_bytes(), headers=about["headers"])
            if timezone.now() < datetime.fromisoformat(about["until"]) - EARLY:
                etag = response.headers["ETag"]
                return get_conditional_response(request, etag, None, response) or response
    return None


@dataclass(frozen=True, slots=True)
class PageFile:
    """A page in `current`."""

    scopes: frozenset[str]
    until: datetime
    bytes: int


class Keeper:
    """Keeps the files of this machine current. Each web process has one; the one with the lock works."""

    def __init__(self) -> None:
        self._process = 0
        self._thread: Thread | None = None
        self._lock: int | None = None
        self._seen = 0
        self._ticked_at = self._aside_until = self._stale_until = 0.0
        self._pages: dict[str, PageFile] = {}
        self._by_scope: defaultdict[str, set[str]] = defaultdict(set)
        self._bytes = 0
        self._due_at = END
        """No page is due before; looking at all of them at each tick would take a part of a core."""
        self._numbers = count()

    @property
    def folder(self) -> Path:
        return Path(settings.PAGE_DIRECTORY)

    @property
    def is_active(self) -> bool:
        return self._lock is not None

    def start(self) -> None:
        """Once per process, since threads do not survive a fork."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._thread = Thread(target=self._run, name="page files", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Leaves the files as they are, like a process that ends."""
        thread, self._thread, self._process = self._thread, None, 0
        if thread is not None:
            thread.join()
        self._release()

    def _run(self) -> None:
        while self._process == os.getpid():
            try:
                self.tick()
            except OSError as error:
                _report(error)
            except Exception:
                logger.exception("The files of pages may be outdated")
            time.sleep(TICK_SECONDS if self.is_active else WATCH_SECONDS)

    def tick(self) -> None:
        """Does what is due; called many times a second."""
        now = time.monotonic()
        is_current = listener.is_current()
        if not self.is_active:
            if not is_current:
                return
            if not self._acquire():
                self._watch(now)
                return
            self._take_over(now)
        elif self._aside_until:
            if not is_current:
                if now > self._aside_until:
                    self._release()
                return
            self._take_over(now)
        elif now - self._ticked_at > change_listener.SILENCE_SECONDS:
            # This thread was held up, and another process may have moved the files away.
            self._move_away()
        if not is_current:
            self._set_aside(now)
            return
        self._drop_stale(now)
        self._drop_changed()
        self._drop_due()
        self._publish_offers()
        self._beat()

    def _acquire(self) -> bool:
        _make_folder(self.folder)
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._beat()
        except OSError:
            os.close(lock)
            return False
        self._lock = lock
        return True

    def _beat(self) -> None:
        """Shows other processes that this one is at work (`_watch`)."""
        self._ticked_at = time.monotonic()
        os.utime(self.folder / "lock", ns=(int(self._ticked_at * 1e9),) * 2)

    def _release(self) -> None:
        self._clear()
        self._aside_until = 0.0
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    def _watch(self, now: float) -> None:
        """Moves the files away if the keeper does nothing any more, but has not ended."""
        with suppress(FileNotFoundError):
            if (
                now - (self.folder / "lock").stat().st_mtime_ns / 1e9
                > change_listener.SILENCE_SECONDS
            ):
                self._move_away()

    def _take_over(self, now: float) -> None:
        """Keeps the pages for which this process can vouch: it has listened since they were valid."""
        # Those in `stale` stay for a moment, for processes that cannot reach the database yet.
        self._seen, self._aside_until = listener.number, 0.0
        self._stale_until = now + BACK_SECONDS if (self.folder / "stale").exists() else 0.0
        try:
            for file in (self.folder / "current").rglob(ABOUT):
                about = _read(file.parent)
                if about is None or not _may_be_published(about) or about["valid_at"] > now:
                    self._delete(file.parent)
                else:
                    self._add(about)
        except OSError:
            # A file that is not known is never deleted.
            self._move_away()
            raise
        # Of processes that were killed.
        for each in (*(self.folder / "offers").glob(".*"), *self.folder.glob("trash-*")):
            if time.time() - each.stat().st_ctime > LEFTOVER_SECONDS:
                shutil.rmtree(each, ignore_errors=True)

    def _drop_stale(self, now: float) -> None:
        """Called before `_drop_changed`."""
        if listener.number != self._seen:
            self._stale_until = min(self._stale_until, now + CHANGED_SECONDS)
        if self._stale_until and now >= self._stale_until:
            self._move_away("stale")
            self._stale_until = 0.0

    def _drop_changed(self, below: str = "current") -> None:
        if listener.number == self._seen:
            return
        seen, self._seen = self._seen, listener.number
        changed = listener.changes_since(seen)
        if changed is None:
            self._move_away(below)
            return
        affected = {path for scope in changed for path in self._by_scope.get(scope, ())}
        if len(affected) > max(MAX_SINGLE_DELETIONS, len(self._pages) // 2):
            self._move_away(below)
        else:
            self._drop(affected, below)

    def _drop_due(self) -> None:
        near = timezone.now() + EARLY
        if near >= self._due_at:
            self._drop([path for path, page in self._pages.items() if page.until <= near])
            self._due_at = min((page.until for page in self._pages.values()), default=END)

    def _publish_offers(self) -> None:
        for each in os.scandir(self.folder / "offers") if (self.folder / "offers").exists() else ():
            if each.name.startswith("."):
                continue
            offered = Path(each.path)
            about = _read(offered)
            try:
                if about is not None and _may_be_published(about):
                    self._publish(about, offered)
            except OSError as error:
                _report(error)
            shutil.rmtree(offered, ignore_errors=True)

    def _publish(self, about: dict[str, Any], offered: Path) -> None:
        page = self.folder / "current" / about["path"]
        if (page / PAGE).exists():
            return
        _make_folder(page)
        # The page itself last: a web server looks for the compressed forms only beside it.
        for name in (*FORMS.values(), ABOUT, PAGE):
            (offered / name).rename(page / name)
        self._add(about)
        while self._bytes > settings.PAGE_DIRECTORY_MB * 1_000_000:
            self._drop([next(iter(self._pages))])

    def _add(self, about: dict[str, Any]) -> None:
        self._remove(about["path"])
        until = datetime.fromisoformat(about["until"])
        page = PageFile(frozenset(about["scopes"]), until, about["bytes"])
        self._pages[about["path"]] = page
        self._bytes += page.bytes
        self._due_at = min(self._due_at, until)
        for scope in page.scopes:
            self._by_scope[scope].add(about["path"])

    def _drop(self, paths: Iterable[str], below: str = "current") -> None:
        for path in paths:
            self._delete(self.folder / below / path)
            self._remove(path)

    def _delete(self, page: Path) -> None:
        for name in (PAGE, *FORMS.values(), ABOUT):
            (page / name).unlink(missing_ok=True)

    def _remove(self, path: str) -> None:
        page = self._pages.pop(path, None)
        if page is not None:
            self._bytes -= page.bytes
            for scope in page.scopes:
                self._by_scope[scope].discard(path)
                if not self._by_scope[scope]:
                    del self._by_scope[scope]

    def _clear(self) -> None:
        self._pages, self._by_scope, self._bytes, self._due_at = {}, defaultdict(set), 0, END

    def _set_aside(self, now: float) -> None:
        """Nothing is known of changes any more: the application decides which pages are sent.

        The lock stays here for a moment. A process that notices the outage later would have set its own,
        empty folder aside instead.
        """
        self._move_away("stale")
        with suppress(FileNotFoundError):
            (self.folder / "current").rename(self.folder / "stale")
        # Those that were heard of before the silence.
        self._drop_changed(below="stale")
        self._clear()
        self._aside_until = now + BACK_SECONDS

    def _move_away(self, folder: str = "current") -> None:
        """All pages at once; they are deleted in a thread of their own."""
        if folder == "current":
            self._clear()
        away = self.folder / f"trash-{os.getpid()}-{next(self._numbers)}"
        with suppress(FileNotFoundError):
            (self.folder / folder).rename(away)
            Thread(target=shutil.rmtree, args=(away, True), daemon=True).start()


def _may_be_published(about: dict[str, Any]) -> bool:
    """Whether a page is still as it would be rendered now, as far as this process has heard."""
    return (
        about["release"] == release()
        and not listener.has_changed_after(about["scopes"], about["valid_at"])
        and datetime.fromisoformat(about["until"]) - EARLY > timezone.now()
    )


def _read(folder: Path) -> dict[str, Any] | None:
    """What `offer` wrote about a page, and its `bytes`; None if a file is missing."""
    names = (PAGE, *FORMS.values(), ABOUT)
    with suppress(OSError, ValueError):
        about: dict[str, Any] = json.loads((folder / ABOUT).read_bytes())
        return about | {"bytes": sum((folder / name).stat().st_size for name in names)}
    return None


def _make_folder(folder: Path) -> None:
    """A folder that the web server may read, whatever the umask: it holds only public pages."""
    if not folder.is_dir():
        if folder != Path(settings.PAGE_DIRECTORY):
            _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)


_failing_since = 0.0


def _report(error: OSError) -> None:
    """A line once an hour: without files, pages are sent by this application as before."""
    global _failing_since
    if not _failing_since or time.monotonic() - _failing_since > 3600:
        _failing_since = time.monotonic()
        logger.warning("Pages cannot be written to PAGE_DIRECTORY: %s", error)


keeper: Final = Keeper()
"""The one of this process; `iria.wsgi` starts it."""
