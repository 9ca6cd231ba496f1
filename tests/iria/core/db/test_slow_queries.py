"""A slow statement is logged with its request, and without what was asked for."""

import logging
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from iria.core.db.backend.base import DatabaseWrapper, log_slow
from iria.core.http.request_log import RequestIds

SLEEP = "SELECT pg_sleep(%s), %s::text"


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture, settings: Any, db: None) -> pytest.LogCaptureFixture:
    settings.SLOW_QUERY_MS = 10
    caplog.set_level(logging.WARNING, logger="iria.slow_queries")
    return caplog


def execute(sql: str, *params: float | str) -> None:
    with connection.execute_wrapper(log_slow), connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_a_slow_statement_is_logged_without_its_parameters(
    logged: pytest.LogCaptureFixture,
) -> None:
    execute(SLEEP, 0.02, "ola@readers.example")
    (record,) = logged.records
    assert "pg_sleep" in record.getMessage()
    assert "ola@readers.example" not in record.getMessage()
    assert "request" not in record.getMessage()


def test_a_fast_statement_is_not_logged(logged: pytest.LogCaptureFixture, settings: Any) -> None:
    settings.SLOW_QUERY_MS = 60_000
    execute(SLEEP, 0, "")
    assert not logged.records


def test_a_statement_that_fails_is_logged_too(logged: pytest.LogCaptureFixture) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        execute("SELECT 1 / (SELECT count(*) - 1 FROM (SELECT pg_sleep(%s)) AS slow)", 0.02)
    assert len(logged.records) == 1


def test_a_slow_statement_names_its_request(logged: pytest.LogCaptureFixture) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        execute(SLEEP, 0.02, "")
        return HttpResponse()

    request = RequestFactory().get("/")
    RequestIds(view)(request)
    assert request.request_id in logged.records[0].getMessage()  # type: ignore[attr-defined]


def test_every_connection_is_watched_if_the_setting_is_set(settings: Any) -> None:
    for limit, watched in ((10, True), (0, False)):
        settings.SLOW_QUERY_MS = limit
        wrappers = DatabaseWrapper(connection.settings_dict, "default").execute_wrappers
        assert (log_slow in wrappers) is watched
