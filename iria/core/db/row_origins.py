"""The origin of rows that were loaded as a collection and can be removed as a whole, such as the demo.

An origin says that a row was created under a key of a collection ("demo", "article:red-sea-traffic"). So
loading can be repeated: a row with an origin is not created again, even if an editor has deleted it. Rows
without an origin are never removed.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from iria.core.model_policy import model_policy


@model_policy(public=None, personal_data=None)
class RowOrigin(models.Model):
    """A row of a collection."""

    collection = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "iria"
        constraints = [
            models.UniqueConstraint(fields=["collection", "key"], name="mark_key_once"),
            models.UniqueConstraint(
                fields=["collection", "content_type", "object_id"], name="mark_row_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collection}: {self.key}"


class RowOrigins:
    """The origins of one collection, read once."""

    def __init__(self, collection: str) -> None:
        self.collection = collection
        self._known = {
            origin.key: origin for origin in RowOrigin.objects.filter(collection=collection)
        }

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def create_once[T: models.Model](self, key: str, make: Callable[[], T | None]) -> bool:
        """Creates a row and its origin, unless the key was used before; returns whether it did.

        `make` returns None to create no origin, for example if an editor's own row is used instead.
        """
        if key in self._known:
            return False
        with transaction.atomic():
            row = make()
            if row is None:
                return False
            self._known[key] = RowOrigin.objects.create(
                collection=self.collection,
                key=key,
                content_type=ContentType.objects.get_for_model(row),
                object_id=row.pk,
            )
        return True

    def id_of(self, key: str) -> int | None:
        """The id of the row of a key, whether it still exists or not."""
        origin = self._known.get(key)
        return origin.object_id if origin else None

    def row[T: models.Model](self, key: str, model: type[T]) -> T | None:
        """The row of a key, if it still exists."""
        origin = self._known.get(key)
        if origin is None or origin.content_type != ContentType.objects.get_for_model(model):
            return None
        return model._default_manager.filter(pk=origin.object_id).first()

    def rows[T: models.Model](self, model: type[T]) -> "models.QuerySet[T, T]":
        """Every row of a model in the collection."""
        content_type = ContentType.objects.get_for_model(model)
        origins = RowOrigin.objects.filter(collection=self.collection, content_type=content_type)
        found: Any = model._default_manager.filter(pk__in=origins.values("object_id"))
        return found  # type: ignore[no-any-return]

    def delete(self) -> None:
        """Deletes all origins of the collection; the rows stay."""
        RowOrigin.objects.filter(collection=self.collection).delete()
        self._known.clear()
