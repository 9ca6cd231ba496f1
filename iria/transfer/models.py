"""What became of imports, and which rows imports and collections such as the demo created.

An imported item is known by its source, its kind and its id there, so that an import can be repeated and resumed. Two
digests say what may change: that of the item in the source, and that of the row as the import left it. The origin of a row
says that it was created under a key of a collection ("demo", "article:red-sea-traffic") and can be removed with it. Rows
without an origin are never removed.
"""

from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from iria.core.db.fields import ActorField
from iria.core.model_policy import Pruning, model_policy
from iria.core.text.validators import validate_storable

PRUNED: Final = Pruning(
    "iria.delete_old_uploads", "Files 7 days after the upload, reports 90 days after the import."
)


@model_policy(public=None, personal_data="imported_archives")
class ImportRun(models.Model):
    """An import by a command or in the admin: what was read, how far it is, and what came of it."""

    class State(models.TextChoices):
        NEW = "new", "Uploaded"
        CHECKING = "checking", "Dry run"
        CHECKED = "checked", "Checked, nothing imported"
        IMPORTING = "importing", "Importing"
        DONE = "done", "Imported"
        UNDOING = "undoing", "Undoing"
        UNDONE = "undone", "Undone"
        FAILED = "failed", "Failed"

    RUNNING: Final = (State.CHECKING, State.IMPORTING, State.UNDOING)

    system = models.CharField(max_length=30, help_text="Such as “wordpress”.")
    name = models.CharField(
        max_length=300, validators=[validate_storable], help_text="Of the file, folder or URL."
    )
    source = models.CharField(
        max_length=200, blank=True, help_text="System and URL of the old site, once it is known."
    )
    server_file = models.CharField(
        max_length=500,
        blank=True,
        db_default="",
        validators=[validate_storable],
        help_text="File or folder on the server, if none was uploaded.",
    )
    media_folder = models.CharField(
        max_length=500,
        blank=True,
        validators=[validate_storable],
        help_text="Folder on the server with the images.",
    )
    fetch_images = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether images without a file are fetched from the old site.",
    )
    options = models.JSONField(
        default=dict,
        db_default={},
        help_text="What was said of the old site: “time_zone”, “site_url” and “post_types”.",
    )
    state = models.CharField(max_length=9, choices=State, default=State.NEW)
    done = models.PositiveIntegerField(default=0, help_text="Texts that were read.")
    total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="Kind → outcome → number.")
    remark_counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list, help_text="What the database lacks afterwards.")
    error = models.CharField(max_length=500, blank=True)
    created_by = ActorField(null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    progress_at = models.DateTimeField(null=True, help_text="When the last progress was stored.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "iria_importrun"
        ordering = ["-created_at", "-pk"]
        verbose_name = "import"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["done", "undone"]) | Q(finished_at__isnull=False),
                name="import_run_done_has_time",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING


@model_policy(public=None, personal_data="imported_archives", pruning=PRUNED)
class ImportReportPage(models.Model):
    """A hundred items of a report with the same kind and outcome, compressed: there may be a million."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="report_pages")
    section = models.CharField(max_length=10, help_text="“items” or “remarks”.")
    kind = models.CharField(max_length=20)
    outcome = models.CharField(max_length=60, help_text="Or the code of the remark.")
    number = models.PositiveIntegerField(help_text="Among those of its kind and outcome, from 0.")
    length = models.PositiveSmallIntegerField()
    items = models.BinaryField(help_text="JSON, compressed by zlib.")

    class Meta:
        db_table = "iria_importreportpage"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "section", "kind", "outcome", "number"],
                name="import_report_page_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.run}: {self.kind} {self.outcome} {self.number}"


@model_policy(public=None, personal_data="imported_archives", pruning=PRUNED)
class ImportChunk(models.Model):
    """A part of an uploaded file.

    In the database, because web server and worker may be different machines, and the folder of media is public.
    """

    class File(models.TextChoices):
        SOURCE = "source"
        MEDIA = "media"
        REDIRECTS = "redirs"
        ROUTES = "routes"

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="chunks")
    file = models.CharField(max_length=6, choices=File)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        db_table = "iria_importchunk"
        constraints = [
            models.UniqueConstraint(fields=["run", "file", "number"], name="import_chunk_once")
        ]

    def __str__(self) -> str:
        return f"{self.run}: {self.file} {self.number}"


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
        db_table = "iria_importeditem"
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


@model_policy(public=None, personal_data=None)
class RowOrigin(models.Model):
    """A row of a collection."""

    collection = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "iria_roworigin"
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
        rows: Any = model._default_manager.filter(pk__in=origins.values("object_id"))
        return rows  # type: ignore[no-any-return]

    def delete(self) -> None:
        """Deletes all origins of the collection; the rows stay."""
        self._origins.delete()
