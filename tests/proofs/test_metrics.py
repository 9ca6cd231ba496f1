"""Prometheus's figures of a web server with two processes, also after one of them was killed.

make prove metrics
"""

import os
import signal
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests import newsroom
from tests.bench.serving import Server, serving
from tests.newsletter.mailserver import free_port
from tests.proofs import machines
from tests.proofs.size import PATIENCE

pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

ROUNDS: Final = 20
Figures = dict[tuple[str, str], float]
"""Name and first label → value, added up."""


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    chosen = free_port()
    machines.prepare(monkeypatch, tmp_path, METRICS_ADDRESS=f"127.0.0.1:{chosen}")
    return chosen


def ask(port: int, path: str) -> str:
    http = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    http.request("GET", path)
    return http.getresponse().read().decode()


def figures(port: int) -> Figures:
    found: Figures = {}
    for family in text_string_to_metric_families(ask(port, "/metrics")):
        for sample in family.samples:
            label = sample.labels.get("view") or sample.labels.get("state") or ""
            key = (sample.name, label)
            found[key] = found.get(key, 0.0) + sample.value
    return found


def serving_process(server: Server, port: int) -> int:
    """The worker that has the port of the figures."""
    inode = next(
        line.split()[9]
        for line in Path("/proc/net/tcp").read_text().splitlines()
        if f":{port:04X} 00000000:0000 0A" in line
    )
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text()
    for pid in map(int, children.split()):
        links = (str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir())
        if f"socket:[{inode}]" in links:
            return pid
    raise AssertionError


def test_all_processes_are_counted_also_after_one_was_killed(port: int) -> None:
    path = newsroom.published("Harbour").get_absolute_url()
    # As `make run` does: the main process loads the site, and must not count as one that listens.
    with serving(page_store_mb=32, GUNICORN_CMD_ARGS="--preload") as server:
        for _ in range(ROUNDS):
            ask(server.port, path)
            ask(server.port, "/search/?q=harbour")
        before = figures(port)
        assert before["iria_request_seconds_count", "search"] == ROUNDS
        rendered = before["iria_request_seconds_count", "article"]
        assert rendered + before["iria_request_seconds_count", "stored"] >= ROUNDS
        assert before["iria_listener_current", ""] == 1
        assert before["iria_database_up", ""] == 1
        assert before["iria_database_connections", "idle"] >= 1
        assert "harbour" not in ask(port, "/metrics"), "no path and no query"
        os.kill(serving_process(server, port), signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                after = figures(port)
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.2)
        assert after["iria_request_seconds_count", "search"] == ROUNDS
