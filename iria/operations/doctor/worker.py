"""Checks of the worker: heartbeat, waiting jobs, failed jobs."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db import connection

from iria import health
from iria.operations.doctor.check import Check, Finding, Level

MAX_WAIT: Final = timedelta(minutes=15)
RECENTLY: Final = timedelta(days=1)
START: Final = "`systemctl restart iria-worker`, or `manage.py procrastinate worker`"


def heartbeat() -> Iterator[Finding]:
    last, is_alive = health.last_heartbeat()
    if not is_alive:
        since = f"; the last one was alive at {last:%Y-%m-%d %H:%M:%S} UTC" if last else ""
        yield Finding(
            f"No worker is running{since}.",
            f"Start it with {START}, and read its log if it stops again.",
        )


def waiting_jobs() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), clock_timestamp() - min(since) FROM ("
            " SELECT coalesce(job.scheduled_at, (SELECT max(at) FROM procrastinate_events"
            "  WHERE job_id = job.id)) AS since"
            " FROM procrastinate_jobs AS job WHERE job.status = 'todo') AS waiting"
            " WHERE since < clock_timestamp() - make_interval(secs => %s)",
            [MAX_WAIT.total_seconds()],
        )
        count, longest = cursor.fetchone()
    if count:
        minutes = int(longest.total_seconds() // 60)
        yield Finding(
            f"{count} due {'job waits' if count == 1 else 'jobs wait'} for the worker, "
            f"the longest for {minutes} minutes.",
            f"Restart the worker with {START}; if it is only busy, start a second one.",
        )


def hanging_jobs() -> Iterator[Finding]:
    for job in health.hanging_jobs():
        yield Finding(
            f"The job {job.task} has made no progress since {job.since:%Y-%m-%d %H:%M} UTC.",
            f"The worker ends it within a minute; if it does not, restart it with {START}.",
        )


def failed_jobs() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, count(*), max(id) FROM procrastinate_jobs"
            " WHERE status = 'failed' AND EXISTS (SELECT FROM procrastinate_events WHERE job_id ="
            " procrastinate_jobs.id AND type = 'failed' AND at > clock_timestamp() -"
            " make_interval(secs => %s))"
            " GROUP BY task_name ORDER BY 2 DESC, 1",
            [RECENTLY.total_seconds()],
        )
        failed = cursor.fetchall()
    for name, count, last in failed:
        yield Finding(
            f"The job {name} failed {'once' if count == 1 else f'{count} times'} in the last day.",
            "Find the reason in the worker's log (`journalctl --unit iria-worker`), then repeat it with "
            f"`retry {last}` in `manage.py procrastinate shell`.",
            Level.WARNING,
        )


CHECKS: Final = (
    Check("The worker runs.", heartbeat),
    Check("No job waits for long.", waiting_jobs),
    Check("No job hangs.", hanging_jobs),
    Check("No job failed in the last day.", failed_jobs),
)
