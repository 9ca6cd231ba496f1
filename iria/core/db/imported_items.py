"""What became of the items of an import, so that it can be repeated and resumed.

An item is known by its source, its kind and its id there. Two digests say what may change: that of the item in
the source, and that of the row as the import left it.
"""

from django.contrib.contenttypes.models import ContentType
from django.db import models

from iria.core.db.import_runs import ImportRun
from iria.core.model_policy import model_policy


@model_policy(public=None, personal_data=None)
class ImportedItem(models.Model):
    """An item of a source, and the row it became; several items may have become one row."""

    source = models.CharField(
        max_length=200, help_text="System and URL, as in “wordpress https://example.org”."
    )
    kind = models.CharField(max_length=20)
    source_id = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="Of the item in the source.")
    written = models.CharField(
        max_length=64,
        help_text="What the row was after the import, to tell whether an editor changed it.",
    )
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.BigIntegerField()
    created_in = models.ForeignKey(
        ImportRun,
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        # Adding one would lock the table; imports are never deleted.
        db_constraint=False,
        related_name="items",
        help_text="The import that created the row; empty if the row existed before.",
    )
    imported_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "iria"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "kind", "source_id"], name="imported_item_once"
            ),
        ]
        indexes = [
            models.Index(fields=["content_type", "object_id"], name="imported_row"),
            models.Index(fields=["created_in", "kind"], name="imported_in"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.kind} {self.source_id}"
