"""What became of backups and restore drills."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from iria.core.model_policy import Pruning, model_policy

RETENTION: Final = timedelta(days=400)


@model_policy(
    public=None,
    personal_data=None,
    pruning=Pruning("iria.delete_old_backup_runs", "Deleted after 400 days."),
)
class BackupRun(models.Model):
    """A backup or a drill that has ended."""

    class Kind(models.TextChoices):
        BACKUP = "backup", "Backup"
        DRILL = "drill", "Restore drill"

    kind = models.CharField(max_length=6, choices=Kind)
    backup = models.CharField(max_length=500, blank=True, help_text="The folder of the backup.")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(default=timezone.now)
    problems = models.JSONField(default=list, help_text="Sentences; none if it succeeded.")

    class Meta:
        db_table = "iria_backuprun"
        indexes = [models.Index(fields=["kind", "-ended_at"], name="newest_backup_run")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.ended_at:%Y-%m-%d %H:%M}"


def newest_backup_run(
    kind: BackupRun.Kind, *, successful: bool = False, directory: Path | None = None
) -> BackupRun | None:
    """The newest run for a folder of backups, by default that of the site; for all folders if it has none."""
    runs = BackupRun.objects.filter(kind=kind)
    if folder := str(directory or settings.BACKUP_DIRECTORY):
        # Runs of earlier versions that failed name no folder.
        runs = runs.filter(Q(backup__in=["", folder]) | Q(backup__startswith=f"{folder}/"))
    if successful:
        runs = runs.filter(problems=[])
    return runs.order_by("-ended_at").first()


def delete_old_backup_runs() -> None:
    BackupRun.objects.filter(ended_at__lt=timezone.now() - RETENTION).delete()
