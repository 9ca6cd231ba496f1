"""An import from beginning to end."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import batched, takewhile
from typing import Final, Protocol

from django.db import transaction

from accounts.models import User
from articles.editorial.models import Article, ArticleType
from iria.core.db.import_runs import ImportRun
from iria.transfer import runs
from iria.transfer.records import (
    Author,
    Image,
    Kind,
    Record,
    Redirect,
    Site,
    Subscriber,
    Term,
    Text,
)
from iria.transfer.report import Report
from iria.transfer.writer import old_redirects, verification
from iria.transfer.writer.images import Images, Media, key_of
from iria.transfer.writer.items import Items
from iria.transfer.writer.redirects import Redirects
from iria.transfer.writer.subscribers import Mailing, Subscribers
from iria.transfer.writer.terms import Terms
from iria.transfer.writer.texts import LANGUAGE_CODES, Texts

BATCH: Final = 50
"""Texts that are written in one transaction; after a kill at most so many are written again."""

MOST_SUBSCRIBERS: Final = 500
"""In one transaction."""


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
    mailing: Mailing | None = None
    dry_run: bool = False
    by: User | None = None
    language: str = "en"
    name: str = ""
    """Of what is read, as people know it."""
    run_row: ImportRun | None = None
    """The row of this import; by default a new one, but none for a dry run."""
    total: int = 0
    """Texts in the source, once they were counted."""
    problems: list[str] = field(default_factory=list)
    """What the database lacks afterwards, see `verification`."""
    progress: Callable[[int], None] = field(default=lambda _number: None)
    """Called with the number of texts done."""
    _redirects: list[Redirect] = field(default_factory=list)
    _stored_progress: runs.Progress | None = None

    def run(self) -> Report:
        """Writes everything, or with `dry_run` only says what would happen.

        Raises:
            Unreadable: nothing was written.
        """
        self.source.check()
        report = Report(self.source.system, self.dry_run)
        if self.run_row is None and not self.dry_run:
            self.run_row = runs.start(self.source.system, self.name, by=self.by)
        try:
            with transaction.atomic() if self.dry_run else nullcontext():
                self._write(report)
                if self.dry_run:
                    raise _Undo
        except _Undo:
            pass
        except runs.Stopped:
            raise
        except Exception as error:
            if self.run_row:
                runs.fail(self.run_row, f"{type(error).__name__}: {error}")
            raise
        if self.run_row:
            state = ImportRun.State.CHECKED if self.dry_run else ImportRun.State.DONE
            runs.finish(self.run_row, report, self.problems, state)
        return report

    def _write(self, report: Report) -> None:
        site, authors, terms, found_images, credits = self._first_reading()
        items = Items(f"{site.system} {site.url}", self.run_row.pk if self.run_row else None)
        if self.run_row:
            self.run_row.source = items.source
        self._store_progress(0)
        named = Terms(items, report)
        with transaction.atomic():
            named.write_authors(authors)
            named.write_categories([each for each in terms if each.kind == Kind.CATEGORIES])
            named.write_tags(each for each in terms if each.kind == Kind.TAGS)
        images = Images(items, report, self.media, self.dry_run, self.by, credits)
        images.write(iter(found_images))
        redirects = Redirects(report, items)
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
        self._write_subscribers(Subscribers(items, report, self.mailing, self.name))
        with transaction.atomic():
            for path, row in named.old_urls():
                redirects.add(path, row)
            for path, row in old_redirects.rows(self._redirects, report):
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
                case Redirect():
                    self._redirects.append(record)
                case Text():
                    self.total += 1
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
            self._store_progress(done)
            self.progress(done)

    def _write_subscribers(self, subscribers: Subscribers) -> None:
        found = takewhile(lambda each: not isinstance(each, (Image, Text)), self.source.records())
        for batch in batched(
            (each for each in found if isinstance(each, Subscriber)), MOST_SUBSCRIBERS
        ):
            subscribers.write(batch)

    def _store_progress(self, done: int) -> None:
        if self._stored_progress is None and self.run_row:
            self._stored_progress = runs.Progress(self.run_row)
        if self._stored_progress:
            self._stored_progress(done, self.total)
