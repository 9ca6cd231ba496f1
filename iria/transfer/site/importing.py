"""Reads an export into an empty database: completely, or not at all."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from typing import Any, Final

import psycopg
from django.core.exceptions import SuspiciousOperation
from django.core.files import File as DjangoFile
from django.db import DatabaseError, connection, transaction

from articles.files.models import File
from articles.images.models import Image
from articles.images.tasks import enqueue_renditions
from iria.core.db.bulk import catch_up_sequence
from iria.core.jobs import enqueue
from iria.transfer.site import kinds
from iria.transfer.site.folder import MANIFEST, Reader, reject
from iria.transfer.site.tables import Invalid, Table, tables
from newsletter.models import Issue

BATCH: Final = 1000
"""Rows that are inserted at once, so that triggers see a bounded number of them."""

MEDIA_NAME: Final = re.compile(r"(?:originals|files)(?:/[\w-][\w.\-]{0,150}){1,5}")
"""Where the library stores originals; nothing else is written into the storage."""

HIGH: Final = 1_000_000
"""Ids of an export that is read beside content are higher, and those of other rows lower."""

UNSENT: Final = (Issue.State.SCHEDULED, Issue.State.SENDING, Issue.State.PAUSED)


@dataclass(slots=True)
class Imported:
    counts: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    unsent: int = 0
    """Issues that this site would send when its worker starts."""


def import_site(
    folder: Path, *, beside_content: bool = False, progress: Callable[[str], None] = print
) -> Imported:
    """Restores an export.

    Args:
        beside_content: nothing is deleted, rows that exist stay, and sequences stay, too, as for the demo, whose
            ids are higher than others will be; not where a newer row needs a higher id. Otherwise the
            database must be new.

    Raises:
        Rejected: nothing was changed.
    """
    reader = Reader(folder)
    chosen = [each for each in _chosen(reader) if not (beside_content and each.kind.seeded)]
    progress("checksums")
    reader.verify()
    result = Imported(missing=[str(each) for each in reader.manifest["missing"]])
    stored: list[str] = []
    try:
        with transaction.atomic():
            if not beside_content:
                _empty(tables())
            for table in chosen:
                progress(table.kind.name)
                if not beside_content:
                    # A trigger may have derived rows of this table from those of another one.
                    _delete(table)
                result.counts[table.kind.name] = _load(reader, table, beside_content=beside_content)
            _check_constraints()
            _catch_up(chosen, beside_content=beside_content)
            progress("media")
            _store_media(reader, stored, beside_content=beside_content)
    except BaseException:
        for name in stored:
            _storage().delete(name)
        raise
    result.unsent = Issue.objects.filter(state__in=UNSENT).count()
    # A job that waits already would end the transaction of a caller.
    transaction.on_commit(_derive)
    return result


def _check_constraints() -> None:
    with _sentences("data"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # As for other code of a caller.


def _catch_up(chosen: list[Table], *, beside_content: bool) -> None:
    """Lets new rows get ids above those that were imported."""
    for table in chosen:
        is_numbered = table.model._meta.pk.get_internal_type().endswith("AutoField")
        if is_numbered and (not beside_content or _is_high(table) or _is_by_id(table)):
            catch_up_sequence(table.model)


def _chosen(reader: Reader) -> list[Table]:
    """The tables of this export, in the order of the import."""
    manifest = reader.manifest
    if manifest["version"] > kinds.VERSION or manifest["version"] < 1:
        reject(
            f"The export has version {manifest['version']} of the format, and this release reads version"
            f" {kinds.VERSION}. Use a newer release."
        )
    personal = manifest["personal_data"]
    known = [each for each in tables() if personal or not each.kind.only_personal]
    counts = manifest["counts"]
    if unknown := sorted(set(counts) - {each.kind.name for each in known}):
        reject(f"{MANIFEST} names “{unknown[0][:60]}”, which this release does not know.")
    if not all(isinstance(each, int) for each in counts.values()):
        reject(f"{MANIFEST} has a count that is not a number.")
    # An export of an earlier release lacks the tables of later ones.
    return [each for each in known if each.kind.name in counts]


def _empty(known: list[Table]) -> None:
    """Makes sure that nothing is in the database, and deletes what `migrate` has created.

    The tables stay locked for other writers until the end.
    """
    names = ", ".join(each.name for each in known)
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
        for table in known:
            if not table.kind.seeded and table.model._base_manager.exists():
                reject(
                    f"The database is not empty: it has {table.model._meta.verbose_name_plural}. Import into a"
                    " new database, right after `migrate`."
                )
    for table in reversed(known):
        _delete(table)


def _is_high(table: Table) -> bool:
    """Whether the sequence has come to the ids of the demo, as after the import of a site that had it."""
    with connection.cursor() as cursor:
        sequence = "pg_get_serial_sequence(%s, %s)::regclass"
        cursor.execute(
            f"SELECT coalesce(pg_sequence_last_value({sequence}), 0)",
            [table.model._meta.db_table, table.key],
        )
        return int(cursor.fetchone()[0]) > HIGH


def _is_by_id(table: Table) -> bool:
    """Whether a newer row has a higher id: decisions about comments, and rows below others, such as replies."""
    return list(table.model._meta.ordering[:1]) == ["-pk"] or any(
        field.related_model is table.model for field in table.model._meta.fields
    )


def _delete(table: Table) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table.name}")  # noqa: S608


def _load(reader: Reader, table: Table, *, beside_content: bool) -> int:
    path, count = f"data/{table.kind.name}.jsonl", 0
    # Now, since its queries cannot run while COPY does.
    read = table.reader(reader.columns(table.kind.name))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS import_lines (number int, line jsonb) ON COMMIT DROP"
        )
    for batch in batched(enumerate(reader.lines(path), start=1), BATCH):
        with _sentences(f"{path}, lines {batch[0][0]} to {batch[-1][0]}"):
            _insert(path, table, read, batch, beside_content=beside_content)
        count += len(batch)
    if count != reader.manifest["counts"][table.kind.name]:
        reject(f"{path} has {count} rows, and {MANIFEST} names another number.")
    return count


def _insert(
    path: str,
    table: Table,
    read: Callable[[str], str],
    batch: tuple[tuple[int, str], ...],
    *,
    beside_content: bool,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE import_lines")
        with cursor.copy("COPY import_lines FROM STDIN") as copy:
            for number, line in batch:
                try:
                    copy.write_row((number, read(line)))
                except Invalid as error:
                    reject(f"{path}, line {number}: {error}")
        cursor.execute(table.insert(or_keep=beside_content))


@contextmanager
def _sentences(where: str) -> Iterator[None]:
    """Says what the database refuses, without a traceback."""
    try:
        yield
    except (DatabaseError, psycopg.Error) as error:  # COPY raises those of psycopg itself.
        cause: Any = error.__cause__ or error
        diagnosis = getattr(cause, "diag", None)
        text = " ".join(
            filter(None, (diagnosis.message_primary, diagnosis.message_detail))
            if diagnosis
            else str(error).split("\n")[:1]
        )
        reject(f"{where}: the database refuses it: {text[:300]}.")


def _store_media(reader: Reader, stored: list[str], *, beside_content: bool) -> None:
    storage = _storage()
    missing = set(reader.manifest["missing"])
    for model, column in ((Image, "original"), (File, "stored")):
        names: Any = model._default_manager.order_by(column).values_list(column, flat=True)
        for name in names.distinct().iterator(chunk_size=1000):
            if not MEDIA_NAME.fullmatch(name):
                reject(f"“{name[:80]}” is not the name of an original.")
            if name in missing or name in stored[-1:]:
                continue
            if storage.exists(name):
                if beside_content:
                    continue
                reject(f"The storage already has {name}. Import into an empty one.")
            with reader.open(f"media/{name}") as source:
                try:
                    written = storage.save(name, DjangoFile(source))
                except (OSError, SuspiciousOperation) as error:
                    reject(f"{name} cannot be stored: {error}")
            stored.append(written)
            if written != name:
                reject(f"The storage does not accept the name {name}.")


def _storage() -> Any:
    return Image._meta.get_field("original").storage


def _derive() -> None:
    """Enqueues what the worker derives from the rows: renditions, search index, related and most read articles."""
    for image_id in Image.objects.order_by("-pk").values_list("pk", flat=True).iterator():
        enqueue_renditions(image_id)
    for name in ("search.catch_up", "related.refresh_all", "popular.choose"):
        enqueue(name, once=True, timestamp=0)
