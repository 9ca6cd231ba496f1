"""Behind PgBouncer, which shares connections between transactions: pages stay fresh, jobs run.

make prove pooler
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from django.db import connection

from articles.editorial.models import Article
from iria.environment import Env
from iria.launcher import paths
from iria.operations.doctor import database
from tests import newsroom
from tests.bench.serving import Server, serving
from tests.newsletter.mailserver import free_port
from tests.proofs import machines
from tests.proofs.size import PATIENCE, sized
from tests.proofs.test_outage import wait_until
from tests.shared import PROJECT

pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

EDITS: Final = sized(3, 200)
ROUNDS: Final = sized(20, 500)
READERS: Final = 8
LATEST_SECONDS: Final = 1.0
LATE_SECONDS: Final = sized(30.0, 0.0)
"""Small, the proofs share a machine with others."""
POOL: Final = 3
"""Connections of PgBouncer to PostgreSQL, fewer than threads of the web servers."""
PATHS: Final = ("/", "/feed/", "/search/?q=harbour", "/api/v1/articles/", "/accounts/login/")
CONFIGURATION: Final = """
[databases]
* = host={HOST} port={PORT} user={USER} password={PASSWORD}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {pool}
max_client_conn = 200
max_prepared_statements = 200
log_connections = 1
logfile = {log}
"""


@dataclass(frozen=True, slots=True)
class Pooler:
    port: int
    log: Path

    @property
    def url(self) -> str:
        return machines.database_url(port=self.port)

    def clients(self) -> int:
        """How many clients have connected so far."""
        return self.log.read_text().count("login attempt")


@pytest.fixture
def pooler() -> Iterator[Pooler]:
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("pgbouncer is not installed (tests/install-programs.sh)")
    # Another user cannot enter the folders of pytest.
    with (
        TemporaryDirectory(prefix="iria-pooler-") as folder,
        running(program, Path(folder)) as pooler,
    ):
        yield pooler


@contextmanager
def running(program: str, folder: Path) -> Iterator[Pooler]:
    pooler = Pooler(free_port(), folder / "pgbouncer.log")
    # It refuses to run as root.
    user = paths.database_user(folder / "none")
    folder.chmod(0o755)
    settings = folder / "pgbouncer.ini"
    values = {**connection.settings_dict, "port": pooler.port, "log": pooler.log, "pool": POOL}
    settings.write_text(CONFIGURATION.format(**values))
    pooler.log.touch()
    for path in (settings, pooler.log):
        os.chown(path, user.uid, user.gid)
    process = subprocess.Popen([program, "-q", settings], **user.popen)
    try:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", pooler.port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        else:
            pytest.fail(f"PgBouncer does not start: {pooler.log.read_text()}")
        yield pooler
    finally:
        # Asked to end, it would wait for its clients.
        process.kill()
        process.wait()


@pytest.fixture
def environment(pooler: Pooler, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pooler:
    direct = machines.database_url()
    folder = tmp_path / "state"
    machines.prepare(monkeypatch, folder, DATABASE_URL=pooler.url, DATABASE_DIRECT_URL=direct)
    return pooler


def ask(server: Server, path: str) -> tuple[int, str]:
    http = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    http.request("GET", path)
    response = http.getresponse()
    return response.status, response.read().decode()


def shows(server: Server, path: str, text: str) -> bool:
    return text in ask(server, path)[1]


def test_pages_are_fresh_and_prepared_statements_work(environment: Pooler) -> None:
    path = newsroom.published("Harbour number 0.").get_absolute_url()
    with (
        serving(page_store_mb=32) as first,
        serving() as second,
        ThreadPoolExecutor(READERS) as pool,
    ):
        assert environment.clients() >= 2, "the web servers use the pooler"
        requested = [each for _ in range(ROUNDS) for each in PATHS]
        assert {status for status, _ in pool.map(partial(ask, second), requested)} == {200}
        for number in range(1, EDITS + 1):
            ask(first, path)
            Article.objects.update(headline=f"Harbour number {number}.")
            time.sleep(LATEST_SECONDS)
            wait_until(partial(shows, first, path, f"Harbour number {number}."), LATE_SECONDS)


def test_commands_and_the_worker_go_past_the_pooler(
    environment: Pooler, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connects(*arguments: str) -> bool:
        before = environment.clients()
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=PROJECT, check=True, timeout=2 * PATIENCE)
        return environment.clients() > before

    assert not connects("migrate", "--check")
    assert not connects("procrastinate", "worker", "--one-shot")
    monkeypatch.delenv("DATABASE_DIRECT_URL")
    assert connects("migrate", "--check")
    # What `doctor` looks at.
    assert database._is_direct(machines.database_url())
    assert not database._is_direct(environment.url)
    assert database._keeps_statements(Env.db_url_config(environment.url))
