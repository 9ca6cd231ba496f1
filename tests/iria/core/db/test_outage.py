"""Nobody waits for a database that is known to be away, and the log says so once."""

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
    """A pool that has connections or has none."""

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
    made = Pool()
    settings.STATE = tmp_path
    monkeypatch.setattr(outage, "_pool", lambda: made)
    monkeypatch.setattr(outage, "PAUSE_SECONDS", 0.01)
    yield made
    made.answers = True


@pytest.fixture
def away(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outage]:
    """An outage that one process has noticed and another tells of."""
    made = Outage()
    monkeypatch.setattr(outage, "current", made)
    made.suspect(REFUSED)
    assert made.explains(REFUSED)
    yield made
    pool.answers = True
    made.wait_for_end()


def test_requests_are_rejected_at_once_until_it_answers_again(away: Outage, pool: Pool) -> None:
    with pytest.raises(Away, match="Connection refused"):
        away.raise_if_on()
    pool.answers = True
    away.wait_for_end()
    away.raise_if_on()


def test_connections_from_before_are_thrown_away(away: Outage, pool: Pool) -> None:
    assert pool.drained == 1


def test_one_failure_of_a_database_that_answers_refuses_nobody(
    pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    pool.answers = True
    made = Outage()
    made.suspect(REFUSED)
    made.wait_for_end()
    made.raise_if_on()
    assert not made.explains(REFUSED)
    assert caplog.messages == []


def test_the_log_has_a_line_at_the_beginning_and_one_at_the_end(
    away: Outage, pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(50):
        away.suspect(REFUSED)
    pool.answers = True
    away.wait_for_end()
    (begun,), (ended,) = caplog.get_records("setup"), caplog.get_records("call")
    assert "Connection refused" in begun.getMessage()
    assert begun.name == ended.name == outage.log.name


def test_of_several_processes_one_writes(
    away: Outage, pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    other = Outage()
    other.suspect(REFUSED)
    assert other.explains(REFUSED)
    pool.answers = True
    other.wait_for_end()
    away.wait_for_end()
    assert len(caplog.records) == 1  # the end, by the one that wrote the beginning


def test_the_line_names_the_cause_and_not_what_was_made_of_it() -> None:
    wrapped = RuntimeError("Database error")
    wrapped.__cause__ = psycopg.OperationalError("Connection refused\nIs the server running?")
    assert outage.reason_of(wrapped) == "Connection refused"


def record(error: BaseException | None, **extra: Any) -> logging.LogRecord:
    made = logging.LogRecord("any", logging.ERROR, __file__, 1, "It broke", (), None)
    made.exc_info = (type(error), error, None) if error else None
    made.__dict__.update(extra)
    return made


def test_errors_of_an_outage_are_not_written_and_others_are(away: Outage, pool: Pool) -> None:
    keep = OncePerOutage().filter
    assert not keep(record(REFUSED))
    assert keep(record(ValueError("ours")))
    assert keep(record(None))
    pool.answers = True
    away.wait_for_end()
    assert not keep(record(REFUSED)), "what was in the middle of it fails late"


def test_a_lost_connection_to_a_database_that_answers_is_written(pool: Pool) -> None:
    pool.answers = True
    outage.current._ended_at = -outage.QUIET_SECONDS
    assert OncePerOutage().filter(record(REFUSED))


def test_a_pooled_connection_is_used_only_if_it_answers(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    drained: list[bool] = []
    monkeypatch.setattr(
        base,
        "connections",
        {"default": SimpleNamespace(pool=SimpleNamespace(drain=lambda: drained.append(True)))},
    )
    address = {
        name.lower(): connection.settings_dict[name]
        for name in ("HOST", "PORT", "USER", "PASSWORD")
    }
    with psycopg.connect(
        dbname=connection.settings_dict["NAME"], autocommit=True, **address
    ) as used:
        base.check(used)
        assert used.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        assert not drained
        with psycopg.connect(
            dbname=connection.settings_dict["NAME"], autocommit=True, **address
        ) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [used.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            base.check(used)
        assert drained


def test_a_server_that_answers_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "CHECK_SECONDS", 0.05)
    ours, theirs = socket.socketpair()
    silent = SimpleNamespace(
        socket=ours.fileno(), send_query=ours.send, flush=lambda: 0, is_busy=lambda: 1
    )
    with ours, theirs, pytest.raises(psycopg.OperationalError):
        base._answers(silent)
