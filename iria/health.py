"""Health checks: process, database and worker."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from time import monotonic
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from iria.core import hooks
from iria.core.db.backend.base import SNAPSHOT
from iria.core.db.outage import RETRY_AFTER
from iria.core.http.headers import GetResponse
from iria.launcher import upgrading

HEARTBEAT_SECONDS = 45
"""Procrastinate's worker writes a heartbeat every 10 s and counts as stalled after 30 s."""


ANSWER_SECONDS: Final = 5
"""How long a process repeats its answer about database and migrations."""

MAX_JOB: Final = timedelta(minutes=30)
"""For a job, or without progress for an import. The worker ends it then."""
MAX_LONG_JOB: Final = timedelta(hours=12)
"""For a job of the queue of long jobs, such as a backup."""
MAX_IDLE: Final = timedelta(minutes=5)
"""In a transaction. PostgreSQL ends the connection after twice as long."""


class HealthEndpoints:
    """Answers `/healthz`, `/readyz` and `/readyz/worker/` in front of every other middleware.

    A load balancer may use an IP address, plain HTTP and any Host header.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        endpoint = ENDPOINTS.get(request.path_info.removesuffix("/"))
        if endpoint is None:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        response = endpoint()
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        if response.status_code != 200:
            response.headers["Retry-After"] = RETRY_AFTER
            # Requested every few seconds, so failures are not logged.
            request.is_unavailable = True  # type: ignore[attr-defined]
        return response


def healthz() -> HttpResponse:
    """The process responds. Checks nothing else, so that the process is not killed during a database outage."""
    return HttpResponse("ok", content_type="text/plain")


def readyz() -> HttpResponse:
    """The database can be reached and every migration is applied; otherwise 503 with the reason."""
    state = latest_state(int(monotonic() // ANSWER_SECONDS))
    return JsonResponse(state, status=200 if all(state.values()) else 503)


@lru_cache(maxsize=1)
def latest_state(period: int) -> dict[str, bool]:
    """Read once in each period: it takes much longer than a page, and anybody may ask."""
    state = {"database": False, "migrations": False}
    with suppress(DatabaseError):
        unapplied = unapplied_migrations()
        state["database"] = True
        state["migrations"] = not unapplied and not lacks_replaced_migrations(connection)
    return state


def unapplied_migrations() -> list[str]:
    """Their names, in the order in which they would run."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{each.app_label}.{each.name}" for each, _ in plan]


def lacks_replaced_migrations(connection: BaseDatabaseWrapper) -> bool:
    """Whether an app has some migrations, but not all that its squashed migration replaces."""
    return upgrading.is_in_the_middle(MigrationRecorder(connection).applied_migrations())


def worker() -> HttpResponse:
    """Whether a worker has written a heartbeat recently, no job hangs, and no transaction is left open.

    With the time of the last heartbeat, or null.
    """
    heartbeat: datetime | None = None
    state = {"worker": False, "jobs": False, "transactions": False}
    with suppress(DatabaseError):
        heartbeat, state["worker"] = last_heartbeat()
        state["jobs"] = not hanging_jobs()
        state["transactions"] = not idle_transactions()
    return JsonResponse(
        state | {"last_heartbeat": heartbeat}, status=200 if all(state.values()) else 503
    )


@dataclass(frozen=True, slots=True)
class HangingJob:
    pk: int
    task: str
    since: datetime
    """When it began, or made its last progress."""
    arguments: dict[str, Any]


def hanging_jobs() -> list[HangingJob]:
    """Jobs that have run, or made no progress, for so long that they will not come to an end."""
    events = ProcrastinateEvent.objects.filter(job=OuterRef("pk"), type="started")
    newest = events.order_by("-at").values("at")[:1]
    running = ProcrastinateJob.objects.filter(status="doing").annotate(started=Subquery(newest))
    jobs = running.values_list("pk", "task_name", "started", "args", "queue_name")
    now = timezone.now()
    found = []
    for pk, task, started, arguments, queue in jobs.filter(started__lt=now - MAX_JOB):
        progress = hooks.job_progress.get(task)
        last = progress.at(arguments) if progress else None
        longest = MAX_LONG_JOB if queue == settings.LONG_QUEUE and progress is None else MAX_JOB
        if (since := max(started, last or started)) < now - longest:
            found.append(HangingJob(pk, task, since, arguments))
    return sorted(found, key=lambda job: job.since)


def idle_transactions() -> list[tuple[int, datetime]]:
    """The process ids of connections that have long been idle in a transaction, and since when."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid, state_change FROM pg_stat_activity WHERE datname = current_database()"
            " AND state LIKE 'idle in transaction%%' AND application_name <> %s"
            " AND state_change < clock_timestamp() - make_interval(secs => %s) ORDER BY 2",
            [SNAPSHOT, MAX_IDLE.total_seconds()],
        )
        return list(cursor.fetchall())


def last_heartbeat() -> tuple[datetime | None, bool]:
    """The time of the last heartbeat of any worker, and whether it is recent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(last_heartbeat),"
            " coalesce(max(last_heartbeat) > now() - make_interval(secs => %s), false)"
            " FROM procrastinate_workers",
            [HEARTBEAT_SECONDS],
        )
        last, is_alive = cursor.fetchone()
    return last, is_alive


ENDPOINTS: Final[dict[str, Callable[[], HttpResponse]]] = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/readyz/worker": worker,
}
