"""Figures for Prometheus name views and states, never who read what."""

from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest

from iria.operations.metrics import FromDatabase, FromDisks, Requests, requests
from iria.operations.models import BackupRun


def counted(view: str, method: str, status: int) -> float:
    labels = requests.labels(view, method, str(status))
    return float(sum(each.get() for each in labels._buckets))


def get_through_middleware(client: Client, path: str) -> HttpResponse:
    """Sends a request through the middleware, like a web server with METRICS_ADDRESS."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = client.generic(request.method or "", request.get_full_path())
        request.resolver_match = getattr(response, "resolver_match", None)
        return response  # type: ignore[return-value]

    return Requests(respond)(RequestFactory().get(path))


def test_requests_are_counted_by_view_and_status(client: Client, db: None) -> None:
    before = counted("search", "GET", 200)
    get_through_middleware(client, "/search/?q=harbour")
    assert counted("search", "GET", 200) == before + 1


@pytest.mark.parametrize(
    ("path", "method", "status", "labels"),
    [
        ("/stored/", "GET", 200, ("stored", "GET", 200)),
        ("/stored/", "HEAD", 304, ("stored", "HEAD", 304)),
        ("/static/css/site.css", "GET", 200, ("static", "GET", 200)),
        ("/healthz", "GET", 200, ("none", "GET", 200)),
        ("/anything", "BREW", 301, ("none", "other", 301)),
    ],
)
def test_requests_without_a_view_are_counted_by_kind(
    path: str, method: str, status: int, labels: tuple[str, str, int]
) -> None:
    before = counted(*labels)
    Requests(lambda _: HttpResponse(status=status))(RequestFactory().generic(method, path))
    assert counted(*labels) == before + 1


def test_the_database_is_asked_for_jobs_and_connections(db: None) -> None:
    registry = CollectorRegistry()
    registry.register(FromDatabase())
    text = generate_latest(registry).decode()
    assert "iria_database_up 1.0" in text
    assert 'iria_database_connections{state="active"}' in text
    assert "iria_worker_alive 0.0" in text
    assert "iria_jobs_hanging 0.0" in text
    assert "iria_database_idle_transactions 0.0" in text


def test_backups_drills_and_disks_can_be_watched(db: None) -> None:
    BackupRun.objects.create(
        kind="backup", started_at=timezone.now(), ended_at=timezone.now() - timedelta(hours=2)
    )
    registry = CollectorRegistry()
    registry.register(FromDatabase())
    registry.register(FromDisks())
    age = registry.get_sample_value("iria_backup_age_seconds")
    assert age
    assert 7200 <= age < 7300
    assert registry.get_sample_value("iria_drill_age_seconds") is None
    assert registry.get_sample_value("iria_disk_free_bytes", {"folder": "state"})
