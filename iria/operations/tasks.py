"""Nightly jobs of backups."""

from pathlib import Path
from typing import Final

from django.conf import settings

from iria.core.jobs import job
from iria.operations import models

BACKUP_CRON: Final = (
    "{1} {0} * * *".format(*settings.BACKUP_TIME.split(":")) if settings.BACKUP_TIME else ""
)


@job("iria.delete_old_backup_runs", cron="59 3 * * *")
def delete_old_backup_runs() -> None:
    """Every night: what became of backups and drills long ago."""
    models.delete_old_backup_runs()


@job("iria.back_up", cron=BACKUP_CRON, queue=settings.LONG_QUEUE, lock="iria.back_up")
def back_up() -> None:
    """At the time of BACKUP_TIME: makes a backup, and tries it when the last trial is some days ago."""
    from iria.operations.backup import creating, drill  # docs/decisions/stored-pages.md

    creating.back_up(Path(settings.BACKUP_DIRECTORY))
    drill.drill_if_due(Path(settings.BACKUP_DIRECTORY))
