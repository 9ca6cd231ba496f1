"""A content delivery network in front of the site: tags for its copies of stored pages, and their purge.

Copies are kept for minutes, because they are purged as soon as they are outdated. The tags of a page are its
scopes (`Freshness.scopes`). One process of the installation purges: the one whose listener has the lock
(`iria.core.http.change_listener`). See docs/decisions/stored-pages.md.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection, responses
from threading import Condition, Thread
from time import monotonic, sleep
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings

FRESH_SECONDS: Final = 600
"""How long a copy is used without a request here; it may be outdated for so long if purges fail."""
STALE_SECONDS: Final = 60
"""How long a copy is used after that while the next one is fetched."""
ERROR_SECONDS: Final = 86_400
"""How long a copy is used after that if there is no answer."""
MAX_TAG_BYTES: Final = 1_000
"""The length of all tags of a page; Bunny reads 1,024 bytes."""

CONTENT: Final = "content"
"""As in `cache_versions`, whose model cannot be imported before the apps are loaded."""
EVERYTHING: Final = "*"
GATHER_SECONDS: Final = 0.02
"""A transaction notifies several scopes."""
BETWEEN_SECONDS: Final = 0.25
"""Cloudflare accepts five requests a second on its smallest paid plan."""
REPEAT_SECONDS: Final = 1.2
"""Every process knows of a change by then; until then one might send the outdated page to be copied anew."""
MAX_PAUSE_SECONDS: Final = 30.0
TIMEOUT_SECONDS: Final = 5.0

logger = logging.getLogger(__name__)


class PurgeFailed(Exception):
    """The message is a sentence without the token."""


@dataclass(frozen=True, slots=True)
class Provider:
    """How to talk to a network; `{target}` in a URL is the setting CDN_TARGET."""

    tags: str
    """The response header with the tags of a page."""
    separator: str
    control: str
    """The response header that says how long copies are used; other caches ignore it."""
    token: tuple[str, str]
    """The request header with the token, and what precedes it."""
    url: str
    url_of_everything: str
    body: Callable[[list[str]], Any]
    body_of_everything: Any
    max_tags: int = 50
    """More tags purge everything."""
    is_one_by_one: bool = False
    """Whether a request has one tag."""


PROVIDERS: Final = {
    "cloudflare": Provider(
        tags="Cache-Tag",
        separator=",",
        control="CDN-Cache-Control",
        token=("Authorization", "Bearer "),
        url="https://api.cloudflare.com/client/v4/zones/{target}/purge_cache",
        url_of_everything="https://api.cloudflare.com/client/v4/zones/{target}/purge_cache",
        body=lambda tags: {"tags": tags},
        body_of_everything={"purge_everything": True},
    ),
    "fastly": Provider(
        tags="Surrogate-Key",
        separator=" ",
        control="Surrogate-Control",
        token=("Fastly-Key", ""),
        url="https://api.fastly.com/service/{target}/purge",
        url_of_everything="https://api.fastly.com/service/{target}/purge_all",
        body=lambda tags: {"surrogate_keys": tags},
        body_of_everything={},
    ),
    "bunny": Provider(
        tags="CDN-Tag",
        separator=",",
        control="Cache-Control",
        token=("AccessKey", ""),
        url="https://api.bunny.net/pullzone/{target}/purgeCache",
        url_of_everything="https://api.bunny.net/pullzone/{target}/purgeCache",
        body=lambda tags: {"CacheTag": tags[0]},
        body_of_everything={},
        max_tags=10,
        is_one_by_one=True,
    ),
    "generic": Provider(
        tags="Surrogate-Key",
        separator=" ",
        control="CDN-Cache-Control",
        token=("Authorization", "Bearer "),
        url="{target}",
        url_of_everything="{target}",
        body=lambda tags: {"tags": tags},
        body_of_everything={"everything": True},
    ),
}


def tag_of(scope: str) -> str:
    return scope.replace(":", "-")


def headers_of(
    scopes: Iterable[str], until: datetime, next_change: datetime | None, now: datetime
) -> dict[str, str]:
    """For a stored page that is current: its tags, and how long it may be copied.

    Args:
        until: when the page ends.
        next_change: the next scheduled change. A page with an image whose licence has ended must not be
            shown, even if there is nothing else; one that calls today yesterday may.
    """
    provider = PROVIDERS[settings.CDN_PROVIDER]
    tags = sorted(tag_of(scope) for scope in scopes)
    if len(provider.separator.join(tags)) > MAX_TAG_BYTES:
        tags = [*(tag_of(scope) for scope in scopes if not scope.startswith("article")), CONTENT]
    left = max(0, int((until - now).total_seconds()))
    fresh = min(FRESH_SECONDS, left)
    if provider.control == "Cache-Control":
        # Browsers read it, too.
        control = f"public, max-age=0, s-maxage={fresh}"
    else:
        stale = min(STALE_SECONDS, left - fresh)
        error = ERROR_SECONDS
        if next_change is not None:
            error = min(error, max(0, int((next_change - now).total_seconds()) - fresh))
        control = f"max-age={fresh}, stale-while-revalidate={stale}, stale-if-error={error}"
    return {provider.tags: provider.separator.join(tags), provider.control: control}


def purge(tags: Iterable[str]) -> None:
    """Removes the copies with one of these tags.

    Raises:
        PurgeFailed
    """
    provider = PROVIDERS[settings.CDN_PROVIDER]
    listed = sorted(tags)
    header, prefix = provider.token
    headers = {header: prefix + settings.CDN_TOKEN}
    if EVERYTHING in listed or len(listed) > provider.max_tags:
        url = provider.url_of_everything.format(target=settings.CDN_TARGET)
        _post(url, headers, provider.body_of_everything)
        return
    for each in [[tag] for tag in listed] if provider.is_one_by_one else [listed]:
        _post(provider.url.format(target=settings.CDN_TARGET), headers, provider.body(each))


def _post(url: str, headers: Mapping[str, str], body: Any) -> None:
    """Posts JSON to a server that the settings name, which may be in the private network."""
    parts = urlsplit(url)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(parts.netloc, timeout=TIMEOUT_SECONDS)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(
            "POST", path, json.dumps(body), {**headers, "Content-Type": "application/json"}
        )
        status = connection.getresponse().status
    except (OSError, HTTPException, ValueError) as error:
        raise PurgeFailed(
            f"{parts.netloc} does not answer: {error or type(error).__name__}."
        ) from error
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise PurgeFailed(
            f"{parts.netloc} answers {status} {responses.get(status, '')}".strip() + "."
        )


class Purges:
    """What has to be purged, and a thread that does it.

    Each tag is purged at once, and again when no process can send the outdated page any more.
    """

    def __init__(self) -> None:
        self._now: set[str] = set()
        self._again: dict[str, float] = {}
        self._changed = Condition()
        self._thread: Thread | None = None

    def add(self, scopes: Iterable[str]) -> None:
        tags, again_at = set(map(tag_of, scopes)), monotonic() + REPEAT_SECONDS
        with self._changed:
            self._now |= tags
            self._again |= dict.fromkeys(tags, again_at)
            self._changed.notify()
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._run, name="purges", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        pause, is_failing = BETWEEN_SECONDS, False
        while True:
            tags = self._take()
            try:
                purge(tags)
            except PurgeFailed as error:
                if not is_failing:
                    logger.error("Outdated pages stay in the CDN. %s", error)
                pause, is_failing = min(2 * pause, MAX_PAUSE_SECONDS), True
                with self._changed:
                    self._now |= tags
            else:
                if is_failing:
                    logger.error("Outdated pages are removed from the CDN again.")
                pause, is_failing = BETWEEN_SECONDS, False
            sleep(pause)

    def _take(self) -> set[str]:
        """Waits for tags that are due."""
        with self._changed:
            while not (self._now or self._due()):
                next_at = min(self._again.values(), default=None)
                self._changed.wait(None if next_at is None else max(0, next_at - monotonic()))
        sleep(GATHER_SECONDS)
        with self._changed:
            due = self._due()
            tags, self._now = self._now | due, set()
            for tag in due:
                del self._again[tag]
        return tags

    def _due(self) -> set[str]:
        """The tags whose second purge is due."""
        now = monotonic()
        return {tag for tag, at in self._again.items() if at <= now}


purges: Final = Purges()
"""Those of this process; empty unless its listener has the lock."""
