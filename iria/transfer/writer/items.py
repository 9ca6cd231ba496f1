"""The items of one source that were imported before or just now."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Any, Final, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import models

from iria.core.db.imported_items import ImportedItem
from iria.transfer.records import Author, Comment, Image, Kind, Term, Text

CONVERSION: Final = "1"
"""Raise it when the conversion of texts changes, so that texts nobody touched are converted again."""
SOURCE_LENGTH: Final = 200
ID_LENGTH: Final = 200


def digest_of(record: Author | Comment | Image | Term | Text) -> str:
    """Of the item in the source. Comments of a text are items of their own."""
    values = {each.name: getattr(record, each.name) for each in fields(record)}
    values.pop("comments", None)
    return hashlib.sha256(
        f"{CONVERSION}{sorted(values.items())!r}".encode(errors="replace")
    ).hexdigest()


def digest_of_row(*values: Any) -> str:
    """Of what an import wrote into a row and an editor can change."""
    return hashlib.sha256(repr(values).encode(errors="replace")).hexdigest()


class Items:
    """Reads and records the items of one source."""

    def __init__(self, source: str, run_id: int | None = None) -> None:
        self.source = source[:SOURCE_LENGTH]
        self.run_id = run_id
        """Of the import that is running, which can be undone."""

    def known(self, kind: Kind, source_ids: Collection[str]) -> dict[str, ImportedItem]:
        """Source id → item, for those that were imported."""
        wanted = {each[:ID_LENGTH] for each in source_ids}
        found = ImportedItem.objects.filter(
            source=self.source, kind=kind.value, source_id__in=wanted
        )
        return {each.source_id: each for each in found}

    def one(self, kind: Kind, source_id: str) -> ImportedItem | None:
        return self.known(kind, [source_id]).get(source_id[:ID_LENGTH])

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

    def record(
        self,
        kind: Kind,
        source_id: str,
        row: models.Model,
        *,
        digest: str,
        written: str,
        created: bool,
    ) -> None:
        self.record_all([Made(kind, source_id, row, digest, written, created)])

    def record_all(self, made: Collection["Made"]) -> None:
        """Records what was created or updated; no item twice."""
        types = ContentType.objects.get_for_models(*{type(each.row) for each in made})
        ImportedItem.objects.bulk_create(
            (
                ImportedItem(
                    source=self.source,
                    kind=each.kind.value,
                    source_id=each.source_id[:ID_LENGTH],
                    digest=each.digest,
                    written=each.written,
                    content_type=types[type(each.row)],
                    object_id=each.row.pk,
                    created_in_id=self.run_id if each.created else None,
                )
                for each in made
            ),
            update_conflicts=True,
            unique_fields=["source", "kind", "source_id"],
            update_fields=["digest", "written", "content_type", "object_id", "imported_at"],
        )


class Made(NamedTuple):
    """A row that an item became, and its digests as in `ImportedItem`."""

    kind: Kind
    source_id: str
    row: models.Model
    digest: str
    written: str
    created: bool
    """Whether the import made the row; undoing it removes the row."""
