"""Images from the folder of uploads or from the old site, adopted into the library, and in the texts that show them."""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import batched
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import unquote

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile

from accounts.models import User
from articles.images.library import ingest
from articles.images.models import Image as ImageRow
from iria.core.http import safe_client
from iria.core.http.safe_client import RequestFailed, TemporarilyFailed
from iria.transfer.models import ImportedItem
from iria.transfer.names import MAX_ID_LENGTH, host_of, is_web_url, short_id, url_parts
from iria.transfer.records import Image, Kind, Remark, Text
from iria.transfer.report import DiskDict, Outcome, Report, Spool
from iria.transfer.writer.items import Items, Made, digest_of, digest_of_row

PAUSE: Final = 0.2
"""Seconds between two requests to one server."""
WAITS: Final = (1.0, 5.0)
"""Seconds before an image is asked for again, after the server was busy or did not answer."""
MAX_SILENT: Final = 5
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
        host = url_parts(url).netloc.lower()
        if self._silent[host] >= MAX_SILENT:
            raise RequestFailed(f"{host} did not answer before; run the import again later.")
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


BELOW: Final = ("", "uploads", "wp-content/uploads", "images", "content/images")
"""Where in the folder the uploads may be."""
SIZE: Final = re.compile(r"(?:-\d{1,5}x\d{1,5}|-scaled|-rotated|-e\d{10,13})(?=\.\w+$)")
"""What WordPress appends to the names of smaller versions."""
FIGURE: Final = re.compile(
    r'<figure(?P<before>[^>]*?) data-source-image="(?P<id>[^"]*)"(?P<between>[^>]*?)'
    r' data-source-url="(?P<url>[^"]*)"(?P<after>[^>]*)>'
)
"""An image in a text, as a parser leaves it."""
ATTACHED: Final = re.compile(
    r'<figure data-gallery="" data-source-attached="(?P<id>[^"]*)"></figure>'
)
NOT_YET: Final = 10**17
"""Stands for the id of an image in a dry run, so that texts are reported as they would become."""
NO_FOLDER: Final = (
    "Give the uploads of the old site too (--media), or let images be fetched from there (--fetch)."
)
OF_WORDPRESS: Final = "/wp-content/uploads/"
ELSEWHERE: Final = "It is on another server. Let images be fetched from there (--fetch)."
NOT_FOUND: Final = "The file is not in the folder."
AT_ONCE: Final = 500
"""Images that are looked up together."""
KNOWN_FILE: Final = "The same file was in the library; it is used."


def key_of(url: str) -> str:
    """The path of an upload without host and size, which is the same for all versions of an image."""
    return SIZE.sub("", _path_of(url.strip()))


class Missing(Exception):
    """There is no file for an image; the message says why."""


@dataclass(slots=True)
class Media:
    """The folder of the old site's uploads, and what fetches those that are not in it; at least one of them."""

    folder: Path | None = None
    has_sizes: bool = True
    """Whether names may be those of smaller versions, as WordPress makes them."""
    fetcher: Fetcher | None = None

    def open(self, image: Image) -> "File[Any]":
        """Raises Missing."""
        if (file := self.find(image.path)) is not None:
            return File(file.open("rb"), name=file.name)
        if self.fetcher is None or not is_web_url(image.url):
            raise Missing(NOT_FOUND)
        try:
            content = self.fetcher.fetch(image.url)
        except RequestFailed as error:
            raise Missing(f"It could not be fetched. {error}") from error
        return ContentFile(content, name=PurePosixPath(image.path).name[-100:] or "image")

    def may_have(self, image: Image) -> bool:
        """Whether `open` would find it; what is to be fetched is not asked for."""
        if self.find(image.path) is not None:
            return True
        return self.fetcher is not None and is_web_url(image.url)

    def find(self, path: str) -> Path | None:
        """The file of an upload; the original before a smaller version of it."""
        if not path:
            return None
        names = dict.fromkeys((SIZE.sub("", path), path)) if self.has_sizes else (path,)
        for name in names:
            for below in BELOW:
                if found := self._inside(below, name):
                    return found
        return None

    def _inside(self, below: str, name: str) -> Path | None:
        """Never a file outside the folder, whatever a path in the export says."""
        if self.folder is None:
            return None
        try:
            root = self.folder.resolve()
            file = (root / below / name.lstrip("/")).resolve()
            return file if file.is_relative_to(root) and file.is_file() else None
        except (OSError, ValueError):
            return None


