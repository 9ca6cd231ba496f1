"""An import from beginning to end."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import batched
from typing import Any, Final, Protocol
from urllib.parse import unquote, urlsplit

from django.db import transaction

from accounts.models import AuthorProfile, User
from articles.comments.models import Comment
from articles.editorial import translations
from articles.editorial.models import Article, ArticleType, Category
from articles.editorial.translations import LanguageTaken
from articles.images.models import Image as ImageRow
from articles.pages.models import Page
from articles.public.front_page.layout import SECONDS
from articles.public.front_page.models import Placement
from articles.public.redirect_middleware import find_redirects
from iria.core.text.languages import LANGUAGE_NAMES
from iria.publication.models import current_publication
from iria.transfer import runs
from iria.transfer.models import ImportRun
from iria.transfer.names import MAX_ID_LENGTH
from iria.transfer.records import (
    Author,
    Image,
    Kind,
    Record,
    Redirect,
    Remark,
    Site,
    Subscriber,
    Term,
    Text,
    Unreadable,
)
from iria.transfer.report import DiskDict, Outcome, Report, Spool
from iria.transfer.writer.images import Images, Media, key_of
from iria.transfer.writer.items import MAX_SOURCE_LENGTH, Items
from iria.transfer.writer.redirects import Redirects, resolved
from iria.transfer.writer.subscribers import Mailing, Subscribers
from iria.transfer.writer.terms import Terms
from iria.transfer.writer.texts import Texts, written

BATCH: Final = 200
"""Texts that are written in one transaction; after a kill at most so many are written again."""
BATCH_SIZE: Final = 4_000_000
"""Characters of the texts of one transaction, apart from the last one."""

HOST_ONLY: Final = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)
SUBSCRIBERS_AT_ONCE: Final = 500
"""In one transaction."""


class Source(Protocol):
    """A parser of one format."""

    system: str

    def records(self) -> Iterator[Record]:
        """Everything in the source, or Unreadable at whatever place it turns out to be so."""


@dataclass(slots=True)
class Import:
    """Reads the whole source before it writes anything. What texts refer to is written before them."""

    source: Source
    media: Media | None = None
    mailing: Mailing | None = None
    dry_run: bool = False
    by: User | None = None
    name: str = ""
    """The name of what is read, as people know it."""
    run_row: ImportRun | None = None
    """The row of this import; by default a new one, but none for a dry run."""
    total: int = 0
    """Texts in the source, once they were counted."""
    problems: list[str] = field(default_factory=list)
    """What the database lacks afterwards, see `problems_of`."""
    progress: Callable[[int, int], None] = field(default=lambda _done, _total: None)
    """Called with the number of texts done, and with that of all."""
    _stored_progress: runs.Progress | None = None
    _sticky: list[str] = field(default_factory=list)
    _translations: defaultdict[str, list[tuple[Kind, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def run(self) -> Report:
        """Writes everything, or with `dry_run` only says what would happen.

        Raises:
            Unreadable: nothing was written.
            Busy: nothing was written, because another command imports the same.
        """
        report = Report(self.source.system, self.dry_run)
        try:
            read = self._read()
            if self.run_row is None and not self.dry_run:
                self.run_row = runs.start(self.source.system, self.name, by=self.by)
            source = source_of(read[0])
            if self.run_row:
                # Before the transaction of a dry run, which would lock the row that progress changes.
                self.run_row = runs.of_source(self.run_row, source)
            self.total = len(read[2][Text])
            self._store_progress(0)
            with transaction.atomic() if self.dry_run else nullcontext():
                self._write(report, source, *read)
                if self.dry_run:
                    transaction.set_rollback(True)
        except (runs.Stopped, runs.Busy, Unreadable):
            raise
        except KeyboardInterrupt:
            if self.run_row:
                runs.fail(self.run_row, runs.INTERRUPTED)
            raise
        except Exception as error:
            if self.run_row and not runs.is_lock_conflict(error):
                runs.fail(self.run_row, f"{type(error).__name__}: {error}")
            raise
        if self.run_row:
            state = ImportRun.State.CHECKED if self.dry_run else ImportRun.State.DONE
            runs.finish(self.run_row, report, self.problems, state)
        return report

    def _write(
        self,
        report: Report,
        source: str,
        site: Site,
        credits: dict[str, str],
        found: defaultdict[type[Record], Spool],
    ) -> None:
        items = Items(source, self.run_row)
        named = Terms(items, report)
        _write_terms(named, found)
        images = Images(items, report, self.media, self.dry_run, self.by, credits)
        images.write(iter(found[Image]))
        images.write_unlisted(found[Text], site.url)
        redirects = Redirects(report, items)
        languages = (site.language, current_publication().language_codes[0])
        texts = Texts(
            items=items,
            report=report,
            terms=named,
            images=images,
            redirects=redirects,
            by=self.by,
            language=next((each for each in languages if each in LANGUAGE_NAMES), "en"),
            site_url=site.url,
            kind=ArticleType.objects.order_by("position", "pk")[0],
        )
        self._write_texts(texts, found[Text])
        subscribers = Subscribers(items, report, self.mailing, self.name)
        for batch in batched(found[Subscriber], SUBSCRIBERS_AT_ONCE):
            subscribers.write(batch)
        with transaction.atomic():
            redirects.add(named.old_urls(urlsplit(site.url).path.rstrip("/")))
            redirects.add(resolved(found[Redirect], report))
            for pages in batched(images.pages, BATCH):
                redirects.add(_pages_of_images(pages, items))
        texts.link_again()
        link_translations(self._translations, items, report)
        place_on_front_page(self._sticky, items, report, self.by)
        self.problems = list(problems_of(report, items))

    def _read(self) -> tuple[Site, dict[str, str], defaultdict[type[Record], Spool]]:
        """Who the source is, the credits that its texts name, and the records of each class."""
        site = Site(self.source.system)
        credits: dict[str, str] = {}
        found: defaultdict[type[Record], Spool] = defaultdict(Spool)
        for record in self.source.records():
            if isinstance(record, Site):
                site = record
                continue
            found[type(record)].add(record)
            if isinstance(record, Text):
                if record.is_sticky:
                    self._sticky.append(record.source_id)
                if record.translation_key:
                    group = self._translations[record.translation_key]
                    group.append((record.kind, record.source_id))
                for key, credit in record.credits.items():
                    credits.setdefault(key if key.isdecimal() else key_of(key), credit)
        return site, credits, found

    def _write_texts(self, texts: Texts, found: Iterable[Text]) -> None:
        seen: DiskDict[int] = DiskDict()
        done = 0
        self.progress(0, self.total)
        for batch in _batches(found):
            with transaction.atomic():
                for text in batch:
                    if (key := f"{text.kind} {text.source_id[:MAX_ID_LENGTH]}") in seen:
                        text.skipped = "Its id is in the file twice."
                    seen[key] = 1
                texts.write(batch)
            done += len(batch)
            self._store_progress(done)
            self.progress(done, self.total)

    def _store_progress(self, done: int) -> None:
        if self._stored_progress is None and self.run_row:
            self._stored_progress = runs.Progress(self.run_row)
        if self._stored_progress:
            self._stored_progress(done, self.total)


def source_of(site: Site) -> str:
    """The same for a site after it moved to HTTPS."""
    return f"{site.system} {HOST_ONLY.sub('', site.url)}"[:MAX_SOURCE_LENGTH]


def _batches(texts: Iterable[Text]) -> Iterator[list[Text]]:
    batch: list[Text] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text.body) + sum(len(each.text) for each in text.comments)
        if len(batch) == BATCH or size > BATCH_SIZE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


PLACES: Final = (
    (Placement.Slot.LEAD, 0),
    *((Placement.Slot.SECOND, position) for position in range(SECONDS)),
)
NO_PLACE: Final = Remark("sticky", "No place on the front page was free.")


def place_on_front_page(
    source_ids: Sequence[str], items: Items, report: Report, by: User | None
) -> None:
    """Places those that this import made, the newest first, where no editor has placed anything."""
    known = items.known(Kind.POSTS, source_ids) if source_ids else {}
    new = {
        each.object_id: source_id
        for source_id, each in known.items()
        if each.created_in_id == items.run_id
    }
    for article in Article.objects.published().filter(pk__in=new).order_by("-published_at", "-pk"):
        front = Placement.objects.on_front(article.language)
        taken = set(front.values_list("slot", "position"))
        free = next((each for each in PLACES if each not in taken), None)
        if free is None:
            report.add_remarks(Kind.POSTS, new[article.pk], [NO_PLACE])
            continue
        slot, position = free
        Placement.objects.create(
            slot=slot, position=position, language=article.language, article=article, placed_by=by
        )


type Key = tuple[Kind, str]
"""Kind and source id."""


def link_translations(groups: Mapping[str, Sequence[Key]], items: Items, report: Report) -> None:
    """Links the texts of each group, unless somebody has changed them since; their rows alone decide.

    Args:
        groups: of the texts in the source, by what names their group there.
    """
    for group in groups.values():
        if len(group) > 1:
            _link_articles([key for kind, key in group if kind != Kind.PAGES], items, report)
            _link_pages([key for kind, key in group if kind == Kind.PAGES], items, report)


def _link_articles(source_ids: Sequence[str], items: Items, report: Report) -> None:
    rows = _unchanged(Kind.POSTS, source_ids, Article, items)
    first = next(iter(rows), None)
    for source_id in rows:
        if first is None or source_id == first:
            continue
        try:
            translations.link(rows[source_id], rows[first])
        except LanguageTaken:
            _remark(Kind.POSTS, source_id, report)
        # The first one may have got its group just now.
        rows[first].refresh_from_db(fields=["translation_group"])


def _link_pages(source_ids: Sequence[str], items: Items, report: Report) -> None:
    rows = _unchanged(Kind.PAGES, source_ids, Page, items)
    first = next(iter(rows.values()), None)
    languages = {first.language} if first else set()
    for source_id, page in rows.items():
        if first is None or page == first or page.translation_of_id == first.pk:
            languages.add(page.language)
        elif page.language in languages or first.translation_of_id is not None:
            _remark(Kind.PAGES, source_id, report)
        else:
            languages.add(page.language)
            with transaction.atomic():
                # Not a change by somebody, so without the time of one.
                Page.objects.filter(pk=page.pk).update(translation_of=first)


def _unchanged[T: Article | Page](
    kind: Kind, source_ids: Iterable[str], model: type[T], items: Items
) -> dict[str, T]:
    """Source id → row as the import left it, in the order of the rows."""
    known = items.known(kind, list(source_ids))
    rows: dict[int, Any] = model._default_manager.in_bulk(
        [each.object_id for each in known.values()]
    )
    now = written(rows.values())
    return {
        item.source_id: rows[item.object_id]
        for item in sorted(known.values(), key=lambda each: each.object_id)
        if item.object_id in rows and now[rows[item.object_id]] == item.written
    }


def _remark(kind: Kind, source_id: str, report: Report) -> None:
    text = "Another one is in its language."
    report.add_remarks(kind, source_id, [Remark("translation not linked", text)])


VERIFIED: Final[dict[Kind, type[Any]]] = {
    Kind.POSTS: Article,
    Kind.PAGES: Page,
    Kind.COMMENTS: Comment,
    Kind.IMAGES: ImageRow,
    Kind.AUTHORS: AuthorProfile,
    Kind.CATEGORIES: Category,
}
AT_ONCE: Final = 1_000


def _write_terms(terms: Terms, found: defaultdict[type[Record], Spool]) -> None:
    with transaction.atomic():
        terms.write_authors(found[Author])
        terms.write_categories([each for each in found[Term] if each.kind == Kind.CATEGORIES])
        terms.write_tags(each for each in found[Term] if each.kind == Kind.TAGS)


def _pages_of_images(
    pages: Iterable[tuple[str, str, str]], items: Items
) -> Iterator[tuple[str, Article]]:
    """The paths of the pages that images had, each with the article to which its image belongs."""
    pages = list(pages)
    parents = items.known(Kind.POSTS, [parent for *_, parent in pages])
    rows = Article.objects.in_bulk([each.object_id for each in parents.values()])
    for _number, path, parent in pages:
        if parent in parents:
            article = rows.get(parents[parent].object_id)
            if article and article.year:
                yield path, article


def problems_of(report: Report, items: Items) -> Iterator[str]:
    """A sentence for each row that is missing and each old URL that leads to another place."""
    for batch in batched(report.items(Outcome.CREATED, Outcome.UPDATED), AT_ONCE):
        for kind, model in VERIFIED.items():
            if report.dry_run and kind == Kind.IMAGES:
                # A dry run adopts none.
                continue
            ids = [each["source_id"] for each in batch if each["kind"] == kind]
            yield from (
                f"{kind.value} {source_id} is not in the database."
                for source_id in items.missing(kind, ids, model)
            )
        expected = {
            each["source_id"]: each["url"] for each in batch if each["kind"] == Kind.REDIRECTS
        }
        for old, new in find_redirects(expected).items():
            if unquote(new) != unquote(expected[old]):
                yield f"{old} leads to {new or 'nothing'}, not to {expected[old]}."
