"""What became of backups and restore drills."""

from datetime import timedelta
from typing import Final

from django.db import models
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
        app_label = "iria"
        indexes = [models.Index(fields=["kind", "-ended_at"], name="newest_backup_run")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.ended_at:%Y-%m-%d %H:%M}"


def newest(kind: BackupRun.Kind, *, successful: bool = False) -> BackupRun | None:
    runs = BackupRun.objects.filter(kind=kind)
    if successful:
        runs = runs.filter(problems=[])
    return runs.order_by("-ended_at").first()


def delete_old() -> None:
    BackupRun.objects.filter(ended_at__lt=timezone.now() - RETENTION).delete()
