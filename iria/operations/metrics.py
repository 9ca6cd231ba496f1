"""Figures for Prometheus on a port of their own (`METRICS_ADDRESS`, docs/running-in-production.md).

Labels are names of views, methods, statuses and states, never a path, an address or a name: nothing says
who read what, and their number is limited by the code.
"""

import logging
import os
from collections.abc import Iterable, Iterator
from errno import EADDRINUSE
from pathlib import Path
from shutil import disk_usage
from threading import Thread
from time import perf_counter, sleep
from typing import Final

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CollectorRegistry, Gauge, Histogram, Metric, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from iria import health
from iria.core.db.queries import TookTooLong, time_limit
from iria.core.http.change_listener import listener
from iria.core.http.headers import GetResponse
from iria.environment import is_running
from iria.operations.doctor.check import in_time
from iria.operations.models import BackupRun, newest_backup_run
from newsletter.models import Delivery, Issue

BUCKETS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
METHODS: Final = frozenset({"GET", "HEAD", "POST"})
STORED, STATIC, NONE = "stored", "static", "none"
"""In place of a view: a stored page, a static file, anything else that no view answered."""
STATEMENT_LIMIT: Final = 2_000
"""Milliseconds."""
REPEAT_SECONDS: Final = 1.0

CONNECTIONS: Final = """
SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity
WHERE datname = current_database() GROUP BY 1
"""
JOBS: Final = """
SELECT status::text, count(*) FROM procrastinate_jobs
WHERE status IN ('todo', 'doing', 'failed') AND (scheduled_at IS NULL OR scheduled_at <= now()) GROUP BY 1
"""

MAIL_ERRORS: Final = """
SELECT outcome, count(*) FROM newsletter_attempt
WHERE answered_at > now() - interval '1 hour' AND outcome <> 'sent' GROUP BY 1
"""

requests: Final = Histogram(
    "iria_request_seconds",
    "Requests by view, method and status, and how long they took.",
    ("view", "method", "status"),
    buckets=BUCKETS,
)
is_listening: Final = Gauge(
    "iria_listener_current",
    "Whether every web process knows the changes of public pages.",
    multiprocess_mode="livemin",
)

logger = logging.getLogger(__name__)


class Requests:
    """Counts requests; the outermost middleware."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = perf_counter()
        response = self.get_response(request)
        method = request.method if request.method in METHODS else "other"
        labels = (view_of(request, response.status_code), method, str(response.status_code))
        requests.labels(*labels).observe(perf_counter() - started)
        return response


def view_of(request: HttpRequest, status: int) -> str:
    match = request.resolver_match
    if match is not None:
        return match.view_name
    if request.path.startswith(settings.STATIC_URL):
        return STATIC
    is_health = request.path.startswith(("/healthz", "/readyz"))
    return STORED if status in {200, 304} and not is_health else NONE


class FromDatabase(Collector):
    """What the database knows, asked when Prometheus asks."""

    def collect(self) -> Iterator[Metric]:
        is_up = True
        try:
            with time_limit(STATEMENT_LIMIT):
                found = list(_from_database())
            yield from found
        except (DatabaseError, InterfaceError, TookTooLong):
            is_up = False
        finally:
            connection.close()
        yield GaugeMetricFamily("iria_database_up", "Whether the database answered.", is_up)


def _from_database() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(CONNECTIONS)
        yield _by_state("iria_database_connections", "Connections by state.", cursor.fetchall())
        cursor.execute(JOBS)
        yield _by_state("iria_jobs", "Jobs that are due, run or failed.", cursor.fetchall())
    of_issues = Delivery.objects.filter(issue__in=Issue.objects.sending()).order_by()
    states = of_issues.values_list("state").annotate(Count("pk"))
    yield _by_state("iria_deliveries", "Deliveries of issues that are being sent.", states)
    with connection.cursor() as cursor:
        cursor.execute(MAIL_ERRORS)
        text = "E-mails of newsletters that were not accepted in the last hour."
        yield _by_state("iria_mail_errors", text, cursor.fetchall())
    yield from _ages()
    _, is_alive = health.last_heartbeat()
    yield GaugeMetricFamily("iria_worker_alive", "Whether a worker runs.", is_alive)
    hanging, idle = len(health.hanging_jobs()), len(health.idle_transactions())
    yield GaugeMetricFamily("iria_jobs_hanging", "Jobs without progress.", hanging)
    text = "Connections that have been idle in a transaction for minutes."
    yield GaugeMetricFamily("iria_database_idle_transactions", text, idle)


def _ages() -> Iterator[Metric]:
    """The ages of the last backup and drill that succeeded; nothing without one."""
    for kind in BackupRun.Kind:
        last = newest_backup_run(kind, successful=True)
        if last:
            age = (timezone.now() - last.ended_at).total_seconds()
            text = f"The time since the last successful {kind.label.lower()}."
            yield GaugeMetricFamily(f"iria_{kind.value}_age_seconds", text, age)


class FromDisks(Collector):
    """The free space of the folders that grow; of none that does not answer."""

    def collect(self) -> Iterator[Metric]:
        folders = {
            "state": str(settings.STATE),
            "media": str(settings.MEDIA_ROOT),
            "backups": settings.BACKUP_DIRECTORY,
        }
        metric = GaugeMetricFamily("iria_disk_free_bytes", "Free space.", labels=["folder"])
        named = [(name, folder) for name, folder in folders.items() if folder]
        for (name, _), usage in in_time(lambda item: disk_usage(item[1]), named, seconds=2):
            if not isinstance(usage, Exception):
                metric.add_metric([name], usage.free)
        yield metric


def _by_state(name: str, text: str, rows: Iterable[tuple[str, int]]) -> GaugeMetricFamily:
    metric = GaugeMetricFamily(name, text, labels=["state"])
    for state, count in rows:
        metric.add_metric([state], count)
    return metric


class FromProcesses(MultiProcessCollector):
    """What all web processes have counted, also those that have ended."""

    def collect(self) -> Iterator[Metric]:
        for file in Path(self._path).glob("gauge_live*.db"):
            if not is_running(int(file.stem.rpartition("_")[2])):
                file.unlink(missing_ok=True)
        yield from super().collect()  # type: ignore[no-untyped-call]


_served: Final = set[int]()


def start() -> None:
    """Serves the figures of all processes from one of them: the first that gets the port.

    Once per process, since threads do not survive a fork.
    """
    if os.getpid() not in _served:
        _served.add(os.getpid())
        # With --preload gunicorn's main process, which listens to nothing, has counted too.
        folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
        (folder / f"gauge_livemin_{os.getppid()}.db").unlink(missing_ok=True)
        Thread(target=_serve, name="metrics", daemon=True).start()


def _serve() -> None:
    registry = CollectorRegistry()
    FromProcesses(registry, os.environ["PROMETHEUS_MULTIPROC_DIR"])  # type: ignore[no-untyped-call]
    registry.register(FromDatabase())
    registry.register(FromDisks())
    host, _, port = settings.METRICS_ADDRESS.rpartition(":")
    is_reported = is_serving = False
    while True:
        is_listening.set(listener.is_current())
        try:
            if not is_serving:
                start_http_server(int(port), host.strip("[]"), registry)
                is_serving = True
        except OSError as error:
            # Another process serves them, perhaps until it ends.
            if error.errno != EADDRINUSE and not is_reported:
                is_reported = True
                logger.error("METRICS_ADDRESS cannot be used: %s.", error)
        sleep(REPEAT_SECONDS)
