"""A folder of texts as neutral records."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from iria.transfer.markdown import old_site
from iria.transfer.markdown.folder import Folder
from iria.transfer.markdown.texts import Texts
from iria.transfer.names import Announced
from iria.transfer.records import Image, Kind, Record, Redirect, Site, Term, Unreadable

SYSTEM: Final = "markdown"
MOST_NAMED: Final = 10


@dataclass(slots=True)
class MarkdownFolder:
    """`zone` is for dates without one, `site_url` the old site's if its settings do not name it."""

    root: Path
    zone: tzinfo
    site_url: str = ""

    system = SYSTEM

    @staticmethod
    def _check(texts: Texts) -> None:
        """Reads the fields of every text. Raises Unreadable; see `records`."""
        broken: list[Unreadable] = []
        count = 0
        for path in texts.folder.texts(texts.site.below):
            if not texts.can_read(path):
                continue
            count += 1
            try:
                texts.document(path)
            except Unreadable as error:
                broken.append(error)
                if len(broken) == MOST_NAMED:
                    break
        if broken:
            reason = " ".join(
                [
                    broken[0].reason,
                    *(f"Also line {each.line} of {each.reason}" for each in broken[1:]),
                ]
            )
            raise Unreadable(reason, broken[0].line)
        if not count:
            message = "The folder has no texts: no file ends in .md, .markdown or .html."
            raise Unreadable(message)

    def records(self) -> Iterator[Record]:
        """Everything in the folder, sorted by path.

        Raises:
            Unreadable: the folder or the fields of a text cannot be read; names up to ten of them.
        """
        texts = self._texts()
        self._check(texts)
        announced = Announced()
        url = texts.site.url or self.site_url or f"folder:{texts.folder.root.resolve().name}"
        yield Site(SYSTEM, texts.site.title, url, texts.site.language)
        terms: list[Term] = []
        for path in texts.folder.texts(texts.site.below):
            images: list[Image] = []
            text = texts.read(path, images)
            if not text.skipped:
                yield from images
                for record in announced.before(text):
                    yield record
                    if isinstance(record, Term):
                        terms.append(record)
            yield text
        if texts.site.generator == old_site.HUGO:
            yield from (_list_of(term, texts.site.base_path) for term in terms)

    def _texts(self) -> Texts:
        folder = Folder(self.root)
        site = old_site.read(folder)
        if not site.url and self.site_url:
            site.url = self.site_url.rstrip("/")
        site.base_path = urlsplit(site.url).path.rstrip("/") + site.base_path
        zone = ZoneInfo(site.zone) if site.zone in available_timezones() else self.zone
        return Texts(folder, site, zone)


def _list_of(term: Term, base_path: str) -> Redirect:
    """Where Hugo had the list of a category or tag."""
    old, new = ("categories", "category") if term.kind == Kind.CATEGORIES else ("tags", "tag")
    slug = term.source_id.replace(" ", "-")
    return Redirect(f"{base_path}/{old}/{slug}/", f"/{new}/{slug}/")
