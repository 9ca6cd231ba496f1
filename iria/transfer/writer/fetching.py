"""Fetching images from the old site, through the guarded client, one after the other and slowly."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from iria.core.http import safe_client
from iria.core.http.safe_client import RequestFailed, TemporarilyFailed

PAUSE: Final = 0.2
"""Seconds between two requests to one server."""
WAITS: Final = (1.0, 5.0)
"""Seconds before an image is asked for again, after the server was busy or did not answer."""
MOST_SILENT: Final = 5
"""Images in a row that a server may fail to send; then it is not asked any more."""
MEDIA_TYPES: Final = ("image/", "application/octet-stream", "binary/octet-stream", "text/plain")
"""Some servers do not know what they send; the file itself is looked at afterwards. No type counts as text/plain."""
SECONDS: Final = 60
EVERY: Final = 50
"""Images between two reports of progress."""


@dataclass(slots=True)
class Fetcher:
    """What is in the library is not fetched again, so an import that was interrupted goes on where it was."""

    progress: Callable[[int, int], None] = field(default=lambda _images, _size: None)
    """Called with the numbers of images and bytes that were fetched."""
    sleep: Callable[[float], None] = time.sleep
    images: int = 0
    size: int = 0
    """Bytes of them altogether."""
    _last: dict[str, float] = field(default_factory=dict)
    _silent: Counter[str] = field(default_factory=Counter)

    def fetch(self, url: str) -> bytes:
        """The file.

        Raises:
            RequestFailed: finally, after having asked again if that could help.
        """
        host = _host(url)
        if self._silent[host] >= MOST_SILENT:
            message = f"{host} did not answer before; run the import again later."
            raise RequestFailed(message)
        try:
            content = self._with_retries(url, host)
        except TemporarilyFailed:
            self._silent[host] += 1
            raise
        self._silent[host] = 0
        self.images, self.size = self.images + 1, self.size + len(content)
        if self.images % EVERY == 0:
            self.progress(self.images, self.size)
        return content

    def _with_retries(self, url: str, host: str) -> bytes:
        for wait in WAITS:
            try:
                return self._request(url, host)
            except TemporarilyFailed:
                self.sleep(wait)
        return self._request(url, host)

    def _request(self, url: str, host: str) -> bytes:
        if (left := self._last.get(host, 0) + PAUSE - time.monotonic()) > 0:
            self.sleep(left)
        self._last[host] = time.monotonic()
        return safe_client.get_file(
            url,
            agent=f"IRIA/1.0 ({settings.SITE_URL})",
            most=settings.IMAGE_MAX_BYTES,
            seconds=SECONDS,
            media_types=MEDIA_TYPES,
        )


def is_web_url(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