def _path_of(url: str) -> str:
    """Below the folder of uploads, with its size."""
    path = unquote(url_parts(url).path)
    _, found, below = path.partition("/uploads/")
    return below if found else path.lstrip("/")


@dataclass(slots=True)
class Images:
    """Writes images, and finds those that texts show."""

    items: Items
    report: Report
    media: Media | None
    dry_run: bool
    by: User | None
    credits: dict[str, str] = field(default_factory=dict)
    """Source id or `key_of` → the credit that a caption in a text had."""
    attached: dict[str, list[str]] = field(default_factory=dict)
    """Source id of a text → those of its images."""
    pages: Spool = field(default_factory=Spool)
    """Source id of an image, the page it had, and the text it belongs to."""
    _rows: DiskDict[int] = field(default_factory=DiskDict[int])
    """0 for an image that is not in the library."""
    _by_file: DiskDict[str] = field(default_factory=DiskDict[str])

    def write(self, images: Iterable[Image]) -> None:
        for batch in batched(images, AT_ONCE):
            known = self.items.known(Kind.IMAGES, [each.source_id for each in batch])
            rows = ImageRow.objects.in_bulk([each.object_id for each in known.values()])
            for each in batch:
                item = known.get(each.source_id[:MAX_ID_LENGTH])
                self._write(each, item, rows.get(item.object_id) if item else None)

    def write_unlisted(self, texts: Iterable[Text], site_url: str) -> None:
        """Images of the old site that texts show and the source does not list, as in an export of posts alone.

        They are no items of the source, so the report has a remark for each instead of counting them. Without media,
        those of an earlier import are found.
        """
        host = host_of(site_url)
        for text in texts:
            if text.skipped:
                continue
            for found in FIGURE.finditer(text.body):
                url = unescape(found["url"])
                if (
                    unescape(found["id"]) not in self._rows
                    and key_of(url) not in self._by_file
                    and is_web_url(url)
                    and (OF_WORDPRESS in url or (host and host in url.lower()))
                ):
                    self._write_unlisted(url)

    def _write_unlisted(self, url: str) -> None:
        image = Image(short_id(url), url, _path_of(url))
        self._rows[image.source_id] = 0
        self._by_file[key_of(url)] = image.source_id
        item = self.items.one(Kind.IMAGES, image.source_id)
        if (known := self.items.row(item, ImageRow)) is not None:
            self._rows[image.source_id] = known.pk
        elif item is None and self.media is not None and self.media.may_have(image):
            if self.dry_run:
                self._rows[image.source_id] = NOT_YET
                outcome = ""
            else:
                _, outcome = self._ingest(image, self.media)
            remark = Remark("image that the source does not list", outcome or url)
            self.report.add_remarks(Kind.IMAGES, image.source_id, [remark])

    def find(self, source_id: str, url: str) -> int | None:
        """The id of the row of an image, by its source id or else by its URL."""
        row = self._rows.get(source_id)
        if row is None:
            row = self._rows.get(self._by_file.get(key_of(url), ""))
        return row or None

    def find_row(self, source_id: str) -> int | None:
        """The same for a foreign key, which a dry run has to leave empty."""
        pk = self.find(source_id, "") if source_id else None
        return None if pk == NOT_YET else pk

    def _write(self, image: Image, item: ImportedItem | None, known: ImageRow | None) -> None:
        source_id = image.source_id
        self.report.add_remarks(Kind.IMAGES, source_id, image.remarks)
        self._rows.setdefault(source_id, 0)
        self._by_file.setdefault(key_of(image.url), source_id)
        if image.parent:
            self.attached.setdefault(image.parent, []).append(source_id)
            if image.page_path:
                self.pages.add((source_id, image.page_path, image.parent))
        if known is not None and item is not None:
            self._rows[source_id] = known.pk
            self._report(source_id, self.items.unchanged(item), url=known.get_absolute_url())
        elif image.skipped:
            self._report(source_id, Outcome.SKIPPED, image.skipped)
        elif item is not None:
            self._report(source_id, Outcome.SKIPPED, "It was deleted here.")
        elif self.media is None:
            self._report(source_id, Outcome.SKIPPED, NO_FOLDER)
        elif not image.path and self.media.fetcher is None:
            self._report(source_id, Outcome.SKIPPED, ELSEWHERE)
        elif self.dry_run and not self.media.may_have(image):
            self._report(source_id, Outcome.FAILED, NOT_FOUND)
        elif self.dry_run:
            self._rows[source_id] = NOT_YET
            self._report(source_id, Outcome.CREATED)
        else:
            self._adopt(image, self.media)

    def _adopt(self, image: Image, media: Media) -> None:
        row, reason = self._ingest(image, media)
        if row is None:
            self._report(image.source_id, Outcome.FAILED, reason)
        else:
            outcome = Outcome.UNCHANGED if reason else Outcome.CREATED
            self._report(image.source_id, outcome, reason, row.get_absolute_url())

    def _ingest(self, image: Image, media: Media) -> tuple[ImageRow | None, str]:
        """The row, and what is to be said of it; or why there is none."""
        credit = (
            image.credit
            or self.credits.get(image.source_id)
            or self.credits.get(key_of(image.url), "")
        )
        newest = ImageRow.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        try:
            with media.open(image) as content:
                row = ingest.ingest(
                    content,
                    by=self.by,
                    headline=image.title[:200],
                    caption=image.caption,
                    alt_text=image.alt[:1000],
                    credit=credit[:300],
                    credit_pending=True,
                )
        except (Missing, ingest.UploadRejected, OSError) as error:
            return None, str(error)
        created = row.pk > newest
        self._rows[image.source_id] = row.pk
        imported = Made(
            Kind.IMAGES, image.source_id, ImageRow, row.pk, digest_of(image), written(row), created
        )
        self.items.record_all([imported])
        return row, "" if created else KNOWN_FILE

    def _report(self, source_id: str, outcome: Outcome, reason: str = "", url: str = "") -> None:
        self.report.add(Kind.IMAGES, source_id, outcome, reason, url)


