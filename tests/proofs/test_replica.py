"""Pages from a streaming replica are as fresh as from the primary, while it is late, gone, silent and back.

make prove replica
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

import psycopg
import pytest

from iria.core.db.backend.base import REPLICA_SECONDS
from iria.core.db.replica import RETRY_SECONDS
from iria.launcher import paths, postgres_programs, postmaster
from tests.bench.serving import Server, serving
from tests.newsletter.mailserver import free_port
from tests.proofs import machines
from tests.proofs.size import PATIENCE, sized
from tests.shared import PROJECT

pytestmark = pytest.mark.proof

SECONDS: Final = sized(2.0, 20.0)
"""How long each condition is kept."""
READERS: Final = 2
SLOWEST_SECONDS: Final = sized(30.0, 10.0)
"""For a page whose replica falls silent; other work is on the machine."""
HEADLINE: Final = "Harbour number {}."
GRANTS: Final = """
GRANT EXECUTE ON FUNCTION pg_wal_replay_pause() TO iria;
GRANT EXECUTE ON FUNCTION pg_wal_replay_resume() TO iria;
"""
PUBLISH: Final = """
import django
django.setup()
from tests import newsroom
article = newsroom.published("Harbour number 0.")
print(article.get_absolute_url())
"""


class Wire:
    """The network between the site and the replica, which can fall silent in the middle of an answer."""

    def __init__(self, port: int) -> None:
        self.flows = Event()
        self.flows.set()
        self._port = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()
        self.flows.set()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                ours, _address = self._listening.accept()
                theirs = socket.socket()
                if theirs.connect_ex(("127.0.0.1", self._port)):
                    ours.close()
                    continue
                for pair in ((ours, theirs), (theirs, ours)):
                    Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError), source, target:
            while data := source.recv(65536):
                self.flows.wait()
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)


@dataclass
class Pair:
    """A primary and its replica; two web servers on one machine that read from both."""

    url: str
    replica_url: str
    replica: postmaster.Server
    wire: Wire
    path: str = ""

    def ask(self, sql: str) -> Any:
        return _ask(self.url, sql)

    def ask_replica(self, sql: str) -> Any:
        return _ask(self.replica_url, sql)

    def stop_replica(self) -> None:
        self.replica.stop("immediate")

    def start_replica(self) -> None:
        self.replica.start(int(self.replica_url.rpartition(":")[2].partition("/")[0]))

    def fall_silent(self) -> None:
        """For longer than the site waits for an answer."""
        self.wire.flows.clear()
        time.sleep(REPLICA_SECONDS + 1)

    def read_by_site(self) -> int:
        """How many transactions of the site the replica has had."""
        return int(self.ask_replica("SELECT sum(xact_commit) FROM pg_stat_database"))


def _ask(url: str, sql: str) -> Any:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    folder = Path(tempfile.mkdtemp(prefix="iria-replica-"))
    folder.chmod(0o755)  # the user of the database needs access
    try:
        with running_pair(folder) as pair:
            yield pair
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_pair(folder: Path) -> Iterator[Pair]:
    data = folder / "primary"
    programs = postgres_programs.newest(folder, paths.database_user(data))
    if not (programs.folder / "pg_basebackup").exists():
        pytest.skip("pg_basebackup is not installed")
    (folder / "log").mkdir()
    primary = postmaster.Server(data, folder / "log" / "primary.log", programs, durable=False)
    replica = postmaster.Server(
        folder / "replica", folder / "log" / "replica.log", programs, durable=False
    )
    primary.create("replica")
    with (data / "pg_hba.conf").open("a") as file:
        file.write("host replication standby 127.0.0.1/32 trust\n")
    programs.execute(data, "CREATE ROLE standby LOGIN REPLICATION;\n")
    _in_database(programs, data, GRANTS)
    ports = free_port(), free_port()
    urls = [f"postgres://{postmaster.ROLE}:replica@127.0.0.1:{port}/iria" for port in ports]
    primary.start(ports[0])
    try:
        _copy(programs, ports[0], replica.data)
        pair = Pair(urls[0], urls[1], replica, Wire(ports[1]))
        pair.start_replica()
        yield pair
        pair.wire.close()
    finally:
        replica.stop()
        primary.stop()


def _in_database(programs: postgres_programs.Programs, data: Path, statements: str) -> None:
    subprocess.run(
        [programs.folder / "postgres", "--single", "-D", data, postmaster.DATABASE],
        input=statements,
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
        **programs.options,
    )


def _copy(programs: postgres_programs.Programs, port: int, data: Path) -> None:
    data.mkdir(mode=0o700)
    os.chown(data, programs.user.uid, programs.user.gid)
    primary = f"host=127.0.0.1 port={port} user=standby"
    subprocess.run(
        [
            programs.folder / "pg_basebackup",
            "-d",
            primary,
            "-D",
            data,
            "-R",
            "-c",
            "fast",
            "-X",
            "stream",
        ],
        check=True,
        **programs.options,
    )


@pytest.fixture
def servers(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[tuple[Server, Server]]:
    machines.prepare(
        monkeypatch,
        tmp_path,
        DATABASE_URL=pair.url,
        DATABASE_REPLICA_URL=pair.replica_url.replace(
            pair.replica_url.rpartition(":")[2], f"{pair.wire.port}/{postmaster.DATABASE}"
        ),
        API_RATE_LIMIT="1000000",
    )
    for name in ("migrate", "createcachetable"):
        subprocess.run([sys.executable, "manage.py", name, "-v0"], cwd=PROJECT, check=True)
    settings = {**os.environ, "DJANGO_SETTINGS_MODULE": "iria.settings"}
    published = subprocess.run(
        [sys.executable, "-c", PUBLISH],
        cwd=PROJECT,
        env=settings,
        check=True,
        capture_output=True,
        text=True,
    )
    pair.path = published.stdout.split()[-1]
    # Without stored pages each request is rendered, and has to be as fresh as the primary.
    with serving(page_store_mb=0) as first, serving(page_store_mb=0) as second:
        yield first, second


@dataclass
class Edits:
    """The number of the last edit that is committed."""

    pair: Pair
    committed: int = 0

    def make(self, over: Event) -> int:
        with psycopg.connect(self.pair.url, autocommit=True) as connection:
            for number in count(self.committed + 1):
                headline = HEADLINE.format(number)
                connection.execute("UPDATE articles_article SET headline = %s", [headline])
                self.committed = number
                if over.wait(0.05):
                    return number
        raise AssertionError


def read(server: Server, path: str, edits: Edits, over: Event) -> list[str]:
    """Reads pages; returns what is wrong with them."""
    problems, number, slowest = [], 0, 0.0
    http = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    while not over.is_set():
        number += 1
        for each in (path, "/", "/search/?q=harbour", "/api/v1/articles/"):
            least, began = edits.committed, time.monotonic()
            http.request("GET", each)
            response = http.getresponse()
            body = response.read().decode()
            slowest = max(slowest, time.monotonic() - began)
            if response.status != 200:
                problems.append(f"{each}: {response.status}")
            elif each == path or each == "/":
                shown = int(body.partition("Harbour number ")[2].partition(".")[0])
                if shown < least:
                    problems.append(f"{each}: {shown} instead of {least}")
    if slowest > SLOWEST_SECONDS:
        problems.append(f"a page took {slowest:.1f} s")
    return [f"slowest {slowest:.1f} s in {number} rounds", *problems]


def under_edits(
    pair: Pair, servers: tuple[Server, Server], edits: Edits, act: Callable[[], object]
) -> list[str]:
    """Edits and reads for a while, in the middle of which something happens."""
    over = Event()
    with ThreadPoolExecutor(READERS + 1) as pool:
        writer = pool.submit(edits.make, over)
        readers = [pool.submit(read, each, pair.path, edits, over) for each in servers]
        try:
            time.sleep(SECONDS / 2)
            act()
            time.sleep(SECONDS)
        finally:
            over.set()
        writer.result()
        return [problem for each in readers for problem in each.result()]


def used_within(pair: Pair, servers: tuple[Server, Server], seconds: float) -> float:
    """How long it takes until the site reads from the replica; without edits."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        before = pair.read_by_site()
        for server in servers:
            read(server, pair.path, Edits(pair), _once())
        time.sleep(0.2)
        if pair.read_by_site() - before > 10:
            return time.monotonic() - began
    raise AssertionError("The replica is not used.")


class _Once(Event):
    """Over after one round."""

    def __init__(self) -> None:
        super().__init__()
        self._asked = 0

    def is_set(self) -> bool:
        self._asked += 1
        return self._asked > 1


_once = _Once


def test_no_page_is_stale_or_fails(pair: Pair, servers: tuple[Server, Server]) -> None:
    edits = Edits(pair)
    used_within(pair, servers, PATIENCE)
    results = {}
    conditions: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "normal": (lambda: None, lambda: None),
        "late": (
            lambda: pair.ask_replica("SELECT pg_wal_replay_pause()"),
            lambda: pair.ask_replica("SELECT pg_wal_replay_resume()"),
        ),
        "gone": (pair.stop_replica, pair.start_replica),
        "silent": (pair.fall_silent, pair.wire.flows.set),
    }
    for name, (begin, end) in conditions.items():
        problems = under_edits(pair, servers, edits, begin)
        end()
        back = used_within(pair, servers, sized(PATIENCE, RETRY_SECONDS + 15))
        rounds = [each for each in problems if each.endswith("rounds")]
        results[name] = [each for each in problems if each not in rounds]
        print(f"{name}: {rounds}, {len(results[name])} problems; used again after {back:.1f} s")
    assert not any(results.values()), results
