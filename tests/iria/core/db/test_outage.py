"""Requests fail fast during a database outage, which is logged once."""

import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import connection

from iria.core.db import outage
from iria.core.db.backend import base
from iria.core.db.outage import Away, OncePerOutage, Outage

REFUSED = psycopg.OperationalError("connection failed: Connection refused")


class Pool:
    """A fake pool, with or without connections."""

    closed = False

    def __init__(self) -> None:
        self.answers = False
        self.drained = 0
        self.asked = threading.Event()

    def getconn(self, timeout: float) -> object:
        self.asked.set()
        if not self.answers:
            raise REFUSED
        return object()

    def putconn(self, connection: object) -> None:
        pass

    def drain(self) -> None:
        self.drained += 1


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Iterator[Pool]:
    created = Pool()
    settings.STATE = tmp_path
    monkeypatch.setattr(outage, "_pool", lambda: created)
    monkeypatch.setattr(outage, "PAUSE_SECONDS", 0.01)
    yield created
    created.answers = True


@pytest.fixture
def ongoing(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outage]:
    """A confirmed outage."""
    created = Outage()
    monkeypatch.setattr(outage, "current", created)
    created.suspect(REFUSED)
    assert created.explains(REFUSED)
    yield created
    pool.answers = True
    created.wait_for_end()


def test_connections_fail_fast_until_the_database_is_available(ongoing: Outage, pool: Pool) -> None:
    with pytest.raises(Away, match="Connection refused"):
        ongoing.raise_if_on()
    pool.answers = True
    ongoing.wait_for_end()
    ongoing.raise_if_on()


def test_pooled_connections_are_discarded(ongoing: Outage, pool: Pool) -> None:
    assert pool.drained == 1


def test_a_single_failure_starts_no_outage(pool: Pool, caplog: pytest.LogCaptureFixture) -> None:
    pool.answers = True
    created = Outage()
    created.suspect(REFUSED)
    created.wait_for_end()
    created.raise_if_on()
    assert not created.explains(REFUSED)
    assert caplog.messages == []


def test_the_start_and_the_end_are_logged(
    ongoing: Outage, pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(50):
        ongoing.suspect(REFUSED)
    pool.answers = True
    ongoing.wait_for_end()
    (started,), (ended,) = caplog.get_records("setup"), caplog.get_records("call")
    assert "Connection refused" in started.getMessage()
    assert started.name == ended.name == outage.logger.name


def test_only_one_process_logs_an_outage(
    ongoing: Outage, pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    other = Outage()
    other.suspect(REFUSED)
    assert other.explains(REFUSED)
    pool.answers = True
    other.wait_for_end()
    ongoing.wait_for_end()
    assert len(caplog.records) == 1  # the end, by the process that logged the start


def test_the_log_names_the_original_cause() -> None:
    wrapped = RuntimeError("Database error")
    wrapped.__cause__ = psycopg.OperationalError("Connection refused\nIs the server running?")
    assert outage.reason_of(wrapped) == "Connection refused"


def record(error: BaseException | None, **extra: Any) -> logging.LogRecord:
    created = logging.LogRecord("any", logging.ERROR, __file__, 1, "It broke", (), None)
    created.exc_info = (type(error), error, None) if error else None
    created.__dict__.update(extra)
    return created


def test_errors_of_an_outage_are_not_logged_but_others_are(ongoing: Outage, pool: Pool) -> None:
    keep = OncePerOutage().filter
    assert not keep(record(REFUSED))
    assert keep(record(ValueError("ours")))
    assert keep(record(None))
    pool.answers = True
    ongoing.wait_for_end()
    assert not keep(record(REFUSED)), "interrupted requests fail late"


def test_a_lost_connection_without_an_outage_is_logged(pool: Pool) -> None:
    pool.answers = True
    outage.current._ended_at = -outage.QUIET_SECONDS
    assert OncePerOutage().filter(record(REFUSED))


def test_a_pooled_connection_is_checked_before_use(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    drained: list[bool] = []
    monkeypatch.setattr(base, "CHECK_SECONDS", 60)
    monkeypatch.setattr(
        base,
        "connections",
        {"default": SimpleNamespace(pool=SimpleNamespace(drain=lambda: drained.append(True)))},
    )
    parameters = {
        name.lower(): connection.settings_dict[name]
        for name in ("HOST", "PORT", "USER", "PASSWORD")
    }
    with psycopg.connect(
        dbname=connection.settings_dict["NAME"], autocommit=True, **parameters
    ) as used:
        base.check(used)
        assert used.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        assert not drained
        with psycopg.connect(
            dbname=connection.settings_dict["NAME"], autocommit=True, **parameters
        ) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [used.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            base.check(used)
        assert drained


def test_a_silent_server_is_an_outage_before_a_new_connection_is_tried(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = Outage()
    monkeypatch.setattr(outage, "current", current)
    monkeypatch.setattr(base, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(base, "connections", {"default": SimpleNamespace(pool=pool)})
    ours, theirs = socket.socketpair()
    silent = SimpleNamespace(
        socket=ours.fileno(), send_query=ours.send, flush=lambda: 0, is_busy=lambda: 1
    )
    with ours, theirs, pytest.raises(psycopg.OperationalError):
        base.check(SimpleNamespace(pgconn=silent, close=ours.close))
    assert current.is_on
    with pytest.raises(Away):
        current.raise_if_on()
    pool.answers = True
    # What it logs must not reach the next test.
    current.wait_for_end()
