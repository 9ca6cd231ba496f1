"""The private cluster: shared by its users, stopped by the last one, unharmed by `kill -9`."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from iria.launcher import postmaster, processes
from iria.launcher.cluster import Cluster
from iria.launcher.output import StartError
from iria.launcher.postgres_programs import version_of
from tests.proofs.clone import daemon_of, lives

HOLD = """
import sys, time
from pathlib import Path
from iria.launcher.cluster import Cluster
with Cluster(Path(sys.argv[1])).running() as url:
    print(url, flush=True)
    sys.stdin.readline()
"""


class Other:
    """Another process that uses the cluster until it is released."""

    def __init__(self, cluster: Cluster) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(cluster.state)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()

    def release(self) -> None:
        self.process.communicate("\n", timeout=120)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def add_row(url: str) -> int:
    """Adds a row; returns the number of rows, each added by an earlier use of the cluster."""
    with psycopg.connect(url, connect_timeout=60) as database:
        database.execute("CREATE TABLE IF NOT EXISTS note (id bigserial)")
        database.execute("INSERT INTO note DEFAULT VALUES")
        row = database.execute("SELECT count(*) FROM note").fetchone()
    assert row
    return int(row[0])


def postmaster_pid(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def runs(cluster: Cluster) -> bool:
    return bool(processes.postgres_of(cluster.data))


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_cluster_runs_while_it_is_used_and_keeps_its_data(cluster: Cluster) -> None:
    with cluster.running() as url:
        before = add_row(url)
        assert runs(cluster)
    assert not runs(cluster)
    with cluster.running() as url:
        assert add_row(url) == before + 1


def test_only_its_last_user_stops_the_cluster(cluster: Cluster) -> None:
    other = Other(cluster)
    with cluster.running() as url:
        assert url == other.url
        server = postmaster_pid(cluster)
    assert postmaster_pid(cluster) == server
    add_row(other.url)
    other.release()
    assert not runs(cluster)


def test_two_commands_that_start_at_once_share_one_server(cluster: Cluster) -> None:
    others = [Other(cluster) for _ in range(3)]
    assert len({other.url for other in others}) == 1
    for other in others:
        other.release()
    assert not runs(cluster)


def test_a_killed_user_leaves_no_server_behind(cluster: Cluster) -> None:
    other = Other(cluster)
    assert runs(cluster)
    other.kill()
    wait_until(lambda: not runs(cluster) and not cluster._has_daemon())


def test_a_killed_server_is_started_again_with_its_data(cluster: Cluster) -> None:
    with cluster.running() as url:
        before = add_row(url)
        killed = postmaster_pid(cluster)
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: not lives(killed))
        cluster.ensure()
        assert add_row(cluster.access().url) == before + 1


@pytest.mark.skipif(sys.platform != "linux", reason="looks for the daemon in /proc")
def test_a_killed_daemon_is_replaced_and_the_server_still_stops(cluster: Cluster) -> None:
    with cluster.running() as url:
        before = add_row(url)
        os.kill(daemon_of(cluster.state), signal.SIGKILL)
        wait_until(lambda: not cluster._has_daemon())
        cluster.ensure()
        assert add_row(url) == before + 1
    assert not runs(cluster)


def test_a_server_is_stopped_when_its_processes_have_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`pg_ctl` waits only until the pid file is deleted."""
    left = [[1], [1], []]
    monkeypatch.setattr(postmaster, "status", lambda data: "ready")
    monkeypatch.setattr(processes, "run_program", lambda *_, **_options: None)
    monkeypatch.setattr(processes, "postgres_of", lambda data: left.pop(0))
    programs: Any = SimpleNamespace(folder=tmp_path, options={})
    postmaster.Server(tmp_path, tmp_path / "log", programs, durable=False).stop()
    assert left == []


