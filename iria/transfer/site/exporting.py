"""Writes an export: completely, or not at all.

Every article is in it as HTML and as Markdown too, which can be read without this project.
"""

import heapq
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from html import escape
from itertools import batched, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NoReturn
from urllib.parse import quote

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Collate
from markdownify import MarkdownConverter

from articles.body.blocks.files import FileUse
from articles.body.blocks.images import FigureUse
from articles.body.captions import safe_caption
from articles.body.references import Urls
from articles.body.registry import Labels
from articles.body.rendering import render
from articles.editorial.models import Article, Figure
from articles.files.models import File
from articles.images.credit_line import credit_line
from articles.images.models import Image
from articles.links.targets import urls_for
from iria import __version__
from iria.core.db.backend.base import SNAPSHOT
from iria.core.http.urls import absolute_url
from iria.core.text.language import direction_of, use_language
from iria.core.text.languages import language_of
from iria.publication.models import Publication, current_publication
from iria.transfer.site import kinds
from iria.transfer.site.folder import FORMAT, Writer, dump
from iria.transfer.site.tables import Table, tables, undecided

BATCH: Final = 100

DOCUMENT: Final = """\
<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<title>{title}</title>
{canonical}</head>
<body>
<article>
<h1>{title}</h1>
{text}
</article>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Markup:
    """An article as HTML, with what stands above it."""

    article: Article
    text: str
    above: dict[str, Any]
    zone: tzinfo

    def html(self) -> str:
        article, url = self.article, self.above.get("url")
        return DOCUMENT.format(
            language=article.language,
            direction=direction_of(article.language),
            title=escape(article.headline),
            canonical=f'<link rel="canonical" href="{escape(url)}">\n' if url else "",
            text="\n".join(filter(None, (*self._intro(), self.text))),
        )

    def markdown(self) -> str:
        """With front matter: values in JSON are YAML too."""
        lines = [
            f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in self.above.items()
        ]
        converter: Any = MarkdownConverter(
            bs4_options="lxml",
            heading_style="atx",
            bullets="-",
            escape_misc=False,
            sub_symbol="",
            sup_symbol="",
        )
        text = converter.convert(self.text).strip()
        return "\n".join(["---", *lines, "---", "", text, ""])

    def _intro(self) -> Iterator[str]:
        if self.article.standfirst:
            yield f"<p><strong>{escape(self.article.standfirst)}</strong></p>"
        if authors := self.above["authors"]:
            yield f"<p>{escape(', '.join(authors))}</p>"
        if date := self.above.get("date"):
            day = datetime.fromisoformat(date).astimezone(self.zone)
            yield f'<p><time datetime="{date}">{day:%Y-%m-%d}</time></p>'


def article_files() -> Iterator[tuple[str, str]]:
    """Path and content of two files an article, in the order of the paths."""
    publication = current_publication()
    rows = (
        Article.objects.for_page()
        .order_by(F("year").asc(nulls_last=True), F("month").asc(nulls_last=True), "pk")
        .iterator(chunk_size=BATCH)
    )
    for batch in batched(rows, BATCH):
        urls = urls_for(*(text for each in batch for text in (each.body, each.lead_caption)))
        for article in batch:
            markup = markup_of(article, publication, urls)
            path = _path(article)
            yield f"{path}.html", markup.html()
            yield f"{path}.md", markup.markdown()


def _path(article: Article) -> str:
    month = f"{article.year:04}/{article.month:02}" if article.year and article.month else "drafts"
    return f"articles/{month}/{article.pk:010}-{article.slug[:80]}".rstrip("-")


def markup_of(article: Article, publication: Publication, urls: Urls) -> Markup:
    figures = list(article.figures.all())
    images = {each.image_id: each.image for each in figures if article.shows(each.image)}
    files = {each.file_id: each.file for each in article.attachments.all()}
    # Absolute links, and paths of media, from a file three folders down.
    up = "../" * _path(article).count("/")
    absolute = {key: absolute_url(url) for key, url in urls.items()}

    def figure(image: Image, caption: str, alt: str) -> str:
        texts = (safe_caption(caption), credit_line(image, publication))
        below = " ".join(filter(None, texts))
        source = f"{up}media/{quote(str(image.original.name))}"
        return (
            f'<figure><img src="{source}" alt="{escape(alt)}" width="{image.width}" height="{image.height}">'
            f"{f'<figcaption>{below}</figcaption>' if below else ''}</figure>"
        )

    def of_use(use: FigureUse) -> str:
        image = images.get(use.image_id)
        return figure(image, use.caption, use.alt(image.alt)) if image else ""

    def of_file(use: FileUse) -> str:
        file = files.get(use.file_id)
        if file is None:
            return ""
        link = f'<a href="{up}media/{quote(str(file.stored.name))}">{escape(file.title)}</a>'
        return f"<p>{link} {safe_caption(use.caption)}</p>"

    lead = next((each for each in figures if each.place == Figure.Place.LEAD), None)
    with use_language(article.language):
        text = render(
            article.body,
            {"image": of_use, "file": of_file},
            labels=Labels(*language_of(article.language).labels),
            urls=absolute,
        )
        if lead and lead.image_id in images:
            text = figure(lead.image, lead.caption, lead.alt) + text
        text += "".join(f"<p>{escape(each.text)}</p>" for each in article.corrections.all())
    return Markup(article, text, dict(_front_matter(article)), publication.zone_info)


def _front_matter(article: Article) -> Iterator[tuple[str, Any]]:
    """What the most common generators of static sites read, first."""
    yield "title", article.headline
    if article.published_at:
        yield "date", article.published_at.isoformat()
    yield "draft", article.state != Article.State.PUBLISHED
    yield "slug", article.slug
    if article.standfirst:
        yield "description", article.standfirst
    yield "authors", [each.author.name for each in article.bylines.all()]
    yield "categories", [each.category.name for each in article.article_categories.all()]
    yield "tags", [each.name for each in article.tags.all()]
    yield "lang", article.language
    yield "type", article.kind.slug
    if article.year:
        yield "url", absolute_url(article.get_absolute_url())


README: Final = """\
# A publication as open files

