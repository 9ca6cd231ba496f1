"""`make run` from a fresh clone, and after crashes.

make prove running
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from iria.launcher import paths, postgres_programs, processes
from tests.newsletter.mailserver import free_port
from tests.proofs.clone import (
    AGAIN_SECONDS,
    FIRST_SECONDS,
    STOP_SECONDS,
    TOLERANCE,
    Rows,
    Site,
    clone,
    lives,
    surroundings,
    wait_for_the_end,
)
from tests.proofs.size import FULL, PATIENCE, sized

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc"),
]

full_size_only = pytest.mark.skipif(not FULL, reason="only at full size: make prove running")
as_root = pytest.mark.skipif(
    os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], check=False).returncode != 0,
    reason="only root, allowed a mount namespace, can hide folders and play other users",
)

Start = Callable[..., Site]

HIDE = ("unshare", "-m", "sh", "-c")
HIDING = 'for d in {places}; do [ -d "$d" ] && mount -t tmpfs none "$d"; done; exec "$@"'


def hidden_server() -> tuple[str, ...]:
    """A command prefix that hides the PostgreSQL servers of the system."""
    user = paths.database_user(Path("/nowhere"))
    folders = {str(found.folder) for found in postgres_programs.installed(user)}
    assert not folders & {"/usr/bin", "/usr/local/bin"}, "they lie among everybody's programs"
    return (*HIDE, HIDING.format(places=" ".join(sorted(folders))), "sh")


@pytest.fixture(scope="module")
def ground() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="iria-proof-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def project(ground: Path) -> Path:
    """One clone for most tests; the first one starts it for the first time."""
    return clone(ground / "a new folder")


@pytest.fixture
def start(project: Path) -> Iterator[Start]:
    sites: list[Site] = []

    def start(folder: Path = project, port: int | None = None, **options: object) -> Site:
        sites.append(Site(folder, port or free_port(), **options))  # type: ignore[arg-type]
        return sites[-1]

    yield start
    for site in sites:
        site.clear()


def figure(name: str, seconds: float, limit: float) -> None:
    print(f"{name}: {seconds:.1f} s of {limit:.0f}")
    assert seconds < limit * TOLERANCE, name


def test_a_fresh_clone_starts_stops_and_starts_again(start: Start, project: Path) -> None:
    assert not (project / ".venv").exists()
    site = start()
    figure("first start", site.wait(FIRST_SECONDS), FIRST_SECONDS)
    site.answers()
    site.lets_the_demo_editor_in()
    assert (site.state / "demo-editor.txt").read_text().split()[1] in site.said()
    offered = site.shown_articles()
    assert offered > 0
    rows = Rows(site.state)
    rows.write()
    stops, starts = [site.stop()], []
    for _ in range(sized(2, 5)):
        site = start()
        starts.append(site.wait(60))
        assert "Installing" not in site.said()
        site.answers()
        assert site.shown_articles() == offered
        rows.are_all_there()
        rows.write()
        stops.append(site.stop())
    # The best of several, to exclude other load on the machine.
    figure("started again", min(starts), AGAIN_SECONDS)
    figure("stop", min(stops), STOP_SECONDS)


@pytest.mark.parametrize(
    "name",
    sized(
        ["supervisor"],
        [
            *("make", "supervisor", "web server", "one of its workers", "worker", "daemon"),
            *("postmaster", "backend", "all of them"),
        ],
    ),
)
def test_no_data_is_lost_when_a_process_is_killed(start: Start, name: str) -> None:
    site = start()
    site.wait(FIRST_SECONDS)
    rows = Rows(site.state)
    with_rows(rows)
    pids = site.pids()
    for pid in pids.values() if name == "all of them" else [pids[name]]:
        processes.send(pid, signal.SIGKILL)
    if name in {"make", "supervisor", "all of them"}:
        site.process.wait(PATIENCE)
        # The kernel ends them; a start waits some seconds for that.
        wait_for_the_end({each: pids[each] for each in ("web server", "worker")})
    else:
        wait_for_recovery(site)
        site.stop()
    again = start()
    took = again.wait(60)
    print(f"after kill -9 of {name}: ready in {took:.1f} s")
    again.answers()
    rows.are_all_there()
    again.stop()


def with_rows(rows: Rows) -> None:
    """Continues with the rows of an earlier test."""
    import psycopg

    with psycopg.connect(rows.cluster.access().url) as database:
        database.execute("CREATE TABLE IF NOT EXISTS proof_row (number int PRIMARY KEY)")
        counted = database.execute("SELECT count(*) FROM proof_row").fetchone()
    rows.written = int(counted[0]) if counted else 0
    rows.write()


def wait_for_recovery(site: Site) -> None:
    """Waits until every page responds again by itself."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            site.answers()
        except OSError:
            assert time.monotonic() < deadline, site.said()
            time.sleep(0.2)
        else:
            return


