"""Authors, categories and tags. One of the same name that exists is used and stays as it is."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models, transaction
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial import taxonomy
from articles.editorial.models import Category, Redirect
from articles.editorial.models.taxonomy import get_or_create_tags
from iria.core.text.names import free_slug
from iria.core.text.validators import validate_not_blank
from iria.transfer.models import ImportedItem
from iria.transfer.records import Author, Kind, Term, Text
from iria.transfer.report import Outcome, Report
from iria.transfer.writer.items import Items, Made, digest_of, digest_of_row, url_of
from iria.transfer.writer.redirects import TARGETS

SAME_NAME: Final = "One of this name existed; it is used."
RESERVED: Final = frozenset({"feed"})


class Terms:
    """Writes them, and finds those that texts refer to."""

    def __init__(self, items: Items, report: Report) -> None:
        self.items, self.report = items, report
        self._authors: dict[str, AuthorProfile] = {}
        self._categories: dict[str, Category] = {}
        self._tags: dict[str, Tag] = {}
        self._paths: dict[tuple[type[models.Model], str], str] = {}
        """Where the old site had them, if it is not their source id."""
        self._absent: set[tuple[Kind, str]] = set()
        """Those that were deleted here, or whose names cannot be used; texts are without them."""

    def write_authors(self, authors: Iterable[Author]) -> None:
        for each in authors:
            self._paths[AuthorProfile, each.source_id] = each.slug or each.source_id
            self._write(
                Kind.AUTHORS,
                each,
                AuthorProfile,
                self._authors,
                lambda author=each: _author(author),  # type: ignore[misc]
            )

    def write_categories(self, categories: list[Term]) -> None:
        """Parents first; a parent that is not in the file, or is below its own child, is left out."""
        waiting, slugs = list(categories), {each.source_id for each in categories}
        done: set[str] = set()
        while waiting:
            ready = [t for t in waiting if t.parent in done or t.parent not in slugs]
            for each in ready or waiting[:1]:
                waiting.remove(each)
                done.add(each.source_id)
                parent = self._categories.get(each.parent)
                above = self._paths.get((Category, each.parent))
                path = f"{above}/{each.source_id}" if above else each.source_id
                self._paths[Category, each.source_id] = path
                self._write(
                    Kind.CATEGORIES,
                    each,
                    Category,
                    self._categories,
                    lambda term=each, parent=parent: _category(term, parent),  # type: ignore[misc]
                )

    def write_tags(self, tags: Iterable[Term]) -> None:
        for each in tags:
            self._write(Kind.TAGS, each, Tag, self._tags, lambda term=each: _tag(term))  # type: ignore[misc]

    def prepare(self, text: Text) -> None:
        """Finds or creates what the text names, in transactions of their own; then the next three only find."""
        self.authors(text.authors)
        self.categories(text.categories)
        self.tags(text.tags)

    def authors(self, names: Iterable[str]) -> list[AuthorProfile]:
        """The authors of a text; one that the file names only there is created."""

        def create(name: str) -> tuple[AuthorProfile, bool]:
            return taxonomy.get_or_create_author(name[:120])

        return self._found(
            Kind.AUTHORS, AuthorProfile, self._authors, {n: n for n in names}, create
        )

    def categories(self, terms: Iterable[Term]) -> list[Category]:
        named = {each.source_id: each for each in terms}
        return self._found(
            Kind.CATEGORIES,
            Category,
            self._categories,
            named,
            lambda term: _category(term, None),
        )

    def tags(self, terms: Iterable[Term]) -> list[Tag]:
        named = {each.source_id: each for each in terms}
        return self._found(Kind.TAGS, Tag, self._tags, named, _tag)

    def _found[R: models.Model, N](
        self,
        kind: Kind,
        model: type[R],
        rows: dict[str, R],
        named: Mapping[str, N],
        create: Callable[[N], tuple[R, bool]],
    ) -> list[R]:
        """What only texts name is created; the report counts what the file lists, and names that cannot be used."""
        for source_id, name in named.items():
            if source_id in rows or (kind, source_id) in self._absent:
                continue
            item = self.items.one(kind, source_id)
            known = self._row(item, model, source_id)
            if item is None:
                try:
                    with transaction.atomic():
                        known, created = create(name)
                        if created:
                            self._record(kind, source_id, known, "", created=True)
                except ValidationError as error:
                    self._fail(kind, source_id, error)
            if known is not None:
                rows[source_id] = known
            else:
                self._absent.add((kind, source_id))
        return list(dict.fromkeys(rows[each] for each in named if each in rows))

    def _row[R: models.Model](
        self, item: ImportedItem | None, model: type[R], source_id: str
    ) -> R | None:
        """What became of an item: its row, or that into which an editor has merged it."""
        if item is None:
            return None
        if (row := self.items.row(item, model)) is not None:
            return row
        name = TARGETS[model]
        slug = self._paths.get((model, source_id), source_id).replace(" ", "-")
        moved = Redirect.objects.filter(
            old_path=f"/{name}/{slug}/", **{f"{name}__isnull": False}
        ).first()
        found: R | None = getattr(moved, name) if moved else None
        return found

    def _record(self, kind: Kind, source_id: str, row: Any, digest: str, *, created: bool) -> None:
        written = digest_of_row(row.name)
        self.items.record_all([Made(kind, source_id, type(row), row.pk, digest, written, created)])

    def old_urls(self, site_path: str) -> list[tuple[str, models.Model]]:
        """The paths that WordPress had for each, and the row; `site_path` is that of a site in a folder."""
        found: list[tuple[str, models.Model]] = []
        for name, rows in (
            ("category", self._categories),
            ("tag", self._tags),
            ("author", self._authors),
        ):
            for slug, row in rows.items():
                path = self._paths.get((type(row), slug), slug)
                # WordPress finds a category without those above it too.
                paths = dict.fromkeys((path, path.rpartition("/")[2]))
                found += [(f"{site_path}/{name}/{each}/", row) for each in paths]
        # A source without slugs names them by what people read.
        return [(path, row) for path, row in found if " " not in path]

    def _write(
        self,
        kind: Kind,
        record: Author | Term,
        model: type[Any],
        rows: dict[str, Any],
        create: Callable[[], tuple[Any, bool]],
    ) -> None:
        source_id = record.source_id
        if source_id in rows:
            self.report.add(kind, source_id, Outcome.SKIPPED, "It is in the file twice.")
            return
        if record.skipped:
            self.report.add(kind, source_id, Outcome.SKIPPED, record.skipped)
            return
        if isinstance(record, Author):
            self.report.add_remarks(kind, source_id, record.remarks)
        item = self.items.one(kind, source_id)
        row = self._row(item, model, source_id)
        if row is not None and item is not None:
            rows[source_id] = row
            self.report.add(kind, source_id, self.items.unchanged(item), url=url_of(row))
            return
        if item is not None:
            self.report.add(kind, source_id, Outcome.SKIPPED, "It was deleted here.")
            return
        try:
            row, created = create()
        except ValidationError as error:
            self._fail(kind, source_id, error)
            return
        rows[source_id] = row
        self._record(kind, source_id, row, digest_of(record), created=created)
        outcome = Outcome.CREATED if created else Outcome.UNCHANGED
        self.report.add(kind, source_id, outcome, "" if created else SAME_NAME, url_of(row))

    def _fail(self, kind: Kind, source_id: str, error: ValidationError) -> None:
        self._absent.add((kind, source_id))
        self.report.add(kind, source_id, Outcome.FAILED, " ".join(error.messages))


def _author(record: Author) -> tuple[AuthorProfile, bool]:
    author, created = taxonomy.get_or_create_author(record.name[:120], slug=record.slug)
    if created and record.biography:
        author.biography = record.biography
        author.save(update_fields=["biography"])
    return author, created


def _category(term: Term, parent: Category | None) -> tuple[Category, bool]:
    siblings = Category.objects.filter(parent=parent)
    name = term.name[:80]
    if same := siblings.filter(name__iexact=name).first():
        return same, False
    taken = {*siblings.values_list("slug", flat=True), *RESERVED}
    slug = free_slug(term.source_id, fallback="category", taken=taken)
    category = Category(name=name, slug=slug, parent=parent, introduction=term.description)
    category.full_clean(exclude=["path", "sort_key"])
    taxonomy.save_category(category)
    return category, True


def _tag(term: Term) -> tuple[Tag, bool]:
    validate_not_blank(term.name)
    newest = Tag.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    tag = get_or_create_tags([term.name[:100]])[0]
    return tag, tag.pk > newest
