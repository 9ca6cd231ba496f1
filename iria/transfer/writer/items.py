"""The items of one source that were imported before or just now."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.utils import timezone
from taggit.models import Tag

from articles.body.cleaning import UNSTORABLE
from articles.editorial import taxonomy
from iria.transfer.models import ImportedItem, ImportRun
from iria.transfer.names import MAX_ID_LENGTH
from iria.transfer.records import Author, Comment, Image, Kind, Term, Text
from iria.transfer.report import Outcome

CONVERSION: Final = "1"
"""Raise it when the conversion of texts changes, so that texts nobody touched are converted again."""
MAX_SOURCE_LENGTH: Final = 200
DIGESTED: Final = {
    kind: sorted(each.name for each in fields(kind) if each.name != "comments")
    for kind in (Author, Comment, Image, Term, Text)
}
"""The fields of each. Comments of a text are items of their own."""


def digest_of(record: Author | Comment | Image | Term | Text) -> str:
    """A digest of the item in the source."""
    values = [(name, getattr(record, name)) for name in DIGESTED[type(record)]]
    return hashlib.sha256(f"{CONVERSION}{values!r}".encode(errors="replace")).hexdigest()


def digest_of_row(*values: Any) -> str:
    """A digest of what an import wrote into a row and an editor can change."""
    return hashlib.sha256(repr(values).encode(errors="replace")).hexdigest()


RECORD: Final = """
INSERT INTO iria_importeditem (source, created_in_id, imported_at, kind, source_id, digest, written,
    content_type_id, object_id)
SELECT %s, CASE WHEN created THEN %s::bigint END, %s, kind, source_id, digest, written, content_type_id, object_id
FROM json_to_recordset(%s::json) AS made (kind text, source_id text, digest text, written text,
    content_type_id int, object_id bigint, created boolean)
ON CONFLICT (source, kind, source_id) DO UPDATE SET digest = excluded.digest, written = excluded.written,
    content_type_id = excluded.content_type_id, object_id = excluded.object_id, imported_at = excluded.imported_at
"""
KNOWN: Final = """
SELECT (SELECT id FROM iria_importeditem WHERE source = %s AND kind = %s AND source_id = wanted)
FROM unnest(%s::text[]) AS wanted
"""
MISSING: Final = """
SELECT wanted FROM unnest(%s::text[]) AS wanted WHERE (
    SELECT made.id FROM iria_importeditem AS item JOIN {} AS made ON made.id = item.object_id
    WHERE item.source = %s AND item.kind = %s AND item.source_id = left(wanted, %s)) IS NULL
"""
# Both look up one id after the other: without statistics about a table that has just grown, PostgreSQL would
# compare every row of the source with every id.


class Items:
    """Reads and records the items of one source."""

    def __init__(self, source: str, run: ImportRun | None = None) -> None:
        self.source = source[:MAX_SOURCE_LENGTH]
        self.run_id = run.pk if run else None
        """The id of the running import, which can be undone."""
        self._continued_since = run.started_at if run and run.items.exists() else None
        """When its first attempt began, if this is not the first one."""

    def unchanged(self, item: ImportedItem) -> Outcome:
        """The outcome for an item that is as it was: an earlier attempt of this import counts as this import."""
        is_of_run = self._continued_since is not None and item.created_in_id == self.run_id
        return Outcome.CREATED if is_of_run else Outcome.UNCHANGED

    def unchanged_redirect(self, created_at: datetime | None) -> Outcome:
        """The same for a redirect, which need not be an item."""
        since = self._continued_since
        is_of_run = since is not None and created_at is not None and created_at >= since
        return Outcome.CREATED if is_of_run else Outcome.UNCHANGED

    def known(self, kind: Kind, source_ids: Collection[str]) -> dict[str, ImportedItem]:
        """Source id → item, for those that were imported."""
        wanted = list({each[:MAX_ID_LENGTH] for each in source_ids})
        ids = _column(KNOWN, [self.source, kind.value, wanted]) if wanted else []
        found = ImportedItem.objects.in_bulk([each for each in ids if each is not None])
        return {each.source_id: each for each in found.values()}

    def missing(
        self, kind: Kind, source_ids: Sequence[str], model: type[models.Model]
    ) -> list[str]:
        """Those that no row exists for."""
        sql = MISSING.format(connection.ops.quote_name(model._meta.db_table))
        return (
            _column(sql, [list(source_ids), self.source, kind.value, MAX_ID_LENGTH])
            if source_ids
            else []
        )

    def one(self, kind: Kind, source_id: str) -> ImportedItem | None:
        return self.known(kind, [source_id]).get(source_id[:MAX_ID_LENGTH])

    def row[T: models.Model](self, item: ImportedItem | None, model: type[T]) -> T | None:
        """The row of an item, if it still exists."""
        if item is None or item.content_type_id != ContentType.objects.get_for_model(model).pk:
            return None
        return model._default_manager.filter(pk=item.object_id).first()

    def rows(self, kind: Kind, model: type[Any]) -> "models.QuerySet[Any]":
        """Every row that items of this kind became."""
        items = ImportedItem.objects.filter(source=self.source, kind=kind.value)
        rows: models.QuerySet[Any] = model._default_manager.filter(pk__in=items.values("object_id"))
        return rows

    def of_rows(self, kind: Kind, rows: Sequence[models.Model]) -> dict[int, ImportedItem]:
        """By the ids of rows of one model: their items."""
        if not rows:
            return {}
        found = ImportedItem.objects.filter(
            source=self.source,
            kind=kind.value,
            content_type=ContentType.objects.get_for_model(rows[0]),
            object_id__in=[each.pk for each in rows],
        )
        return {each.object_id: each for each in found}

    def record_all(self, made: Collection["Made"]) -> None:
        """Records what was created or updated; no item twice."""
        if not made:
            return
        types = ContentType.objects.get_for_models(*{each.model for each in made})
        rows = [
            {
                "kind": each.kind.value,
                "source_id": each.source_id[:MAX_ID_LENGTH],
                "digest": each.digest,
                "written": each.written,
                "content_type_id": types[each.model].pk,
                "object_id": each.pk,
                "created": each.created,
            }
            for each in made
        ]
        with connection.cursor() as cursor:
            cursor.execute(RECORD, [self.source, self.run_id, timezone.now(), json.dumps(rows)])


def storable(text: str) -> str:
    return UNSTORABLE.sub("", text)


def url_of(row: Any) -> str:
    """Where readers see a row; empty for one that has no page."""
    if isinstance(row, Tag):
        return taxonomy.tag_url(row.slug)
    return str(row.get_absolute_url()) if hasattr(row, "get_absolute_url") else ""


def _column(sql: str, parameters: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        # Not prepared, because a plan from when the table was small would be kept.
        cursor.cursor.execute(sql, parameters, prepare=False)
        return [value for (value,) in cursor.fetchall()]


class Made(NamedTuple):
    """A row that an item became, and its digests as in `ImportedItem`."""

    kind: Kind
    source_id: str
    model: type[models.Model]
    pk: int
    digest: str
    written: str
    created: bool
    """Whether the import made the row; undoing it removes the row."""