@full_size_only
def test_ctrl_c_ends_everything(start: Start) -> None:
    site = start()
    site.wait(FIRST_SECONDS)
    pids = site.pids()
    begin = time.monotonic()
    os.killpg(site.process.pid, signal.SIGINT)
    site.process.wait(20)
    figure("Ctrl-C", time.monotonic() - begin, STOP_SECONDS)
    assert not [name for name, pid in pids.items() if lives(pid)]
    assert "Traceback" not in site.said()


@full_size_only
def test_commands_at_the_same_time_share_one_database(start: Start, project: Path) -> None:
    count = "from articles.editorial.models import Article as A; print(A.objects.count())"
    command = [".venv/bin/python", "manage.py", "shell", "-v0", "-c", count]

    def count_articles() -> "subprocess.Popen[str]":
        return subprocess.Popen(
            command, cwd=project, env=surroundings(), stdout=subprocess.PIPE, text=True
        )

    first = [count_articles() for _ in range(3)]
    answers = {one.communicate(timeout=60)[0] for one in first}
    assert len(answers) == 1
    assert not processes.postgres_of(project / "var" / "postgres")
    site = start()
    site.wait(FIRST_SECONDS)
    second_run = [count_articles() for _ in range(2)]
    assert {one.communicate(timeout=60)[0] for one in second_run} == answers
    site.answers()
    second = start()
    assert second.process.wait(30) != 0
    assert_one_line(second.said(), "IRIA runs already at")
    site.answers()
    site.stop()


@full_size_only
def test_a_removed_demo_is_not_loaded_again(start: Start, project: Path) -> None:
    def command(*line: str) -> None:
        subprocess.run(line, cwd=project, env=surroundings(), check=True, capture_output=True)

    manage = (".venv/bin/python", "manage.py")
    command(*manage, "load_demo", "--remove")
    (project / "var" / "prepared.json").unlink()
    site = start()
    site.wait(FIRST_SECONDS)
    assert site.shown_articles() == 0
    command("make", "reset-demo")
    assert site.shown_articles() > 0
    site.lets_the_demo_editor_in()
    site.stop()


@full_size_only
def test_only_one_of_two_simultaneous_starts_succeeds(start: Start) -> None:
    both = [start(), start()]
    deadline = time.monotonic() + 60
    while all(site.process.poll() is None for site in both):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    loser, winner = sorted(both, key=lambda site: site.process.poll() is None)
    assert_one_line(loser.said(), "IRIA runs already")
    winner.wait(60)
    winner.stop()


def assert_one_line(output: str, start: str) -> None:
    """A failed start prints one line, beside those of make, and no traceback."""
    lines = [line for line in output.splitlines() if not line.startswith("make")]
    assert len(lines) == 1, output
    assert start in lines[0]


@full_size_only
def test_each_start_error_is_one_line(start: Start) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        occupied = start(port=other.getsockname()[1])
        assert occupied.process.wait(30) != 0
        assert_one_line(occupied.said(), "cannot be used")
    wrong = start(port="eighty")
    assert wrong.process.wait(30) != 0
    assert_one_line(wrong.said(), "PORT must be a number")
    dead = start(DATABASE_URL=f"postgres://iria:secret@127.0.0.1:{free_port()}/iria")
    assert dead.process.wait(60) != 0
    assert "Traceback" not in dead.said()
    assert "DATABASE_URL names cannot be used" in dead.said()
    assert "secret" not in dead.said()


