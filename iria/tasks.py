"""Periodic jobs of the whole project, nightly ones too. Jobs of one package are in its `tasks` module."""

from typing import Final

from procrastinate import JobContext
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from accounts import sessions
from iria.core.jobs import job
from iria.publication import menus
from iria.themes import checks as checks  # It declares a job.

JOB_RETENTION_HOURS: Final = 30 * 24


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
