"""The items of one source that were imported before or just now."""

import hashlib
from collections.abc import Collection
from dataclasses import asdict
from typing import Any, Final

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
    values = asdict(record)
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

    def of_row(self, kind: Kind, row: models.Model) -> ImportedItem | None:
        return ImportedItem.objects.filter(
            source=self.source,
            kind=kind.value,
            content_type=ContentType.objects.get_for_model(row),
            object_id=row.pk,
        ).first()

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
        """Notes what an item became. `created` says whether the import made the row; undoing it removes the row."""
        values = {
            "digest": digest,
            "written": written,
            "content_type": ContentType.objects.get_for_model(row),
            "object_id": row.pk,
        }
        ImportedItem.objects.update_or_create(
            source=self.source,
            kind=kind.value,
            source_id=source_id[:ID_LENGTH],
            defaults=values,
            create_defaults={**values, "created_in_id": self.run_id if created else None},
        )
