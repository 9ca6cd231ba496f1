"""Backups on the dashboard."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.timesince import timesince

from iria.core.db.backup_runs import BackupRun, newest
from iria.core.hooks import DashboardItem, DashboardPanel, ListLine
from iria.doctor import backups
from iria.doctor.check import Skipped


def backup_items(user: Any) -> list[DashboardItem]:
    """What is wrong with backups and drills, for those who may open the site health."""
    if not user.is_superuser or not _in_use():
        return []
    url = reverse("admin:health")
    items = []
    for check in (backups.backups, backups.drills):
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
    last = newest(kind)
    if last is None:
        return None
    outcome = {
        (BackupRun.Kind.BACKUP, True): "made",
        (BackupRun.Kind.BACKUP, False): "failed",
        (BackupRun.Kind.DRILL, True): "restored without a difference",
        (BackupRun.Kind.DRILL, False): "found problems",
    }[kind, not last.problems]
    ago = timesince(last.ended_at, depth=1)
    return ListLine(kind.label, f"{outcome} {ago} ago", reverse("admin:health"))


def _in_use() -> bool:
    return bool(settings.BACKUP_DIRECTORY) or BackupRun.objects.exists()
