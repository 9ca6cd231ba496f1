"""The origin of rows that were loaded as a collection and can be removed as a whole, such as the demo.

An origin says that a row was created under a key of a collection ("demo", "article:red-sea-traffic"). Rows
without an origin are never removed.
"""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

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
    """The origins of one collection."""

    def __init__(self, collection: str) -> None:
        self._origins = RowOrigin.objects.filter(collection=collection)

    def exists(self) -> bool:
        return self._origins.exists()

    def rows[T: models.Model](self, model: type[T]) -> "models.QuerySet[T, T]":
        """Every row of a model in the collection."""
        origins = self._origins.filter(content_type=ContentType.objects.get_for_model(model))
        found: Any = model._default_manager.filter(pk__in=origins.values("object_id"))
        return found  # type: ignore[no-any-return]

    def delete(self) -> None:
        """Deletes all origins of the collection; the rows stay."""
        self._origins.delete()