def test_a_pid_file_from_before_a_crash_does_not_prevent_a_start(cluster: Cluster) -> None:
    with cluster.running() as url:
        before = add_row(url)
    # As after a restart of the machine: the number belongs to another process now, to this one.
    lines = [
        str(os.getpid()),
        str(cluster.data),
        "1700000000",
        "5432",
        "",
        "127.0.0.1",
        "",
        "ready",
    ]
    (cluster.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
    with cluster.running() as url:
        assert add_row(url) == before + 1


def test_a_port_that_was_taken_meanwhile_is_replaced(cluster: Cluster) -> None:
    with cluster.running():
        port = cluster.access().port
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", port or 0))
        thief.listen()
        with cluster.running() as url:
            assert cluster.access().port != port
            add_row(url)


def test_the_server_listens_on_loopback_only_and_requires_the_password(cluster: Cluster) -> None:
    with cluster.running() as url:
        with psycopg.connect(url) as database:
            row = database.execute(
                "SELECT current_setting('server_encoding'), usesuper"
                " FROM pg_user WHERE usename = current_user"
            ).fetchone()
        assert row == ("UTF8", False)
        socket_folder, address = (cluster.data / "postmaster.pid").read_text().splitlines()[4:6]
        assert (socket_folder, address) == ("", "127.0.0.1")
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(url.replace(cluster.access().password, "guessed"))
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(f"postgres://postgres@127.0.0.1:{cluster.access().port}/postgres")


def test_only_throwaway_clusters_of_tests_write_without_fsync(
    cluster: Cluster, open_folder: Path
) -> None:
    ask = (
        "SELECT current_setting('fsync'), current_setting('synchronous_commit'),"
        " current_setting('full_page_writes')"
    )
    with cluster.running() as url, psycopg.connect(url) as database:
        assert database.execute(ask).fetchone() == ("on", "on", "on")
    throwaway = Cluster(open_folder / "throwaway", durable=False)
    with throwaway.running() as url, psycopg.connect(url) as database:
        assert database.execute(ask).fetchone() == ("off", "off", "off")


def test_password_and_data_are_private(cluster: Cluster) -> None:
    with cluster.running():
        assert (cluster.state / "database.json").stat().st_mode & 0o777 == 0o600
        assert cluster.data.stat().st_mode & 0o777 == 0o700


def test_a_missing_password_is_reported(cluster: Cluster) -> None:
    file = cluster.state / "database.json"
    text = file.read_text()
    file.unlink()
    try:
        with pytest.raises(StartError, match="password"), cluster.running():
            pass
    finally:
        file.write_text(text)
        file.chmod(0o600)


def test_an_exclusive_lock_excludes_others(cluster: Cluster) -> None:
    with (
        processes.locked(cluster.users_lock),
        pytest.raises(TimeoutError),
        processes.locked(cluster.users_lock, shared=True, timeout=0.1),
    ):
        pass


@pytest.fixture
def upgraded(tmp_path: Path) -> Cluster:
    """As an upgrade leaves it just before the swap."""
    cluster = Cluster(tmp_path)
    for folder, version in ((cluster.data, "15"), (tmp_path / "upgrade/postgres", "18")):
        folder.mkdir(parents=True)
        (folder / "PG_VERSION").write_text(version + "\n")
    return cluster


def test_an_upgrade_that_is_not_complete_changes_nothing(upgraded: Cluster) -> None:
    upgraded.finish_upgrade()
    assert version_of(upgraded.data) == 15


@pytest.mark.parametrize("renames_done", [0, 1, 2])
def test_a_swap_is_finished_wherever_it_stopped(upgraded: Cluster, renames_done: int) -> None:
    (upgraded.state / "upgrade/postgres").rename(upgraded.upgraded)
    if renames_done >= 1:
        upgraded.data.rename(upgraded.state / "postgres-15-before")
    if renames_done == 2:
        upgraded.upgraded.rename(upgraded.data)
    upgraded.finish_upgrade()
    assert version_of(upgraded.data) == 18
    (old,) = upgraded.state.glob("postgres-15-*")
    assert version_of(old) == 15
    assert not upgraded.upgraded.exists()
    upgraded.finish_upgrade()
    assert version_of(upgraded.data) == 18
