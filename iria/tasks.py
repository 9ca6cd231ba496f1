"""Periodic jobs of the whole project, nightly ones too. Jobs of one package are in its `tasks` module."""

from pathlib import Path
from typing import Final

from django.conf import settings
from procrastinate import JobContext
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from accounts import sessions
from iria.core.db import history
from iria.core.jobs import job
from iria.publication import menus
from iria.themes import checks as checks  # It declares a job.
from iria.transfer import runs, uploads

JOB_RETENTION_HOURS: Final = 30 * 24
BACKUP_CRON: Final = (
    "{1} {0} * * *".format(*settings.BACKUP_TIME.split(":")) if settings.BACKUP_TIME else ""
)


@job("iria.retry_stalled_jobs", cron="* * * * *", pass_context=True)
async def retry_stalled_jobs(context: JobContext) -> None:
    """Every minute: jobs of a worker without a heartbeat are retried by another one.

    Otherwise they would count as running forever. A job that is already queued again is ended instead.
    """
    jobs = context.app.job_manager
    for stalled in await jobs.get_stalled_jobs():
        try:
            await jobs.retry_job(stalled)
        except UniqueViolation:
            await jobs.finish_job(stalled, Status.FAILED, delete_job=True)


@job("iria.delete_old_jobs", cron="47 3 * * *", pass_context=True)
async def delete_old_jobs(context: JobContext) -> None:
    """Every night: jobs that failed or were cancelled 30 days ago. The worker deletes the others at once."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=JOB_RETENTION_HOURS,
        include_failed=True,
        include_cancelled=True,
        include_aborted=True,
    )


@job(
    "iria.refresh_menus",
    cron="23 * * * *",
    aliases=["iria.keep_menus_right"],
    retry=2,
)
def refresh_menus() -> None:
    """Every hour: resolves the menus again, for targets that were changed outside the admin."""
    menus.refresh()


@job(
    "iria.delete_expired_sessions",
    cron="41 3 * * *",
    aliases=["iria.forget_old_sign_ins"],
    retry=2,
)
def delete_expired_sessions() -> None:
    """Every night: deletes expired sessions and known browsers."""
    sessions.SessionStore.clear_expired()
    sessions.delete_unused_browsers()


@job(uploads.RUN, pass_context=True, queue=settings.LONG_QUEUE)
def run_import(context: JobContext, run_id: int) -> None:
    """The dry run, the import or the undoing of an archive."""
    uploads.resume(run_id, should_stop=context.should_abort)


@job("iria.resume_imports", cron="* * * * *")
def resume_imports() -> None:
    """Every minute: continues imports whose job was lost, and finds those whose command was killed."""
    runs.mark_interrupted()
    for run_id in uploads.in_progress():
        uploads.enqueue(run_id)


@job("iria.delete_old_uploads", cron="53 3 * * *", retry=2)
def delete_old_uploads() -> None:
    """Every night: deletes archives that were uploaded to be imported, and old reports of imports."""
    runs.delete_old()
    uploads.delete_abandoned()


@job("iria.delete_old_backup_runs", cron="59 3 * * *")
def delete_old_backup_runs() -> None:
    """Every night: what became of backups and drills long ago."""
    history.delete_old_backup_runs()


@job("iria.back_up", cron=BACKUP_CRON, queue=settings.LONG_QUEUE, lock="iria.back_up")
def back_up() -> None:
    """At the time of BACKUP_TIME: makes a backup, and tries it when the last trial is some days ago."""
    from iria.backup import creating, drill  # docs/decisions/stored-pages.md

    creating.back_up(Path(settings.BACKUP_DIRECTORY))
    drill.drill_if_due(Path(settings.BACKUP_DIRECTORY))
