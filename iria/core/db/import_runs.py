"""The imports of archives: each with its file, progress, counts and report."""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from iria.core.data_inventory import ARCHIVES
from iria.core.model_policy import Pruning, model_policy
from iria.core.text.validators import validate_storable

PRUNED: Final = Pruning(
    "iria.delete_old_uploads", "Files 7 days after the upload, reports 90 days after the import."
)


@model_policy(public=None, personal_data=ARCHIVES)
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
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "iria"
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


@model_policy(public=None, personal_data=ARCHIVES, pruning=PRUNED)
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
        app_label = "iria"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "section", "kind", "outcome", "number"],
                name="import_report_page_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.run}: {self.kind} {self.outcome} {self.number}"


@model_policy(public=None, personal_data=ARCHIVES, pruning=PRUNED)
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
        app_label = "iria"
        constraints = [
            models.UniqueConstraint(fields=["run", "file", "number"], name="import_chunk_once")
        ]

    def __str__(self) -> str:
        return f"{self.run}: {self.file} {self.number}"
