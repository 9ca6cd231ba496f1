"""Periodic jobs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from iria import health
from iria.core.security import RateCount
from iria.management.commands.procrastinate import end_hanging_jobs
from iria.operations.doctor import worker
from iria.transfer.models import ImportRun

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def _no_jobs_of_other_tests() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")


def _assign_to_killed_worker(job_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '5 minutes') RETURNING id"
        )
        (worker,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s",
            [worker, job_id],
        )


def _create_expired_count() -> None:
    RateCount.objects.create(key="old", expires_at=timezone.now() - timedelta(hours=1))


def _run_all_jobs(jobs: Callable[[], None]) -> None:
    """The test worker ends without jobs, maybe before a stalled job is retried."""
    for _ in range(3):
        jobs()


def test_a_job_of_a_killed_worker_is_retried(jobs: Callable[[], None]) -> None:
    _create_expired_count()
    stalled = app.configure_task("iria.delete_expired_rate_counts").defer(timestamp=0)
    _assign_to_killed_worker(stalled)
    assert RateCount.objects.exists()
    app.configure_task("iria.retry_stalled_jobs").defer(timestamp=0)
    _run_all_jobs(jobs)
    assert not RateCount.objects.exists()


def test_a_stalled_job_that_is_queued_again_blocks_no_other(jobs: Callable[[], None]) -> None:
    _create_expired_count()
    stalled = app.configure_task("editorial.publish_due", queueing_lock="one").defer(timestamp=0)
    _assign_to_killed_worker(stalled)
    app.configure_task("iria.retry_stalled_jobs", priority=9).defer(timestamp=0)
    app.configure_task("editorial.publish_due", queueing_lock="one").defer(timestamp=0)
    other = app.configure_task("iria.delete_expired_rate_counts").defer(timestamp=0)
    _assign_to_killed_worker(other)
    _run_all_jobs(jobs)
    assert not RateCount.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")
        assert cursor.fetchone() == (0,)


def test_a_failed_job_is_deleted_after_thirty_days(jobs: Callable[[], None]) -> None:
    for days in (29, 31):
        job = app.configure_task("search.forget").defer(timestamp=0)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'failed', task_name = %s WHERE id = %s",
                [f"failed {days} days ago", job],
            )
            cursor.execute(
                "UPDATE procrastinate_events SET at = now() - make_interval(days => %s)"
                " WHERE job_id = %s",
                [days, job],
            )
    app.configure_task("iria.delete_old_jobs").defer(timestamp=0)
    jobs()
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs")
        assert cursor.fetchall() == [("failed 29 days ago",)]
        cursor.execute("DELETE FROM procrastinate_jobs")


def _start(task: str, minutes: int, **arguments: int) -> int:
    """A job that a worker began so long ago."""
    job = int(app.configure_task(task).defer(**arguments))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job])
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - make_interval(mins => %s) WHERE job_id = %s",
            [minutes, job],
        )
    return job


def test_a_job_without_progress_is_found_and_ended() -> None:
    now = timezone.now()
    stopped, going = (
        ImportRun.objects.create(system="ghost", name="a.json", state="importing", progress_at=at)
        for at in (now - timedelta(minutes=31), now)
    )
    hanging = _start("iria.import", 60, run_id=stopped.pk)
    of_other_worker = _start("editorial.publish_due", 31, timestamp=0)
    _start("iria.import", 60, run_id=going.pk)
    _start("iria.back_up", 60, timestamp=0)
    _start("editorial.publish_due", 1, timestamp=0)
    assert {job.pk for job in health.hanging_jobs()} == {hanging, of_other_worker}
    assert health.worker().status_code == 503
    assert len(list(worker.hanging_jobs())) == 2
    assert end_hanging_jobs({hanging})
    stopped.refresh_from_db()
    assert stopped.state == ImportRun.State.FAILED
    assert [job.pk for job in health.hanging_jobs()] == [of_other_worker]
    assert not end_hanging_jobs({hanging})
