"""What the worker does by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from iria.core.http.rate_limit import RateCount

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def _no_jobs_of_other_tests() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")


def _killed_worker_had(job_id: int) -> None:
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


def _expired_count() -> None:
    RateCount.objects.create(key="old", expires_at=timezone.now() - timedelta(hours=1))


def _work_until_nothing_is_left(jobs: Callable[[], None]) -> None:
    """The worker of a test ends when it finds nothing to do, maybe before a lost job is back."""
    for _ in range(3):
        jobs()


def test_a_job_of_a_killed_worker_is_done_by_the_next_one(jobs: Callable[[], None]) -> None:
    _expired_count()
    lost = app.configure_task("iria.delete_expired_rate_counts").defer(timestamp=0)
    _killed_worker_had(lost)
    assert RateCount.objects.exists()
    app.configure_task("iria.retry_stalled_jobs").defer(timestamp=0)
    _work_until_nothing_is_left(jobs)
    assert not RateCount.objects.exists()


def test_a_lost_job_whose_like_waits_holds_up_no_other(jobs: Callable[[], None]) -> None:
    _expired_count()
    lost = app.configure_task("editorial.publish_due", queueing_lock="one").defer(timestamp=0)
    _killed_worker_had(lost)
    app.configure_task("iria.retry_stalled_jobs", priority=9).defer(timestamp=0)
    app.configure_task("editorial.publish_due", queueing_lock="one").defer(timestamp=0)
    other = app.configure_task("iria.delete_expired_rate_counts").defer(timestamp=0)
    _killed_worker_had(other)
    _work_until_nothing_is_left(jobs)
    assert not RateCount.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")
        assert cursor.fetchone() == (0,)