@full_size_only
@as_root
def test_a_full_disk_is_reported(start: Start, ground: Path) -> None:
    state = ground / "small disk"
    state.mkdir()
    for size in ("200k", "4m", "30m", "44m"):
        small = (*HIDE, f'mount -t tmpfs -o size={size},mode=755 none "{state}"; exec "$@"', "sh")
        site = start(state=state, before=small)
        assert site.process.wait(120) != 0, site.said()
        assert "Traceback" not in site.said()
        assert "The disk is full" in site.said(), site.said()


@full_size_only
@as_root
def test_a_missing_postgresql_is_downloaded(start: Start, ground: Path) -> None:
    site = start(state=ground / "fetched", before=hidden_server())
    figure("start with a fetched server", site.wait(FIRST_SECONDS), FIRST_SECONDS)
    site.answers()
    assert (site.state / "postgres" / "PG_VERSION").read_text().strip() == "18"
    rows = Rows(site.state)
    rows.write()
    site.stop()
    seen = start(state=ground / "fetched")
    seen.wait(60)
    rows.are_all_there()
    seen.stop()


@full_size_only
@as_root
def test_data_survives_the_removal_of_postgresql(start: Start) -> None:
    site = start()
    site.wait(FIRST_SECONDS)
    rows = Rows(site.state)
    with_rows(rows)
    site.stop()
    site = start(before=hidden_server())
    site.wait(60)
    assert "with the copy of it" in site.said()
    site.answers()
    rows.are_all_there()
    site.stop()


@full_size_only
@as_root
def test_an_upgrade_keeps_all_rows_and_the_old_database(start: Start, project: Path) -> None:
    site = start()
    site.wait(FIRST_SECONDS)
    rows = Rows(site.state)
    with_rows(rows)
    busy = subprocess.run(
        ["make", "upgrade-database"],
        cwd=project,
        env=surroundings(),
        capture_output=True,
        text=True,
    )
    assert busy.returncode != 0
    assert_one_line(busy.stderr, "The database is in use")
    site.stop()
    before = (project / "var/postgres/PG_VERSION").read_text().strip()
    done = subprocess.run(
        [*hidden_server(), "make", "upgrade-database"],
        cwd=project,
        env=surroundings(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    print(done.stderr)
    assert (project / "var/postgres/PG_VERSION").read_text().strip() == "18"
    assert list((project / "var").glob(f"postgres-{before}-*"))
    site = start()
    site.wait(60)
    site.answers()
    rows.are_all_there()
    site.stop()


@full_size_only
@as_root
def test_root_uses_another_state_folder_in_a_private_home(start: Start, ground: Path) -> None:
    home = ground / "home"
    home.mkdir(mode=0o700)
    project = clone(home / "newsroom")
    site = start(project)
    state = paths.state_folder(project, {})
    assert state.parent == paths.ROOT_STATE
    site.state = state
    try:
        figure("start in a closed home", site.wait(FIRST_SECONDS), FIRST_SECONDS)
        assert str(state) in site.said()
        site.answers()
        site.stop()
    finally:
        site.clear()
        shutil.rmtree(state, ignore_errors=True)


@full_size_only
@as_root
def test_a_normal_user_needs_no_root(start: Start, ground: Path) -> None:
    home = ground / "ordinary"
    home.mkdir()
    project = clone(home / "newsroom")
    user = pwd.getpwnam("nobody").pw_uid
    for path in [home, *home.rglob("*")]:
        os.chown(path, user, -1, follow_symlinks=False)
    site = start(project, user=user, HOME=str(home))
    figure("start as an ordinary user", site.wait(FIRST_SECONDS), FIRST_SECONDS)
    site.answers()
    assert (project / "var" / "postgres").stat().st_uid == user
    figure("stop", site.stop(), STOP_SECONDS)
