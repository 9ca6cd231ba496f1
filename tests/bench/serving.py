"""Runs gunicorn like `make run`, and measures the processor time of it and PostgreSQL."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from django.db import connection

PROJECT = Path(__file__).resolve().parents[2]
FLAGS = ("--workers=2", "--threads=4", "--no-control-socket", "--log-level=warning")
"""The same as in iria.launcher.run."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running gunicorn."""

    pid: int
    port: int

    def cpu(self) -> float:
        """Processor seconds of gunicorn and its workers so far."""
        return cpu_of_tree(self.pid)


@contextmanager
def serving(
    settings: str = "iria.settings", *, page_store_mb: int = 0, **environment: str
) -> Iterator[Server]:
    """Runs gunicorn with these settings on a free port for the duration of the block.

    Args:
        page_store_mb: the memory for stored pages; without it every page is rendered.
        environment: further settings.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "iria.wsgi",
            f"--bind=fd://{listener.fileno()}",
        ]
        process = subprocess.Popen(
            [*command, *FLAGS],
            cwd=PROJECT,
            # Without rate limits.
            env=dict(os.environ)
            | {
                "DJANGO_SETTINGS_MODULE": settings,
                "SEARCH_RATE_LIMIT": "1000000000",
                "PAGE_STORE_MB": str(page_store_mb),
                "SITE_URL": f"http://127.0.0.1:{port}",
            }
            | environment,
            pass_fds=[listener.fileno()],
        )
    try:
        _wait_for(port, process)
        yield Server(process.pid, port)
    finally:
        process.send_signal(signal.SIGTERM)
        # A worker that has just been started ends only when it is ready; after 30 s gunicorn kills it.
        process.wait(120)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and process.poll() is None:
        try:
            http = HTTPConnection("127.0.0.1", port, timeout=60)
            http.request("GET", "/")
            http.getresponse().read()
        except (OSError, HTTPException):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The web server did not begin to answer (exit {process.poll()}).")


def postmaster() -> int | None:
    """The process id of the postmaster; None if it runs on another machine."""
    backend = server_process()
    return None if backend is None else _parent(backend)


def server_process() -> int | None:
    """The process of PostgreSQL that serves the connection of this one; None if it runs elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend: int = cursor.fetchone()[0]
    name = Path(f"/proc/{backend}/comm")
    if not name.exists() or not name.read_text().startswith("postgres"):
        return None
    return backend


def cpu_of_tree(pid: int) -> float:
    """Processor seconds of a process and its descendants, to the nanosecond."""
    parents = dict(_processes())
    total = 0
    for process in parents:
        ancestor: int | None = process
        while ancestor is not None and ancestor != pid:
            ancestor = parents.get(ancestor)
        if ancestor == pid:
            total += _nanoseconds(process)
    return total / 1e9


def _processes() -> Iterator[tuple[int, int]]:
    """All processes with their parents."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                yield int(entry.name), _parent(int(entry.name))


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _nanoseconds(pid: int) -> int:
    """The time of all threads; the ticks of `stat` are too coarse."""
    total = 0
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                total += int((thread / "schedstat").read_text().split()[0])
    return total
