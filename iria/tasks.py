"""Periodic jobs of the whole project, nightly ones too. Jobs of one package are in its `tasks` module."""

from pathlib import Path
from typing import Final

from django.conf import settings
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from accounts import sessions
from iria.core import security
from iria.core.db import history
from iria.core.http import cache_versions
from iria.publication import menus
from iria.themes import checks
from iria.transfer import runs, uploads

JOB_RETENTION_HOURS: Final = 30 * 24


@app.periodic(cron="* * * * *")
@app.task(
    name="iria.retry_stalled_jobs", queueing_lock="iria.retry_stalled_jobs", pass_context=True
)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Every minute: jobs of a worker without a heartbeat are retried by another one.

    Otherwise they would count as running forever. A job that is already queued again is ended instead.
    """
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs():
        try:
            await jobs.retry_job(job)
        except UniqueViolation:
            await jobs.finish_job(job, Status.FAILED, delete_job=True)


@app.periodic(cron="47 3 * * *")
@app.task(name="iria.delete_old_jobs", queueing_lock="iria.delete_old_jobs", pass_context=True)
async def delete_old_jobs(context: JobContext, timestamp: int) -> None:
    """Every night: jobs that failed or were cancelled 30 days ago. The worker deletes the others at once."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=JOB_RETENTION_HOURS,
        include_failed=True,
        include_cancelled=True,
        include_aborted=True,
    )


@app.periodic(cron="17 * * * *")
@app.task(
    name="iria.delete_expired_rate_counts",
    aliases=["iria.forget_expired_limits"],
    queueing_lock="iria.delete_expired_rate_counts",
    retry=RetryStrategy(max_attempts=2),
)
def delete_expired_rate_counts(timestamp: int) -> None:
    """Every hour: deletes expired counts."""
    security.delete_expired()


@app.periodic(cron="1 * * * *")
@app.task(
    name="iria.destroy_past_keys",
    queueing_lock="iria.destroy_past_keys",
    retry=RetryStrategy(max_attempts=2),
)
def destroy_past_keys(timestamp: int) -> None:
    """A minute after the end of the day (UTC), and every hour: destroys the keys of past days."""
    security.destroy_past_keys()


@app.periodic(cron="* * * * *")
@app.task(
    name="iria.compact_cache_versions",
    aliases=["iria.fold_changes"],
    queueing_lock="iria.compact_cache_versions",
)
def compact_cache_versions(timestamp: int) -> None:
    """Every minute: compacts the cache versions to one row per scope."""
    cache_versions.compact()


@app.periodic(cron="23 * * * *")
@app.task(
    name="iria.refresh_menus",
    aliases=["iria.keep_menus_right"],
    queueing_lock="iria.refresh_menus",
    retry=RetryStrategy(max_attempts=2),
)
def refresh_menus(timestamp: int) -> None:
    """Every hour: resolves the menus again, for targets that were changed outside the admin."""
    menus.refresh()


@app.periodic(cron="* * * * *")
@app.task(name="iria.renew_pages_of_theme", queueing_lock="iria.renew_pages_of_theme")
def renew_pages_of_theme(timestamp: int) -> None:
    """Every minute: stored pages have the look of a theme whose folder is gone, or is there again."""
    checks.renew_pages()


@app.periodic(cron="41 3 * * *")
@app.task(
    name="iria.delete_expired_sessions",
    aliases=["iria.forget_old_sign_ins"],
    queueing_lock="iria.delete_expired_sessions",
    retry=RetryStrategy(max_attempts=2),
)
def delete_expired_sessions(timestamp: int) -> None:
    """Every night: deletes expired sessions and known browsers."""
    sessions.SessionStore.clear_expired()
    sessions.delete_unused_browsers()


@app.task(name=uploads.RUN, pass_context=True, queue=settings.LONG_QUEUE)
def run_import(context: JobContext, run_id: int) -> None:
    """The dry run, the import or the undoing of an archive."""
    uploads.resume(run_id, should_stop=context.should_abort)


@app.periodic(cron="* * * * *")
@app.task(name="iria.resume_imports", queueing_lock="iria.resume_imports")
def resume_imports(timestamp: int) -> None:
    """Every minute: continues imports whose job was lost, and finds those whose command was killed."""
    runs.mark_interrupted()
    for run_id in uploads.in_progress():
        uploads.enqueue(run_id)


@app.periodic(cron="53 3 * * *")
@app.task(
    name="iria.delete_old_uploads",
    queueing_lock="iria.delete_old_uploads",
    retry=RetryStrategy(max_attempts=2),
)
def delete_old_uploads(timestamp: int) -> None:
    """Every night: deletes archives that were uploaded to be imported, and old reports of imports."""
    runs.delete_old()
    uploads.delete_abandoned()


@app.periodic(cron="59 3 * * *")
@app.task(name="iria.delete_old_backup_runs", queueing_lock="iria.delete_old_backup_runs")
def delete_old_backup_runs(timestamp: int) -> None:
    """Every night: what became of backups and drills long ago."""
    history.delete_old_backup_runs()


@app.task(
    name="iria.back_up",
    queue=settings.LONG_QUEUE,
    queueing_lock="iria.back_up",
    lock="iria.back_up",
)
def back_up(timestamp: int) -> None:
    """At the time of BACKUP_TIME: makes a backup, and tries it when the last trial is some days ago."""
    from iria.backup import creating, drill  # docs/decisions/stored-pages.md

    creating.back_up(Path(settings.BACKUP_DIRECTORY))
    drill.drill_if_due(Path(settings.BACKUP_DIRECTORY))


if settings.BACKUP_TIME:
    hour, minute = settings.BACKUP_TIME.split(":")
    app.periodic(cron=f"{minute} {hour} * * *")(back_up)
