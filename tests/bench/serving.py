"""Gunicorn as `make run` starts it, and the processor time it and PostgreSQL take."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from django.db import connection

PROJECT = Path(__file__).resolve().parents[2]
FLAGS = ("--workers=2", "--threads=4", "--no-control-socket", "--log-level=warning")
"""As in iria.running.run: what is measured is what people start."""

TICK = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """A running gunicorn."""

    pid: int
    port: int

    def cpu(self) -> float:
        """Processor seconds of gunicorn and its workers so far."""
        return cpu_of_tree(self.pid)


@contextmanager
def serving(application: str) -> Iterator[Server]:
    """Gunicorn with this application on a free port, until the block ends."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", application, f"--bind=fd://{door.fileno()}"]
        process = subprocess.Popen([*command, *FLAGS], cwd=PROJECT, pass_fds=[door.fileno()])
    try:
        _wait_for(port, process)
        yield Server(process.pid, port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            asking = HTTPConnection("127.0.0.1", port, timeout=5)
            asking.request("GET", "/")
            asking.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sentence = f"The web server did not begin to answer (exit {process.poll()})."
    raise RuntimeError(sentence)


def postmaster() -> int | None:
    """The process id of PostgreSQL's first process; None where it runs on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    name = Path(f"/proc/{backend}/comm")
    if not name.exists() or not name.read_text().startswith("postgres"):
        return None
    return _stat(backend)[1]


def cpu_of_tree(pid: int) -> float:
    """Processor seconds of a process, of all that live below it, and of those that ended there."""
    children: dict[int, list[int]] = {}
    times: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                own, parent, ticks = _stat(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
            children.setdefault(parent, []).append(own)
            times[own] = ticks * TICK
    waiting, total = [pid], 0.0
    while waiting:
        current = waiting.pop()
        total += times.get(current, 0.0)
        waiting += children.get(current, [])
    return total


def _stat(pid: int) -> tuple[int, int, int]:
    """Process id, parent, and clock ticks: own and of ended children, in user and system mode."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return pid, int(fields[1]), sum(int(field) for field in fields[11:15])
