"""What exports for other systems share: the folder, images, redirects, and the report of what does not fit."""

import csv
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import unquote

from django.db import connection

from articles.editorial.models import Article, Redirect
from articles.images.models import Image
from articles.pages.models import OldPagePath, Page
from iria.core.text.csv_export import escape_formula
from iria.publication.models import Publication, current_publication
from iria.transfer.site.exporting import new_folder, snapshot
from iria.transfer.site.tables import tables
from iria.transfer.writer.items import url_of

BATCH: Final = 100
REPORT: Final = "report.json"

HELD: Final = frozenset(
    {
        *("publication", "authors", "images", "photographers", "agencies", "categories", "tags"),
        *("articles", "article_categories", "article_tags", "bylines", "figures", "pages"),
        *("internal_links", "redirects", "page_redirects"),
    }
)
"""Kinds whose content every other format holds, at least in part."""


def number_of(row: Any) -> int:
    """Articles, pages and images have one sequence of ids there."""
    return int(row.pk) * 3 + (Article, Page, Image).index(type(row))


@dataclass(slots=True)
class Lost:
    """What the format cannot hold."""

    kinds: dict[str, int] = field(default_factory=dict)
    """Kind of our own format → rows that are not exported at all."""
    items: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """What is missing → the texts from which it is missing."""

    def add(self, what: str, row: Any) -> None:
        self.items[what].append(f"{row._meta.model_name} {row.pk}")

    def add_all(self, row: Any, **found: Any) -> None:
        """What is missing (with `_` for a space) → a value, which counts if it is true."""
        for what, value in found.items():
            if value:
                self.add(what.replace("__", ", ").replace("_", " "), row)

    def lines(self) -> Iterator[str]:
        for kind, number in self.kinds.items():
            yield f"not in this format: {number:,} {kind.replace('_', ' ')}"
        for what, rows in sorted(self.items.items()):
            yield f"not in this format: {what}, {len(rows):,} times"


@dataclass(slots=True)
class Exported:
    counts: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)
    lost: Lost = field(default_factory=Lost)

    @property
    def is_complete(self) -> bool:
        return not self.missing

    def write_report(self, path: Path) -> None:
        report = {
            "counts": self.counts,
            "missing_files": self.missing,
            "not_in_this_format": self.lost.kinds,
            "lost": self.lost.items,
        }
        path.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")

    def lines(self) -> Iterator[str]:
        yield ", ".join(f"{number:,} {what}" for what, number in self.counts.items()) + "."
        yield from self.lost.lines()
        for name in self.missing:
            yield f"Missing in the storage: {name}."


@dataclass(slots=True)
class Export:
    """One that is being written; a subclass is a format."""

    work: Path
    personal_data: bool
    progress: Callable[[str], None]
    result: Exported = field(default_factory=Exported)
    publication: Publication = field(default_factory=current_publication)

    held: ClassVar[frozenset[str]] = HELD
    held_with_personal_data: ClassVar[frozenset[str]] = frozenset()

    def write(self) -> None:
        raise NotImplementedError

    def find_lost_kinds(self) -> None:
        """Counts the rows of our own format that this one does not hold."""
        held = self.held | (self.held_with_personal_data if self.personal_data else frozenset())
        with connection.cursor() as cursor:
            for table in tables():
                name = table.kind.name
                if name not in held and (self.personal_data or not table.kind.only_personal):
                    cursor.execute(f"SELECT count(*) FROM {table.name}")  # noqa: S608
                    if number := cursor.fetchone()[0]:
                        self.result.lost.kinds[name] = number

    def copy_image(self, image: Image, folder: str) -> None:
        name = str(image.original.name)
        target = self.work / folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with image.original.storage.open(name) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        except FileNotFoundError:
            self.result.missing.append(name)
        self.result.counts["images"] += 1
        self.result.lost.add_all(
            image,
            licence_of_an_image=image.licence_url or image.usage_terms or image.licensor,
            withdrawn_image=image.withdrawn_at,
        )

    def write_rows(
        self, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> None:
        """A CSV file."""
        with (self.work / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows([escape_formula(each) for each in row] for row in rows)


def export[E: Export](
    format_: type[E],
    target: Path,
    *,
    personal_data: bool = False,
    progress: Callable[[str], None] = print,
) -> Exported:
    """Writes the files, the images and a report of what the format cannot hold.

    Raises:
        CannotExport: nothing was written.
    """
    with new_folder(target) as work, snapshot():
        writing = format_(work, personal_data, progress)
        writing.write()
        writing.find_lost_kinds()
        writing.result.write_report(work / REPORT)
    return writing.result


def redirects() -> Iterator[tuple[str, str]]:
    """Old path and present path of whatever has moved here and has a URL."""
    moved = (
        Redirect.objects.exclude(article__isnull=False, article__year=None)
        .select_related("article", "category", "author", "tag")
        .order_by("pk")
    )
    for each in moved.iterator(chunk_size=BATCH):
        yield each.old_path, unquote(url_of(each.target))
    pages = OldPagePath.objects.filter(page__is_published=True).select_related("page")
    for old in pages.order_by("pk").iterator(chunk_size=BATCH):
        is_query = old.path.startswith("?")
        yield f"/{old.path}" if is_query else f"/{old.path}/", f"/{old.page.path}/"
