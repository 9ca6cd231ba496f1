"""An import from beginning to end."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import batched
from typing import Final, Protocol

from django.db import transaction

from accounts.models import User
from articles.editorial.models import Article, ArticleType
from iria.transfer.records import Author, Image, Kind, Record, Site, Term, Text
from iria.transfer.report import Report
from iria.transfer.writer import verification
from iria.transfer.writer.images import Images, Media, key_of
from iria.transfer.writer.items import Items
from iria.transfer.writer.redirects import Redirects
from iria.transfer.writer.terms import Terms
from iria.transfer.writer.texts import LANGUAGE_CODES, Texts

BATCH: Final = 50
"""Texts that are written in one transaction; after a kill at most so many are written again."""


class Source(Protocol):
    """A parser of one format."""

    system: str

    def check(self) -> None:
        """Reads everything once. Raises Unreadable."""

    def records(self) -> Iterator[Record]: ...


class _Undo(Exception):
    """Ends a dry run."""


@dataclass(slots=True)
class Import:
    """Reads the source three times: to check it, for what texts refer to, and for the texts."""

    source: Source
    media: Media | None = None
    dry_run: bool = False
    by: User | None = None
    language: str = "en"
    problems: list[str] = field(default_factory=list)
    """What the database lacks afterwards, see `verification`."""
    progress: Callable[[int], None] = field(default=lambda _number: None)
    """Called with the number of texts done."""

    def run(self) -> Report:
        """Writes everything, or with `dry_run` only says what would happen.

        Raises:
            Unreadable: nothing was written.
        """
        self.source.check()
        report = Report(self.source.system, self.dry_run)
        try:
            with transaction.atomic() if self.dry_run else nullcontext():
                self._write(report)
                if self.dry_run:
                    raise _Undo
        except _Undo:
            pass
        return report

    def _write(self, report: Report) -> None:
        site, authors, terms, found_images, credits = self._first_reading()
        items = Items(f"{site.system} {site.url}")
        named = Terms(items, report)
        with transaction.atomic():
            named.write_authors(authors)
            named.write_categories([each for each in terms if each.kind == Kind.CATEGORIES])
            named.write_tags(each for each in terms if each.kind == Kind.TAGS)
        images = Images(items, report, self.media, self.dry_run, self.by, credits)
        images.write(iter(found_images))
        redirects = Redirects(report)
        texts = Texts(
            items=items,
            report=report,
            terms=named,
            images=images,
            redirects=redirects,
            by=self.by,
            language=site.language if site.language in LANGUAGE_CODES else self.language,
            site_url=site.url,
            kind=ArticleType.objects.order_by("position", "pk")[0],
        )
        self._write_texts(texts, report)
        with transaction.atomic():
            for path, row in named.old_urls():
                redirects.add(path, row)
            for _number, path, parent in images.pages:
                if (article := items.row(items.one(Kind.POSTS, parent), Article)) and article.year:
                    redirects.add(path, article)
        texts.link_again()
        self.problems = list(verification.problems(report, items))

    def _first_reading(
        self,
    ) -> tuple[Site, list[Author], list[Term], list[Image], dict[str, str]]:
        site = Site(self.source.system)
        authors: list[Author] = []
        terms: list[Term] = []
        images: list[Image] = []
        credits: dict[str, str] = {}
        for record in self.source.records():
            match record:
                case Site():
                    site = record
                case Author():
                    authors.append(record)
                case Term():
                    terms.append(record)
                case Image():
                    images.append(record)
                case Text():
                    for key, credit in record.credits.items():
                        credits.setdefault(key if key.isdecimal() else key_of(key), credit)
        return site, authors, terms, images, credits

    def _write_texts(self, texts: Texts, report: Report) -> None:
        seen: set[tuple[Kind, str]] = set()
        done = 0
        found = (each for each in self.source.records() if isinstance(each, Text))
        for batch in batched(found, BATCH):
            with transaction.atomic():
                for text in batch:
                    if (key := (text.kind, text.source_id)) in seen:
                        text.skipped = "Its id is in the file twice."
                    seen.add(key)
                    texts.write(text)
            done += len(batch)
            self.progress(done)