Written by `manage.py export_site` of IRIA, read by `manage.py import_site`.

- `articles/`: every article as HTML and as Markdown, by the month of its first publication; drafts in `drafts/`
- `data/`: every table as JSON Lines, one object a line, in UTF-8
- `media/`: the original of every image and file
- `schemas/`: a JSON Schema (2020-12) of each file in `data/`
- `checksums.txt`: SHA-256 of every file; verify with `sha256sum --check checksums.txt`
- `manifest.json`: version of the format, whether there is personal data, number of rows of each file
"""


class CannotExport(Exception):
    """Why nothing was written, as a sentence."""


def cannot(reason: str) -> NoReturn:
    raise CannotExport(reason)


@dataclass(slots=True)
class Exported:
    counts: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    """Names of files that the database names and the storage does not have."""
    damaged: list[str] = field(default_factory=list)
    """Names of files that are not what was uploaded."""
    files: int = 0

    @property
    def is_complete(self) -> bool:
        return not (self.missing or self.damaged)

    def lines(self) -> Iterator[str]:
        """What to say of it."""
        yield f"{self.files:,} files, {sum(self.counts.values()):,} rows of {len(self.counts)} kinds."
        for name in undecided():
            yield f"Not exported, because no release of this format knows it: {name}."
        for name in self.missing:
            yield f"Missing in the storage: {name}."
        for name in self.damaged:
            yield f"Not what was uploaded, exported as it is: {name}."


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Yields a temporary folder beside the target, which becomes the target at the end.

    Raises:
        CannotExport: the target exists and is not an empty folder, or cannot be written.
    """
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        cannot(f"{target} is not a folder.")
    if target.is_dir() and any(target.iterdir()):
        cannot(f"{target} is not empty. Give a folder that does not exist yet.")
    try:
        target.absolute().parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.absolute().parent))
        try:
            yield work
            work.replace(target)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        cannot(f"{error.filename or target}: {error.strerror}.")


@contextmanager
def snapshot() -> Iterator[None]:
    """One moment of the database for all queries."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # Files are copied meanwhile.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute(f"SET LOCAL application_name = {SNAPSHOT}")
            # The dates in an export do not depend on the settings of the server.
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
            cursor.execute("SET LOCAL datestyle TO 'ISO'")
            cursor.execute("SET LOCAL extra_float_digits TO 1")
        yield


def export_site(
    target: Path, *, personal_data: bool = False, progress: Callable[[str], None] = print
) -> Exported:
    """Writes the whole publication into a new folder.

    Raises:
        CannotExport: nothing was written.
    """
    result = Exported()
    with new_folder(target) as work, snapshot():
        writer = Writer(work)
        try:
            writer.write("README.md", README)
            progress("articles")
            for path, text in article_files():
                writer.write(path, text)
            for table in sorted(tables(), key=lambda each: each.kind.name):
                if personal_data or not table.kind.only_personal:
                    progress(table.kind.name)
                    path = f"data/{table.kind.name}.jsonl"
                    result.counts[table.kind.name] = _write_rows(writer, path, table, personal_data)
            progress("media")
            _write_media(writer, result)
            for kind in sorted(result.counts):
                writer.write(f"schemas/{kind}.schema.json", dump(schema_of(kind)))
            writer.finish(_manifest(result, personal_data))
        finally:
            writer.close()
        result.files = writer.files
    return result


def schema_of(name: str) -> dict[str, Any]:
    return next(Table(each).schema() for each in kinds.KINDS if each.name == name)


def _write_rows(writer: Writer, path: str, table: Table, personal_data: bool) -> int:
    count = 0
    with (
        writer.file(path) as write,
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({table.select(personal_data=personal_data)}) TO STDOUT") as copy,
    ):
        for (line,) in copy.rows():
            write(f"{line}\n".encode())
            count += 1
    return count


def _write_media(writer: Writer, result: Exported) -> None:
    """The originals, in the order of their names; a name that two rows share once."""
    images: Iterable[tuple[str, str]] = _named(Image, "original")
    files: Iterable[tuple[str, str]] = _named(File, "stored")
    storage = Image._meta.get_field("original").storage
    for name, rows in groupby(heapq.merge(images, files), key=itemgetter(0)):
        try:
            with storage.open(name) as source:
                written = writer.copy(f"media/{name}", source)
        except FileNotFoundError:
            result.missing.append(name)
            continue
        if any(checksum != written for _name, checksum in rows):
            result.damaged.append(name)


def _named(model: type[Image] | type[File], column: str) -> Iterator[tuple[str, str]]:
    rows = model._default_manager.order_by(Collate(F(column), "C")).values_list(column, "checksum")
    return rows.iterator(chunk_size=1000)


def _manifest(result: Exported, personal_data: bool) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": kinds.VERSION,
        "made_by": f"IRIA {__version__}",
        "personal_data": personal_data,
        "counts": result.counts,
        "missing": result.missing,
    }
