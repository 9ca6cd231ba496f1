"""Makes backups and drills, and records what became of them."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from iria.backup import BackupError, creating, drill
from iria.backup.keys import Key
from iria.core.db.backup_runs import BackupRun, newest
from iria.launcher.output import describe_os_error


def back_up(directory: Path, *, is_full: bool = False) -> Path:
    """
    Raises:
        BackupError
    """
    run = BackupRun(kind=BackupRun.Kind.BACKUP, started_at=timezone.now())
    try:
        backup = creating.create(directory, is_full=is_full)
        run.backup = str(backup)
        return backup
    except (BackupError, OSError) as error:
        run.problems = [_sentence(error)]
        raise BackupError(_sentence(error)) from error
    finally:
        run.ended_at = timezone.now()
        run.save()


def drill_newest(directory: Path, key: Key | None) -> drill.Drill:
    """
    Raises:
        BackupError: there is no backup, or the drill could not begin.
    """
    run = BackupRun(kind=BackupRun.Kind.DRILL, started_at=timezone.now())
    try:
        found = drill.run(directory, key)
        run.backup, run.problems = str(found.backup), found.problems
        return found
    except (BackupError, OSError) as error:
        run.problems = [_sentence(error)]
        raise BackupError(_sentence(error)) from error
    finally:
        run.ended_at = timezone.now()
        run.save()


def drill_if_due(directory: Path) -> None:
    """Tries the newest backup if the last successful drill is BACKUP_DRILL_DAYS ago.

    Raises:
        BackupError: also of a problem that the drill found, so that a job counts as failed.
    """
    if not settings.BACKUP_DRILL_DAYS:
        return
    # A little less, because the backup before took some time.
    since = timezone.now() - timedelta(days=settings.BACKUP_DRILL_DAYS, hours=-12)
    last = newest(BackupRun.Kind.DRILL, successful=True)
    if last is None or last.ended_at < since:
        found = drill_newest(directory, settings.BACKUP_KEY)
        if found.problems:
            raise BackupError(" ".join(found.problems))


def _sentence(error: Exception) -> str:
    return describe_os_error(error) if isinstance(error, OSError) else str(error)
