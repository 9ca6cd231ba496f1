"""Posts as articles and pages as pages."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import batched
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import User
from articles.body.blocks.images import ALT_MAX_LENGTH
from articles.editorial import listings, publishing, signals, taxonomy, trash
from articles.editorial.models import Article, ArticleType, Draft, Figure
from articles.editorial.models.article import BODY_MAX_LENGTH, UNTITLED
from articles.editorial.versions import revisions
from articles.images.models import Image
from articles.links.saving import refer_all
from articles.pages import saving
from articles.pages.models import Page, validate_path
from iria.core.blockers import Blocked
from iria.core.db.bulk import update_rows
from iria.core.text.languages import LANGUAGE_NAMES
from iria.core.text.names import slug_from
from iria.publication.models import current_publication
from iria.transfer import runs
from iria.transfer.models import ImportedItem
from iria.transfer.names import MAX_ID_LENGTH
from iria.transfer.records import Kind, Remark, State, Text
from iria.transfer.report import CHANGED_HERE, Outcome, Report
from iria.transfer.writer import comments
from iria.transfer.writer.images import Images, with_images
from iria.transfer.writer.items import (
    Items,
    Made,
    digest_of,
    digest_of_row,
    storable,
)
from iria.transfer.writer.redirects import Redirects, with_links
from iria.transfer.writer.terms import Terms

MODELS: Final[dict[Kind, type[Any]]] = {Kind.POSTS: Article, Kind.PAGES: Page}
MAX_PAGE_BODY_LENGTH: Final = 500_000
KEPT_STATES: Final = frozenset({Article.State.PUBLISHED, Article.State.SCHEDULED})
"""What an import leaves as it is: somebody may have decided it here."""
LINKED_AT_ONCE: Final = 200
"""Texts whose links are looked at together."""
check_url = URLValidator(["http", "https"])


class Failed(Exception):
    """The text cannot be written; the message says why."""


@dataclass(slots=True)
class Task:
    """A text, and what becomes of it."""

    text: Text
    item: ImportedItem | None
    row: Article | Page | None
    lead: int | None
    digest: str
    outcome: Outcome
    reason: str = ""

    @property
    def is_due(self) -> bool:
        return self.outcome in {Outcome.CREATED, Outcome.UPDATED}


@dataclass(slots=True)
class Texts:
    """Writes texts with their comments and redirects."""

    items: Items
    report: Report
    terms: Terms
    images: Images
    redirects: Redirects
    by: User | None
    language: str
    site_url: str
    kind: ArticleType

    def write(self, texts: Sequence[Text]) -> None:
        """Writes a batch; each text with all that belongs to it, or nothing of it."""
        due = []
        for text in texts:
            if text.skipped:
                self.report.add(text.kind, text.source_id, Outcome.SKIPPED, text.skipped)
                comments.skip(text.comments, "Its text was not imported.", self.report)
                continue
            try:
                # Not with the texts: what they name stays if one of them fails.
                self.terms.prepare(text)
            except Exception as error:
                if runs.is_lock_conflict(error):
                    raise
                self._fail(text, error)
            else:
                due.append(text)
        if due:
            self._write_or_halve(due)

    def _write_or_halve(self, texts: Sequence[Text]) -> None:
        """Together if possible; otherwise in halves, until only what cannot be written is left out."""
        try:
            with self.report.together(), transaction.atomic():
                self._write(texts)
                # Now rather than at the end of the batch, so that only these texts fail.
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        except Exception as error:
            if runs.is_lock_conflict(error):
                raise
            if len(texts) > 1:
                middle = len(texts) // 2
                self._write_or_halve(texts[:middle])
                self._write_or_halve(texts[middle:])
            else:
                self._fail(texts[0], error)

    def _fail(self, text: Text, error: Exception) -> None:
        self.report.add(text.kind, text.source_id, Outcome.FAILED, _message(error))
        comments.skip(text.comments, "Its text could not be imported.", self.report)

    def _write(self, texts: Sequence[Text]) -> None:
        # Copies, because a text may be written again in a smaller batch.
        tasks = self._tasks([replace(each, remarks=[*each.remarks]) for each in texts])
        due = [each for each in tasks if each.is_due]
        find = self._finder(each.text.body for each in due)
        articles: list[int] = []
        with listings.listed_together(articles):
            self._write_articles([each for each in due if each.text.kind != Kind.PAGES], find)
            articles += [each.row.pk for each in due if isinstance(each.row, Article)]
        for each in due:
            if each.text.kind == Kind.PAGES:
                each.row = self._page(each.text, each.row, find)
        self._record(due)
        self._report(tasks)
        threads = [
            (each.row, each.text.comments) for each in tasks if isinstance(each.row, Article)
        ]
        comments.write(threads, self.items, self.report)
        self.redirects.add_texts((each.text, each.row) for each in tasks if each.row is not None)
        _announce(each.row for each in due)

    def _tasks(self, texts: list[Text]) -> list[Task]:
        """What is to be done for each text."""
        items: dict[tuple[Kind, str], ImportedItem] = {}
        rows: dict[tuple[Kind, int], Article | Page] = {}
        for kind, model in MODELS.items():
            ids = [each.source_id for each in texts if each.kind == kind]
            known = self.items.known(kind, ids) if ids else {}
            items |= {(kind, source_id): item for source_id, item in known.items()}
            existing = model._default_manager.in_bulk([each.object_id for each in known.values()])
            rows |= {(kind, pk): row for pk, row in existing.items()}
        now = written(rows.values())
        tasks = []
        for text in texts:
            # With the images, so that one whose file was found later gets into the text.
            text.body, missing = with_images(storable(text.body), self.images)
            text.remarks += [Remark("image not imported", each) for each in missing]
            lead = self.images.find_row(text.lead_image)
            if text.lead_image and self.images.find(text.lead_image, "") is None:
                text.remarks.append(Remark("image not imported", f"lead image {text.lead_image}"))
            digest = digest_of_row(digest_of(text), lead)
            item = items.get((text.kind, text.source_id[:MAX_ID_LENGTH]))
            task = Task(text, item, None, lead, digest, Outcome.CREATED)
            if item is not None:
                task.row = rows.get((text.kind, item.object_id))
                if task.row is None:
                    task.outcome, task.reason = Outcome.SKIPPED, "It was deleted here."
                elif item.digest == digest:
                    task.outcome = Outcome.UNCHANGED
                elif item.written != now[task.row]:
                    task.outcome, task.reason = Outcome.SKIPPED, CHANGED_HERE
                else:
                    task.outcome = Outcome.UPDATED
            tasks.append(task)
        return tasks

    def _record(self, due: list[Task]) -> None:
        now = written(each.row for each in due if each.row is not None)
        self.items.record_all(
            [
                Made(
                    each.text.kind,
                    each.text.source_id,
                    type(each.row),
                    each.row.pk,
                    each.digest,
                    now[each.row],
                    created=each.outcome == Outcome.CREATED,
                )
                for each in due
                if each.row is not None
            ]
        )

    def _report(self, tasks: list[Task]) -> None:
        for each in tasks:
            text, row = each.text, each.row
            url = row.get_absolute_url() if row is not None else ""
            outcome = each.outcome
            if each.item is not None and outcome == Outcome.UNCHANGED:
                outcome = self.items.unchanged(each.item)
            self.report.add(text.kind, text.source_id, outcome, each.reason, url)
            self.report.add_remarks(text.kind, text.source_id, text.remarks)
            if isinstance(row, Page):
                comments.skip(text.comments, "Pages have no comments here.", self.report)
            elif row is None:
                comments.skip(text.comments, "Its text is not here.", self.report)

    def _body(self, text: Text, longest: int, find: Callable[[str], str]) -> str:
        if len(text.body) > longest:
            raise Failed(
                f"The text has {len(text.body):,} characters; at most {longest:,} are possible."
            )
        return with_links(text.body, self.site_url, find)

    def _finder(self, texts: Iterable[str]) -> Callable[[str], str]:
        """Finds what links in these texts refer to by number: number → reference, or empty."""
        numbers: set[str] = set()

        def note(number: str) -> str:
            numbers.add(number)
            return ""

        for body in texts:
            with_links(body, self.site_url, note)
        references: dict[str, str] = {}
        for kind, name in ((Kind.PAGES, "page"), (Kind.POSTS, "article")):
            known = self.items.known(kind, numbers) if numbers else {}
            references |= {
                number: f"internal:{name}/{item.object_id}" for number, item in known.items()
            }
        return lambda number: references.get(number, "")

    def _write_articles(self, tasks: list[Task], find: Callable[[str], str]) -> None:
        if not tasks:
            return
        articles = [self._article(each, find) for each in tasks]
        revisions.write_all(articles)
        text_by_article = {row: each.text for row, each in zip(articles, tasks, strict=True)}
        taxonomy.set_all_categories(
            {row: self.terms.categories(text.categories) for row, text in text_by_article.items()}
        )
        taxonomy.set_all_tags(
            {row: self.terms.tags(text.tags) for row, text in text_by_article.items()}
        )
        taxonomy.set_all_authors(
            {row: self.terms.authors(text.authors) for row, text in text_by_article.items()}
        )
        self._set_states(
            text_by_article, {each.row for each in tasks if each.outcome == Outcome.CREATED}
        )

    def _article(self, task: Task, find: Callable[[str], str]) -> Article:
        """The row with the fields of the text, not saved."""
        text = task.text
        new = Article(kind=self.kind, created_by=self.by)
        article = task.row if isinstance(task.row, Article) else new
        article.headline = self._fitting(text, "title", storable(text.title), 200)
        article.slug = slug_from(text.slug, fallback="", length=80) if text.slug else article.slug
        article.standfirst = self._fitting(text, "excerpt", storable(text.standfirst), 600)
        article.search_description = storable(text.search_description)[:300]
        article.body = self._body(text, BODY_MAX_LENGTH, find)
        article.language = self._language(text)
        article.noindex, article.comments_open = text.noindex, text.comments_open
        article.canonical_url = self._canonical(text)
        article.lead_image_id = task.lead
        article.lead_caption = self._fitting(text, "caption", storable(text.lead_caption), 2000)
        article.lead_alt = storable(text.lead_alt)[:ALT_MAX_LENGTH]
        article.social_title = storable(text.social_title)[:200]
        if text.state in {State.PUBLISHED, State.SCHEDULED} and not article.headline.strip():
            article.headline = UNTITLED
            text.remarks.append(Remark("no title", f"Published as “{UNTITLED}”."))
        task.row = article
        return article

    def _set_states(self, made: Mapping[Article, Text], new: Container[Any]) -> None:
        """Records what was written, and publishes, schedules or moves it to the trash."""
        now = timezone.now()
        uncredited = _uncredited(made)
        public = {
            article: at
            for article, text in made.items()
            if text.state == State.PUBLISHED and article.pk not in uncredited
            if (at := text.published_at or now) <= now
        }
        # Publishing records new ones.
        revisions.record_all(
            [each for each in made if each not in public or each not in new], by=self.by
        )
        for article, text in made.items():
            at = text.published_at or now
            is_kept = article.state in KEPT_STATES
            match text.state:
                case State.PUBLISHED | State.SCHEDULED if article.pk in uncredited:
                    text.remarks.append(
                        Remark("unknown credit", "A draft, because of images without a credit.")
                    )
                case State.PUBLISHED if article in public:
                    pass
                case State.PUBLISHED | State.SCHEDULED if at > now:
                    self._schedule(article, text, at)
                case State.SCHEDULED if not is_kept:
                    due = _due(at) if text.published_at else "Without a date"
                    text.remarks.append(Remark("missed schedule", f"{due}; a draft now."))
                case State.TRASH if not is_kept:
                    trash.move(article, by=self.by)
                case _ if is_kept:
                    state = "in the trash" if text.state == State.TRASH else "not public"
                    text.remarks.append(
                        Remark(f"still {article.state}", f"It is {state} in the source now.")
                    )
        publishing.publish_imported(public, by=self.by)

    def _schedule(self, article: Article, text: Text, at: datetime) -> None:
        if article.state in KEPT_STATES:
            if article.publish_at not in {at, None}:
                reason = f"The source says {current_publication().local(at):%Y-%m-%d %H:%M}."
                text.remarks.append(Remark("scheduled for another time", reason))
            return
        try:
            publishing.schedule(article, by=self.by, at=at)
        except Blocked as error:
            text.remarks.append(Remark("not scheduled", f"{_due(at)}: {_message(error)}"))

    def _page(self, text: Text, row: Article | Page | None, find: Callable[[str], str]) -> Page:
        page = row if isinstance(row, Page) else Page(path=_page_path(text))
        page.title = self._fitting(text, "title", storable(text.title) or UNTITLED, 120)
        page.body = self._body(text, MAX_PAGE_BODY_LENGTH, find)
        page.description = storable(text.search_description or text.standfirst)[:300]
        page.language = self._language(text)
        page.is_published = text.state == State.PUBLISHED
        if text.state in {State.TRASH, State.SCHEDULED}:
            text.remarks.append(
                Remark(f"{text.state} page", "Imported as a page that is not published.")
            )
        if text.lead_image:
            text.remarks.append(Remark("lead image of a page", "Pages have none here."))
        saving.save(page)
        return page

    def _language(self, text: Text) -> str:
        wanted = text.language.lower()
        return wanted if wanted in LANGUAGE_NAMES else self.language

    @staticmethod
    def _fitting(text: Text, what: str, value: str, longest: int) -> str:
        if len(value) <= longest:
            return value
        text.remarks.append(Remark(f"{what} shortened", value))
        return value[: longest - 1].rstrip() + "…"

    @staticmethod
    def _canonical(text: Text) -> str:
        try:
            check_url(text.canonical_url)
        except ValidationError:
            return ""
        return text.canonical_url if len(text.canonical_url) <= 500 else ""

    def link_again(self) -> None:
        """References to texts that came later in the file, in what nobody has changed since.

        It depends on the rows alone, so an import that was interrupted ends like any other.
        """
        for kind, model in MODELS.items():
            found = self.items.rows(kind, model).filter(body__contains='href="/').order_by("pk")
            for rows in batched(found.iterator(LINKED_AT_ONCE), LINKED_AT_ONCE):
                with transaction.atomic():
                    self._link_again(kind, list(rows))

    def _link_again(self, kind: Kind, rows: list[Article | Page]) -> None:
        items = self.items.of_rows(kind, rows)
        now = written(rows)
        rows = [each for each in rows if each.pk in items and items[each.pk].written == now[each]]
        find = self._finder(each.body for each in rows)
        bodies = refer_all(*(with_links(each.body, self.site_url, find) for each in rows))
        changed: list[Article | Page] = []
        for row, body in zip(rows, bodies, strict=True):
            if body != row.body:
                row.body = body
                changed.append(row)
        articles = [each for each in changed if isinstance(each, Article)]
        if articles:
            revisions.write_all(articles)
            Article.objects.filter(pk__in=[each.pk for each in articles]).update(updated_at=None)
            revisions.record_all(articles, by=self.by)
        for row in changed:
            if isinstance(row, Page):
                saving.save(row)
        now = written(changed)
        again = [items[row.pk] for row in changed]
        for row, item in zip(changed, again, strict=True):
            item.written, item.imported_at = now[row], timezone.now()
        update_rows(again, ["written", "imported_at"])
        _announce(changed)


def written(rows: Iterable[Article | Page]) -> dict[Article | Page, str]:
    """What tells that nobody has changed a row since."""
    rows = list(rows)
    articles = [each.pk for each in rows if isinstance(each, Article)]
    drafts = set(Draft.objects.filter(article__in=articles).values_list("article", flat=True))
    return {
        row: written_page(row)
        if isinstance(row, Page)
        else written_article(row.version, has_draft=row.pk in drafts)
        for row in rows
    }


def written_page(page: Page) -> str:
    return page.modified_at.astimezone(ZoneInfo("UTC")).isoformat()


def written_article(version: int, *, has_draft: bool) -> str:
    return f"{version}{' draft' if has_draft else ''}"


def _uncredited(articles: Iterable[Article]) -> set[int]:
    """Those that must not be published yet, because nobody knows the credit of an image."""
    if current_publication().publish_unknown_credits:
        return set()
    ids = [each.pk for each in articles if not each.is_published]
    shown = Figure.objects.on_page().filter(
        article__in=ids, image__in=Image.objects.credit_unknown()
    )
    return set(shown.values_list("article", flat=True))


def _due(at: datetime) -> str:
    return f"Due on {current_publication().local_date(at)}"


def _announce(rows: Iterable[Article | Page | None]) -> None:
    """Search and related articles follow in jobs."""
    ids = [each.pk for each in rows if isinstance(each, Article) and each.is_published]
    if ids:
        transaction.on_commit(lambda: signals.imported.send(sender=Article, article_ids=ids))


def _page_path(text: Text) -> str:
    """The path on the old site if it is free here and can be one."""
    path = text.path.strip("/") or text.slug or slug_from(text.title, fallback="page")
    parts = [slug_from(part, fallback="page") for part in path.split("/")]
    wanted = "/".join(parts)[:190]
    try:
        validate_path(wanted)
    except ValidationError:
        wanted = f"page-{wanted.replace('/', '-')}"
    taken = set(Page.objects.filter(path__startswith=wanted).values_list("path", flat=True))
    free = next(
        p for p in (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))) if p not in taken
    )
    if free != wanted:
        text.remarks.append(Remark("path taken", f"There is another page at /{wanted}/."))
    return free


def _message(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, Blocked):
        return " ".join(str(each) for each in error.args)[:500]
    if isinstance(error, Failed | models.ProtectedError):
        return str(error)
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
