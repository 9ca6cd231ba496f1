"""Checks of backups: that they are made, and that they can be restored; and what the dashboard says of them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince

from iria.core.hooks import DashboardItem, DashboardPanel, ListLine
from iria.operations.backup.manifest import MANIFEST
from iria.operations.doctor.check import Check, Finding, Level, Skipped, in_time
from iria.operations.models import BackupRun, newest_backup_run

PAGE: Final = "health"
"""The name of the URL of the page of all checks."""
OLDEST_BACKUP: Final = timedelta(hours=30)
"""They are made every day, and take some time."""
OLDEST_DRILL: Final = timedelta(days=35)
NOW: Final = "`manage.py backup`"


def backups() -> Iterator[Finding]:
    if not settings.BACKUP_DIRECTORY:
        if settings.LOCAL_ONLY:
            raise Skipped("Only this machine can reach the site, and BACKUP_DIRECTORY is not set.")
        yield Finding(
            "No backups are made.",
            "Set BACKUP_DIRECTORY and BACKUP_TIME, on a disk of its own or a network folder.",
            Level.WARNING,
        )
        return
    last = newest_backup_run(BackupRun.Kind.BACKUP, successful=True)
    failed = newest_backup_run(BackupRun.Kind.BACKUP)
    if failed and failed.problems:
        yield Finding(
            f"The last backup failed: {failed.problems[0].rstrip('.')}.",
            f"Fix what the message names, then run {NOW}.",
        )
    elif last is None or last.ended_at < timezone.now() - OLDEST_BACKUP:
        when = (
            f"The newest backup is of {last.ended_at:%Y-%m-%d %H:%M} UTC"
            if last
            else "No backup was made yet"
        )
        yield Finding(
            f"{when}.", f"Check that the worker or the timer makes backups, and run {NOW}."
        )
    if last and Path(settings.BACKUP_DIRECTORY) in Path(last.backup).parents:
        # Another machine may have made it.
        for _, is_there in in_time(_is_there, [Path(last.backup)]):
            if is_there is False:
                yield Finding(f"The newest backup, {last.backup}, is gone.", f"Run {NOW}.")


def _is_there(backup: Path) -> bool:
    return not backup.parent.exists() or (backup / MANIFEST).exists()


def drills() -> Iterator[Finding]:
    last = newest_backup_run(BackupRun.Kind.DRILL)
    if last is None and newest_backup_run(BackupRun.Kind.BACKUP, successful=True) is None:
        raise Skipped("There is no backup yet.")
    if last and last.problems:
        yield Finding(
            f"The restore drill of {last.ended_at:%Y-%m-%d %H:%M} UTC found {len(last.problems)} "
            f"{'problem' if len(last.problems) == 1 else 'problems'}: {last.problems[0].rstrip('.')}.",
            "Fix what the message names, make a backup and run `manage.py restore_drill`.",
        )
    elif last is None or last.ended_at < timezone.now() - OLDEST_DRILL:
        when = f"since {last.ended_at:%Y-%m-%d}" if last else "yet"
        yield Finding(
            f"No restore drill has run {when}, so nobody knows whether backups can be restored.",
            "Run `manage.py restore_drill`, or set BACKUP_DRILL_DAYS.",
            Level.WARNING,
        )


CHECKS: Final = (
    Check("A backup was made within a day.", backups),
    Check("Backups can be restored.", drills),
)


def backup_items(user: Any) -> list[DashboardItem]:
    """What is wrong with backups and drills, for those who may open the site health."""
    if not user.is_superuser or not _in_use():
        return []
    url = reverse(f"admin:{PAGE}")
    items = []
    for check in (backups, drills):
        try:
            items += [
                DashboardItem(finding.problem, 1, url, detail=finding.fix) for finding in check()
            ]
        except Skipped:
            continue
    return items


def backup_panel(user: Any) -> DashboardPanel | None:
    """When the last backup was made, and whether the last drill could restore one."""
    if not user.is_superuser or not _in_use():
        return None
    lines = [line for kind in BackupRun.Kind if (line := _line(kind))]
    if not lines:
        return None
    return DashboardPanel("Backups", "admin/dashboard/lines.html", {"lines": lines}, beside=True)


def _line(kind: BackupRun.Kind) -> ListLine | None:
    last = newest_backup_run(kind)
    if last is None:
        return None
    outcome = {
        (BackupRun.Kind.BACKUP, True): "made",
        (BackupRun.Kind.BACKUP, False): "failed",
        (BackupRun.Kind.DRILL, True): "restored without a difference",
        (BackupRun.Kind.DRILL, False): "found problems",
    }[kind, not last.problems]
    ago = timesince(last.ended_at, depth=1)
    return ListLine(kind.label, f"{outcome} {ago} ago", reverse(f"admin:{PAGE}"))


def _in_use() -> bool:
    return bool(settings.BACKUP_DIRECTORY) or BackupRun.objects.exists()
