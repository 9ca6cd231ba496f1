"""`make run`: from a bare clone to a newsroom that answers, and down again without a trace."""

import contextlib
import errno
import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from iria.running import (
    command,
    environment,
    locks,
    places,
    preparing,
    processes,
    readiness,
    record,
)
from iria.running.cluster import Cluster
from iria.running.places import PROJECT, make_folder
from iria.running.supervisor import Child, Stopped, end, open_log, stop_on_signals, watch
from iria.running.telling import StartError, say, sentence_about


def run(port_text: str) -> int:
    """Run the site until Ctrl-C or SIGTERM; 0 if it ended because it was asked to."""
    port = port_number(port_text)
    stop_on_signals()
    state = make_folder(places.state_folder())
    places.tighten(state)
    try:
        with _only_one(state), _bound(port) as door:
            _say_where(state)
            python = environment.Environment().ensure()
            with command.database(state) as (url, cluster):
                _run_site(state, python, url, cluster, door)
    except Stopped:
        return 0
    return 0


def port_number(text: str) -> int:
    if not (re.fullmatch(r"[0-9]{1,5}", text) and 1 <= int(text) <= 65535):
        raise StartError(f"PORT must be a number from 1 to 65535, not “{text}”.")
    return int(text)


@contextmanager
def _only_one(state: Path) -> Iterator[None]:
    """One `make run` for a state folder; another may just be ending."""
    alone = locks.open_lock(state / "locks" / "run")
    try:
        deadline = time.monotonic() + 5
        while not locks.attempt(alone):
            last = record.read(state)
            if last is None or not last.stopping or time.monotonic() > deadline:
                there = f" at {last.address} (process {last.pid})" if last else ""
                raise StartError(f"IRIA runs already{there}; stop that one first, or use it.")
            time.sleep(0.1)
        record.clear_leftovers(state)
        yield
    finally:
        os.close(alone)


@contextmanager
def _bound(port: int) -> Iterator[socket.socket]:
    """The site's port, ours from the first moment, and not yet listening."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
        except OSError as trouble:
            raise _no_door(port, trouble) from trouble
        yield door


def _no_door(port: int, trouble: OSError) -> StartError:
    if trouble.errno == errno.EADDRINUSE:
        return StartError(
            f"Port {port} is taken by another program; try `make run PORT={port + 1}`."
        )
    if trouble.errno == errno.EACCES:
        return StartError(f"Port {port} is for root only; take one from 1024 upwards.")
    return StartError(sentence_about(trouble))


def _say_where(state: Path) -> None:
    if state != PROJECT / "var":
        say(f"Database, mail and pictures are in {state}.")


def _run_site(
    state: Path, python: Path, url: str, cluster: Cluster | None, door: socket.socket
) -> None:
    address = f"http://127.0.0.1:{door.getsockname()[1]}"
    surroundings = command.for_site(state, url, address)
    now = record.Record(os.getpid(), address)
    record.write(state, now)
    preparing.prepare(state, python, surroundings, private=cluster is not None)
    children = _children(state, python, surroundings, door)

    def remember() -> None:
        alive = [child.process.pid for child in children if child.process]
        now.children = {pid: began for pid in alive if (began := processes.started_at(pid))}
        record.write(state, now)

    try:
        for child in children:
            child.start()
        remember()
        readiness.wait(address, children)
        _announce(state, surroundings)
        watch(children, lambda: _look_after(cluster, url), remember)
    finally:
        now.stopping = True
        with contextlib.suppress(OSError):
            record.write(state, now)
        end(children)


def _look_after(cluster: Cluster | None, url: str) -> None:
    """See that our own database runs, and where the site looks for it."""
    if cluster is not None:
        cluster.ensure()
        if cluster.access().url != url:
            raise StartError("The database had to move to another port; start again.")


def _children(
    state: Path, python: Path, surroundings: dict[str, str], door: socket.socket
) -> list[Child]:
    logs = state / "log"
    memory = Path("/dev/shm")  # noqa: S108 - heartbeats of gunicorn's workers, never on a disk
    beats = memory if os.access(memory, os.W_OK) else state
    web = [
        *(str(python), "-m", "gunicorn", "iria.wsgi", f"--bind=fd://{door.fileno()}"),
        *(
            "--preload",
            "--workers=2",
            "--threads=4",
            f"--worker-tmp-dir={beats}",
            "--no-control-socket",
            "--limit-request-line=8190",  # as much as nginx lets through, twice the usual
        ),
        *("--timeout=60", "--graceful-timeout=1", "--log-level=warning"),
    ]
    worker = [str(python), "manage.py", "procrastinate", "worker", "--shutdown-graceful-timeout=1"]
    return [
        Child(
            "web server", web, surroundings, PROJECT, open_log(logs / "web.log"), (door.fileno(),)
        ),
        Child("worker", worker, surroundings, PROJECT, open_log(logs / "worker.log")),
    ]


def _announce(state: Path, surroundings: dict[str, str]) -> None:
    """The three lines a person waits for; the only ones on standard output."""
    site = surroundings["SITE_URL"].rstrip("/")
    lines = (
        f"Site:    {site}/",
        f"Admin:   {site}/admin/",
        f"Sign in: {preparing.how_to_sign_in(state)}",
    )
    with contextlib.suppress(OSError):  # whoever read our output has gone; the site has not
        print("\n".join(lines), flush=True)
