"""Images from the folder of uploads or from the old site, adopted into the library."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.core.files import File
from django.core.files.base import ContentFile

from accounts.models import User
from articles.images.library import ingest
from articles.images.models import Image as ImageRow
from iria.core.http.safe_client import RequestFailed
from iria.transfer.records import Image, Kind
from iria.transfer.report import Outcome, Report
from iria.transfer.writer.fetching import Fetcher, is_web_url
from iria.transfer.writer.items import Items, digest_of, digest_of_row

BELOW: Final = ("", "uploads", "wp-content/uploads", "images", "content/images")
"""Where in the folder the uploads may be."""
SIZE: Final = re.compile(r"(?:-\d{1,5}x\d{1,5}|-scaled|-rotated|-e\d{10,13})(?=\.\w+$)")
"""What WordPress appends to the names of smaller versions."""
NOT_YET: Final = 10**17
"""Stands for the id of an image in a dry run, so that texts are reported as they would become."""
NO_FOLDER: Final = "Give the folder of its uploads with --media, or fetch it with --fetch."
ELSEWHERE: Final = "It is on another server. Fetch it with --fetch."
NOT_FOUND: Final = "The file is not in the folder."
KNOWN_FILE: Final = "The same file was in the library; it is used."


def key_of(url: str) -> str:
    """The path of an upload without host and size, which is the same for all versions of an image."""
    try:
        path = unquote(urlsplit(url.strip()).path)
    except ValueError:
        return ""
    _, found, below = path.partition("/uploads/")
    return SIZE.sub("", below if found else path.lstrip("/"))


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
            message = f"It could not be fetched. {error}"
            raise Missing(message) from error
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
    pages: list[tuple[str, str, str]] = field(default_factory=list)
    """Source id of an image, the page it had, and the text it belongs to."""
    _rows: dict[str, int] = field(default_factory=dict)
    _by_file: dict[str, str] = field(default_factory=dict)

    def write(self, images: Iterator[Image]) -> None:
        for each in images:
            self._write(each)

    def find(self, source_id: str, url: str) -> int | None:
        """The id of the row of an image, by its source id or else by its URL."""
        if source_id in self._rows:
            return self._rows[source_id]
        return self._rows.get(self._by_file.get(key_of(url), ""))

    def find_row(self, source_id: str) -> int | None:
        """The same for a foreign key, which a dry run has to leave empty."""
        found = self.find(source_id, "") if source_id else None
        return None if found == NOT_YET else found

    def _write(self, image: Image) -> None:
        source_id = image.source_id
        self.report.add_remarks(Kind.IMAGES, source_id, image.remarks)
        self._by_file.setdefault(key_of(image.url), source_id)
        if image.parent:
            self.attached.setdefault(image.parent, []).append(source_id)
            if image.page_path:
                self.pages.append((source_id, image.page_path, image.parent))
        item = self.items.one(Kind.IMAGES, source_id)
        known = self.items.row(item, ImageRow)
        if known is not None:
            self._rows[source_id] = known.pk
            self._report(source_id, Outcome.UNCHANGED, url=known.get_absolute_url())
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
            self._report(image.source_id, Outcome.FAILED, str(error))
            return
        created = row.pk > newest
        self._rows[image.source_id] = row.pk
        self.items.record(
            Kind.IMAGES,
            image.source_id,
            row,
            digest=digest_of(image),
            written=written(row),
            created=created,
        )
        outcome = Outcome.CREATED if created else Outcome.UNCHANGED
        self._report(
            image.source_id, outcome, "" if created else KNOWN_FILE, row.get_absolute_url()
        )

    def _report(self, source_id: str, outcome: Outcome, reason: str = "", url: str = "") -> None:
        self.report.add(Kind.IMAGES, source_id, outcome, reason, url)


def written(row: ImageRow) -> str:
    """What tells that nobody has changed the row since."""
    return digest_of_row(row.caption, row.credit, row.alt_text)