def written(row: ImageRow) -> str:
    """What tells that nobody has changed the row since."""
    return digest_of_row(row.caption, row.credit, row.alt_text)


def with_images(body: str, images: Images) -> tuple[str, list[str]]:
    """The body with ids of the library, and the URLs of images that are not in it.

    Such an image becomes a link, so that nothing gets lost without a trace.
    """
    missing: list[str] = []

    def gallery(found: re.Match[str]) -> str:
        ids = images.attached.get(found["id"], [])
        if not ids:
            missing.append("gallery without images")
        inside = "".join(
            f'<figure data-source-image="{each}" data-source-url=""></figure>' for each in ids
        )
        return f'<figure data-gallery="">{inside}</figure>'

    def figure(found: re.Match[str]) -> str:
        url = unescape(found["url"])
        if number := images.find(unescape(found["id"]), url):
            kept = found["before"] + found["between"] + found["after"]
            return f'<figure data-image="{number}"{kept}>'
        # One within the text can be as large as a file.
        named = f"{url[:40]}…" if url.startswith("data:") else url
        missing.append(named or f"image {found['id']}")
        if not is_web_url(url):
            return "<figure>"
        name = url.rsplit("/", 1)[-1] or url
        return f'<figure><p><a href="{escape(url)}">{escape(name)}</a></p>'

    return FIGURE.sub(figure, ATTACHED.sub(gallery, body)), missing
