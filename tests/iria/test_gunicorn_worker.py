"""A worker leaves new connections to those that have fewer."""

import json

import pytest
from gunicorn.app.wsgiapp import WSGIApplication  # type: ignore[import-untyped]
from gunicorn.config import Config  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from iria import gunicorn_worker
from iria.gunicorn_worker import MAX_DEFERRAL_SECONDS, PAUSE_SECONDS, EvenWorker


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(gunicorn_worker, "time", clock)
    return clock


@pytest.fixture
def accepted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The slots of the workers that accepted a connection."""
    slots: list[int] = []
    monkeypatch.setattr(ThreadWorker, "accept", lambda worker, listener: slots.append(worker.slot))
    return slots


def worker(slot: int, connections: int) -> EvenWorker:
    new = EvenWorker.__new__(EvenWorker)
    new.slot, new.nr_conns, new.alive, new.seen, new.seen_at = slot, connections, True, [], 0.0
    new._report(is_alive=True)
    return new


@pytest.fixture(autouse=True)
def _nobody_else() -> None:
    EvenWorker.reported_at[:] = [0.0] * len(EvenWorker.reported_at)
    EvenWorker.connections[:] = [0] * len(EvenWorker.connections)


def test_gunicorn_uses_this_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["gunicorn", "iria.wsgi"])
    assert WSGIApplication().cfg.worker_class is EvenWorker


@pytest.mark.usefixtures("clock")
def test_the_worker_with_fewest_connections_accepts_the_next(accepted: list[int]) -> None:
    many, few = worker(1, 5), worker(2, 4)
    for each in (many, few):
        each.accept(None)
    assert accepted == [2]


def test_a_worker_accepts_if_nothing_happens_elsewhere(clock: Clock, accepted: list[int]) -> None:
    many, _ = worker(1, 5), worker(2, 4)
    start = clock.now
    for _ in range(int(2 * MAX_DEFERRAL_SECONDS / PAUSE_SECONDS)):
        if not accepted:
            many.accept(None)
    assert accepted == [1]
    assert clock.now - start >= MAX_DEFERRAL_SECONDS


def test_a_worker_waits_longer_while_others_accept(clock: Clock, accepted: list[int]) -> None:
    many, few = worker(1, 1000), worker(2, 0)
    for count in range(int(2 * MAX_DEFERRAL_SECONDS / PAUSE_SECONDS)):
        few.nr_conns = count
        few._report(is_alive=True)
        many.accept(None)
    assert accepted == []


def test_workers_that_ended_are_not_waited_for(clock: Clock, accepted: list[int]) -> None:
    many, ended = worker(1, 5), worker(2, 0)
    ended._report(is_alive=False)
    killed = worker(3, 0)
    clock.now += 10
    many.accept(None)
    assert killed.slot not in accepted
    assert accepted == [1]


def test_lines_of_gunicorn_are_json_like_those_of_the_site(
    capfd: pytest.CaptureFixture[str],
) -> None:
    logger = gunicorn_worker.JsonLogger(Config())
    logger.warning("Worker %s was killed", 7)
    (line,) = capfd.readouterr().err.splitlines()
    assert json.loads(line)["message"] == "Worker 7 was killed"
