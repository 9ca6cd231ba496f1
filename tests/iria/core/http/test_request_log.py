"""Each request has an id, and logs in JSON name it."""

import json
import logging
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path, resolve
from pytest_django import Settings

from iria.core.http.request_log import HEADER, JsonFormatter, RequestIds
from iria.environment import one_of

GIVEN = "4f1a9c0e8d7b6a55"


@pytest.fixture
def logged() -> Iterator[list[dict[str, Any]]]:
    """What a logger writes in JSON."""
    lines: list[dict[str, Any]] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(self.format(record)))

    handler = Handler()
    handler.setFormatter(JsonFormatter())
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)


def respond(request: HttpRequest) -> HttpResponse:
    request.resolver_match = resolve(request.path)
    logging.getLogger("test").warning("About to %s", "fail")
    return HttpResponse(status=int(request.GET.get("status", 200)))


def get(**extra: Any) -> HttpResponse:
    request = RequestFactory().get("/newsletter/confirm/a-secret/", **extra)
    return RequestIds(respond)(request)


def test_a_record_names_its_request_but_no_secret_link(logged: list[dict[str, Any]]) -> None:
    get()
    (entry,) = logged
    assert entry["message"] == "About to fail"
    assert entry["level"] == "WARNING"
    assert entry["method"] == "GET"
    assert "confirm" in entry["route"]
    assert len(entry["request_id"]) == 32
    assert "a-secret" not in json.dumps(entry)
    logging.getLogger("test").warning("Later")
    assert "request_id" not in logged[1]


def test_only_the_id_of_a_trusted_proxy_is_used(
    logged: list[dict[str, Any]], settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    get(HTTP_X_REQUEST_ID=GIVEN, REMOTE_ADDR="10.0.0.1")
    get(HTTP_X_REQUEST_ID=GIVEN, REMOTE_ADDR="203.0.113.9")
    get(HTTP_X_REQUEST_ID='"\n{', REMOTE_ADDR="10.0.0.1")
    given, *others = (entry["request_id"] for entry in logged)
    assert given == GIVEN
    assert len({given, *others}) == 3


def test_an_error_carries_the_id_and_no_other_response_does(
    logged: list[dict[str, Any]],
) -> None:
    assert HEADER not in get().headers
    failed = get(query_params={"status": 503})
    assert failed.headers[HEADER] == logged[1]["request_id"]


def test_an_error_is_one_line_with_its_traceback(logged: list[dict[str, Any]]) -> None:
    try:
        json.loads("{")
    except ValueError:
        logging.getLogger("test").exception("No JSON")
    (entry,) = logged
    assert entry["error"] == "JSONDecodeError"
    assert "Traceback" in entry["traceback"]


def test_a_record_of_the_worker_names_its_job(logged: list[dict[str, Any]]) -> None:
    job = {"id": 7, "task_name": "search.forget", "args": {"token": "a-secret"}}
    logging.getLogger("procrastinate.worker").error("Failed", extra={"job": job})
    (entry,) = logged
    assert (entry["job_id"], entry["job"]) == (7, "search.forget")
    assert "a-secret" not in json.dumps(entry)


def test_each_job_is_logged_once_with_its_duration(logged: list[dict[str, Any]]) -> None:
    worker = logging.getLogger("procrastinate.worker")
    job = {"id": 7, "task_name": "search.forget"}
    worker.info("started", extra={"action": "start_job", "job": job})
    worker.info("ended", extra={"action": "job_success", "job": job, "duration": 1.23456})
    (entry,) = logged
    assert (entry["job"], entry["seconds"]) == ("search.forget", 1.235)


def fail(request: HttpRequest, token: str) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [path("fail/<str:token>/", fail)]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_page_that_fails_is_logged_with_the_id_of_its_response(
    logged: list[dict[str, Any]],
) -> None:
    response = Client(raise_request_exception=False).get("/fail/a-secret/")
    assert response.status_code == 500
    (entry,) = (entry for entry in logged if entry.get("error") == "ZeroDivisionError")
    assert entry["request_id"] == response.headers[HEADER]
    assert entry["route"] == "fail/<str:token>/"
    assert "a-secret" not in json.dumps(entry)


@pytest.mark.django_db
def test_a_page_that_is_not_found_is_logged_with_an_id(logged: list[dict[str, Any]]) -> None:
    assert Client().get("/nothing/here/").status_code == 404
    (entry,) = (entry for entry in logged if entry["logger"] == "django.request")
    assert len(entry["request_id"]) == 32


def test_an_unknown_format_of_the_log_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "xml")
    with pytest.raises(ImproperlyConfigured, match="LOG_FORMAT"):
        one_of("LOG_FORMAT", "line", "json")
    monkeypatch.setenv("LOG_FORMAT", "json")
    assert one_of("LOG_FORMAT", "line", "json") == "json"
